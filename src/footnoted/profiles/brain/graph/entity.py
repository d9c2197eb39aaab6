"""What is known of an entity over all videos, and of an edge between two, each with its quotes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Citation(_Value):
    """Words that were said, where, and the link that plays them.

    The characters are those of the original cues; None where a whole quote stands for an edge.
    """

    evidence_id: UUID
    video_id: int
    video_title: str
    published_at: datetime | None
    quote: str
    first_cue: int
    start_char: int | None
    last_cue: int
    end_char: int | None
    start_ms: int | None
    link: str | None


class NearName(_Value):
    """A name that is much like another and was not judged to be the same."""

    name: str
    likeness: float
    verdict: str


class Entity(_Value):
    """Somebody or something over all videos.

    `is_resolved` says that it is one: named more than once, or surely (somebody who speaks, a
    date). Otherwise it is a name that was heard once, and `near` is what it may have been.
    """

    id: UUID
    name: str
    type: str
    named: int
    videos: int
    speaks: bool
    aliases: tuple[str, ...]
    is_resolved: bool
    near: NearName | None = None


class Edge(_Value):
    """How two entities relate, how often that was said, and in how many videos."""

    source_id: UUID
    target_id: UUID
    kind: str
    predicate: str
    times: int
    videos: int
    citations: tuple[Citation, ...] = ()


class Subgraph(_Value):
    """Some entities and all edges between them; every edge's ends are among the entities."""

    entities: tuple[Entity, ...]
    edges: tuple[Edge, ...]


class Together(_Value):
    """How often an entity is connected with another in one month (`2026-02`), and how first."""

    month: str | None
    entity_id: UUID
    name: str
    times: int
    citation: Citation | None
