"""A run of cues about one thing."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Topic(BaseModel):
    """A topic of a recording; together its topics cover all that was said, without overlap.

    Both cue numbers are inclusive. The times are those of its cues, None without times.
    """

    model_config = ConfigDict(frozen=True)

    position: int
    """Its place among the topics, from 0."""
    first_cue: int
    """The first cue that belongs to it."""
    last_cue: int
    """The last cue that belongs to it, inclusive."""
    title: str | None
    """What it is about; None for speech that no topic was given for."""
    start_ms: int | None
    """When its first cue starts."""
    end_ms: int | None
    """When its last cue ends."""
