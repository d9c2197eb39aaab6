"""Vectors bought and kept, indexes built beside the one that serves, and switched to."""
