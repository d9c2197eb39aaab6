"""One reader per family of file formats; each returns the raw cues its file holds."""
