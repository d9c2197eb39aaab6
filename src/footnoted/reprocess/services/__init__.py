"""What a plan comes to beside calls it can name: speech, vectors, calls about later words."""
