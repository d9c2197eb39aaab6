"""Everything as files that people and other programs read: JSON lines, and notes that link."""
