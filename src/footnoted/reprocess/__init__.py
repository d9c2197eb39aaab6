"""Doing it again, cheaper: what is stale and why, what redoing costs, and just that redone."""
