"""Speech recognition: a recording in, what was said with times out."""
