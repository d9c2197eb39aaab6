"""Entities over all videos, and the graph between them."""
