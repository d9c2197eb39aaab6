"""The work of getting what was said in a recording, whether by captions or by recognition."""
