"""One item, its words and its place in the index, as values."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from footnoted.model.transcript import CueKind
from footnoted.pipeline.reports.jobs.store import JobLine
from footnoted.pipeline.reports.videos.report import TranscriptLine, VideoState


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Item(_Value):
    """A recording under one profile: where it stands, and the jobs that are about it."""

    id: int
    profile: str
    title: str
    creator: str
    owner: str | None
    language: str | None
    url: str | None
    published_at: datetime | None
    duration_ms: int | None
    state: VideoState
    transcripts: tuple[TranscriptLine, ...]
    jobs: tuple[JobLine, ...]


class WordsLine(_Value):
    """One timed line; times are milliseconds, None in a transcript without any."""

    index: int
    start_ms: int | None
    end_ms: int | None
    text: str
    speaker: str | None
    kind: CueKind


class Words(_Value):
    """What is said in an item, and where that comes from."""

    item_id: int
    version: int
    origin: str
    language: str | None
    word_count: int
    cues: tuple[WordsLine, ...]


class Indexing(_Value):
    """How far an item is in the index.

    `documents` are its own: moments and passages; `waiting` of them are not in the index yet.
    `embedded` of them have their vectors, None where nothing embeds. `is_searchable` says that all
    that was made of it can be found.
    """

    item_id: int
    status: str
    documents: int
    waiting: int
    embedded: int | None
    is_searchable: bool
