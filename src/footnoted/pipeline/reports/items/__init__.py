"""One item as programs ask for it: where it stands, what was said, and whether it is searchable."""
