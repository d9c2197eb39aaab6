"""The profile `stocks`: what is said about which company, by whom, and how that changes."""

from typing import Final

NAME: Final = "stocks"
ASKING: Final = ("segment", "mention", "outlook")
"""Its stages that ask models."""
