"""Everything about one video, as one value."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from footnoted.knowledge.moments import Moment
from footnoted.model.citation import MatchKind
from footnoted.model.topic import Topic
from footnoted.model.video import VideoFacts


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Withheld(_Value):
    """That a recording whose words were taken is not to be had any more: why, in whose words.

    `next_at` is when it is looked at again, None when it is given up.
    """

    reason: str
    detail: str | None
    next_at: datetime | None


class VideoState(_Value):
    """Where a video stands: what it waits for until when, or why it stopped.

    `stopped_after` is the milestone it had reached when it stopped. `in_work_until` is set while a
    process works on it.
    """

    status: str
    wait_reason: str | None
    wait_detail: str | None
    wait_until: datetime | None
    deadline: datetime | None
    attempts: int
    failure_code: str | None
    failure_detail: str | None
    stopped_after: str | None
    quality_accepted: bool
    in_work_until: datetime | None
    withheld: Withheld | None
    created_at: datetime
    updated_at: datetime


class FileLine(_Value):
    """A file of the recording; missing since `missing_at` when it is gone."""

    path: str
    role: str
    origin: str | None
    missing_at: datetime | None


class TranscriptLine(_Value):
    """One version of what was said, without the words; `is_used` marks the one that is cited."""

    id: int
    version: int
    is_used: bool
    origin: str
    format: str
    language: str | None
    word_count: int
    cue_count: int
    duration_ms: int | None
    is_timed: bool
    notes: tuple[str, ...]
    quality: dict[str, Any]
    created_at: datetime


class EvidenceLine(_Value):
    """What a moment rests on, and the link that plays it."""

    match: MatchKind
    score: float
    quote: str
    first_cue: int | None
    last_cue: int | None
    start_ms: int | None
    end_ms: int | None
    link: str | None


class MomentLine(_Value):
    """A moment with its evidence; None when the evidence is gone, which `verify` reports."""

    moment: Moment
    evidence: EvidenceLine | None


class PageLine(_Value):
    """A published page that cites the video."""

    slug: str
    title: str


class RunLine(_Value):
    """One run: what began it, how far it came, how it ended, and what it asked of models.

    `calls_bought`, tokens and `cost_usd` are those of the calls that were reserved while it ran;
    `setup` is the program's version, what each stage was made by, and the embedding spec that
    served, once it has ended.
    """

    id: int
    run_number: int
    trigger: str
    status: str
    reached: str | None
    error_stage: str | None
    started_at: datetime
    finished_at: datetime | None
    events: int
    calls_bought: int
    calls_replayed: int
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: Decimal
    setup: dict[str, Any] | None


class EventLine(_Value):
    """Something that happened to the video."""

    at: datetime
    run_number: int | None
    name: str
    stage: str | None
    fields: dict[str, Any]


class VideoReport(_Value):
    """Everything `show` tells; `moments` is None when the video's profile is not installed."""

    at: datetime
    facts: VideoFacts
    duration_ms: int | None
    description: str | None
    owner: str | None
    state: VideoState
    files: tuple[FileLine, ...]
    transcripts: tuple[TranscriptLine, ...]
    topics: tuple[Topic, ...]
    moments: tuple[MomentLine, ...] | None
    rejected_quotes: int
    pages: tuple[PageLine, ...]
    runs: tuple[RunLine, ...]
    events: tuple[EventLine, ...]
