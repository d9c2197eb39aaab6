"""The profile `brain`: who and what is named, how it relates, what was decided and promised."""

from typing import Final

NAME: Final = "brain"
ASKING: Final = ("improve", "segment", "entities", "resolve", "relate", "summarize")
"""Its stages that ask models."""
