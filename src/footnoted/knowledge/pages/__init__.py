"""Pages: composed from a group's moments, versioned, addressed by slug, read with footnotes."""
