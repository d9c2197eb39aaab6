"""What we know, and how we know it: quotes bound to the cues they were said in."""
