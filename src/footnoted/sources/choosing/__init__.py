"""Followed folders: which of their recordings are taken, by what a person asked of them."""
