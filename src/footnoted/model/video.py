"""What is known of a recording besides what was said in it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Chapter(BaseModel):
    """A chapter the publisher declared."""

    model_config = ConfigDict(frozen=True)

    start_ms: int
    """When it starts."""
    title: str
    """What the publisher calls it."""


class VideoFacts(BaseModel):
    """A video (a recording under one profile) as stages and documents name it."""

    model_config = ConfigDict(frozen=True)

    id: int
    """The video's id."""
    profile: str
    """The profile it is read under."""
    creator_id: int
    """Who speaks or publishes, by id."""
    creator: str
    """Who speaks or publishes, by name."""
    source_id: int | None
    """The source it came from; None for a one-off whose source is gone."""
    title: str
    """Its title."""
    url: str | None
    """Where it can be played, without a time."""
    published_at: datetime | None
    """When it was published, where that is known."""
    language: str | None
    """The language of its transcript, else the one its publisher declared."""
    output_language: str | None = None
    """The language its source asks what is written for, or `spoken`; None: it asks nothing."""
    transcript_id: int | None
    """The transcript version it is pinned to."""
    tags: tuple[str, ...]
    """What its publisher tagged it with."""
    chapters: tuple[Chapter, ...]
    """What the publisher declared, in order of time."""
