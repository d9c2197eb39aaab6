"""Telling alerts to receivers outside: once per opening, once more when they are over."""
