"""The profile `techniques`: how-to moments, classified and composed into pages per technique."""

from typing import Final

NAME: Final = "techniques"
