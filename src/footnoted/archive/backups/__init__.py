"""Backups: made whole or not at all, restored into nothing, and tested before they are needed."""
