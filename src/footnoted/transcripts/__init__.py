"""What was said: reading, cleaning, judging and writing transcripts."""
