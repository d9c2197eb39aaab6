"""The profile `techniques`: how-to moments, classified and composed into pages per technique."""

from typing import Final

NAME: Final = "techniques"
ASKING: Final = ("segment", "extract", "classify", "compose")
"""Its stages that ask models."""
