"""What was found in a video, as people and the audit read it."""
