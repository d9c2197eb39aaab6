"""A page group as composing sees it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class PageGroup(BaseModel):
    """The moments of one creator in one category under one profile make a group's pages."""

    model_config = ConfigDict(frozen=True)

    id: int
    """The group's id."""
    profile: str
    """The profile its moments were found under."""
    creator_id: int
    """Whose moments they are, by id."""
    creator: str
    """Whose moments they are, by name."""
    category: str
    """The category they are in."""
    wanted: int
    """How many changes had asked for its pages when this was read."""
