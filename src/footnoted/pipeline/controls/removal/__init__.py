"""Erasing videos and sources, with all that was made of them."""
