"""The minutes of one recording: its summary, what was settled, and what was corrected."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Done(_Value):
    """What is done of a video; each was said by the transaction that did it."""

    text_indexed: bool = False
    entities_extracted: bool = False
    graph_built: bool = False


class PointLine(_Value):
    """A point with the words that say it, and the link that plays them."""

    id: UUID
    kind: str
    text: str
    who: str | None
    due: str | None
    topic_title: str | None
    quote: str
    first_cue: int
    last_cue: int
    start_ms: int | None
    link: str | None


class SentenceLine(_Value):
    """A sentence of the summary, and the points it rests on, by their ids."""

    text: str
    point_ids: tuple[UUID, ...]


class FixLine(_Value):
    """A correction: what stands in the transcript, and what is read in its place."""

    cue: int
    start_ms: int | None
    start_char: int
    end_char: int
    before: str
    after: str
    reason: str


class Minutes(_Value):
    """Everything that was noted of a video."""

    video_id: int
    title: str
    published_at: datetime | None
    status: str
    done: Done
    sentences: tuple[SentenceLine, ...]
    points: tuple[PointLine, ...]
    fixes: tuple[FixLine, ...]
