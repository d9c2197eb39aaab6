"""Calls that are made together: gathered, sent as one batch, answered within a day."""
