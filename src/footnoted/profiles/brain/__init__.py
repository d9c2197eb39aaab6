"""The profile `brain`: who and what is named, how it relates, what was decided and promised."""

from typing import Final

NAME: Final = "brain"
ASKING: Final = ("segment", "entities", "relate")
"""Its stages that ask models."""
