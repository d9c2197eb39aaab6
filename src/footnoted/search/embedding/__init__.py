"""Vectors beside words: specs as data, embedders behind a port, indexes that are built beside."""
