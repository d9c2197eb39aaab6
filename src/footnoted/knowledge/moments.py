"""A key moment as every profile can show one, whatever else it knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    MomentReader = Callable[[AsyncConnection, int], Awaitable[Sequence["Moment"]]]
    """Reads the live moments of a video, by its id, in the order they were said."""


class Moment(BaseModel):
    """Something said that is worth keeping; its quote and times are those of its evidence."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    """Its id."""
    evidence_id: UUID
    """The evidence that it was said."""
    title: str
    """What it is about."""
    summary: str
    """What was said, in a sentence or two."""
    kind: str
    """What sort of moment it is, in the words of its profile."""
    category: str | None
    """The category it is filed under; None while it is unclassified."""
    subtopic: str | None
    """The sub-topic within the category."""
    tools: tuple[str, ...]
    """What it names that one works with."""
