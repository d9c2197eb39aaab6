"""Page groups: what pages are composed from, and which videos contribute to each."""
