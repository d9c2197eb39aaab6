"""What the stages of this profile hand on, and what is read back of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from footnoted.knowledge.bound_evidence import BoundEvidence
from footnoted.model.topic import Topic
from footnoted.model.transcript import Cue


class ProfileModel(BaseModel):
    """Frozen: what was handed on does not change."""

    model_config = ConfigDict(frozen=True)


class Resolution(StrEnum):
    """How a mention came to its symbol."""

    NAMED = "named"
    """The quote names it."""
    MISHEARD = "misheard"
    """The quote has words that sound like its name; the score says how much."""
    IMPLIED = "implied"
    """The recording names it elsewhere, and the quote speaks of it."""
    UNRESOLVED = "unresolved"
    """It is in no table, or nobody named it."""


class PointKind(StrEnum):
    """What a statement of an outlook is."""

    REASON = "reason"
    THEME = "theme"
    RISK = "risk"
    SUMMARY = "summary"


class MentionInput(ProfileModel):
    """A pinned transcript version with its topics."""

    video_id: int
    transcript_id: int | None
    language: str | None
    cues: tuple[Cue, ...]
    topics: tuple[Topic, ...]


class Company(ProfileModel):
    """Which company is meant, and how that is known; unresolved ones have no symbol."""

    company: str
    symbol: str | None
    exchange: str | None
    asset: str | None
    heard_as: str | None
    resolution: Resolution
    score: float | None


class FoundMention(ProfileModel):
    """A mention whose quote was found. `key` is the same for the same content."""

    key: UUID
    evidence_id: UUID
    company: Company
    action: str | None
    conviction: float | None
    horizon: str | None
    speaker: str | None
    topic_title: str | None


class MadeBy(ProfileModel):
    """What made a row: the models that were to be asked, and the hash of the prompt."""

    model: str
    prompt_sha256: str


class MentionOutput(ProfileModel):
    """Mentions in the order they were said, and all evidence, rejected too.

    `made_by` is what a person set for this recording; it is no part of what was found.
    """

    transcript_id: int | None
    mentions: tuple[FoundMention, ...]
    evidence: tuple[BoundEvidence, ...]
    counts: dict[str, int]
    made_by: MadeBy | None = Field(default=None, exclude=True)


class OutlookInput(ProfileModel):
    """A pinned transcript version and the title of its recording."""

    video_id: int
    transcript_id: int | None
    language: str | None
    output_language: str | None = None
    title: str
    cues: tuple[Cue, ...]


class FoundPoint(ProfileModel):
    """A statement of the outlook whose quote was found."""

    key: UUID
    evidence_id: UUID
    kind: PointKind
    text: str


class OutlookOutput(ProfileModel):
    """The direction, the statements in the order they were said, and who was heard by name.

    `made_by` is what a person set for this recording; it is no part of what was found.
    """

    transcript_id: int | None
    key: UUID
    direction: str | None
    points: tuple[FoundPoint, ...]
    speakers: tuple[str, ...]
    evidence: tuple[BoundEvidence, ...]
    counts: dict[str, int]
    made_by: MadeBy | None = Field(default=None, exclude=True)


class StoredMention(ProfileModel):
    """A live mention of one video, with what was really said."""

    id: UUID
    evidence_id: UUID
    company: str
    symbol: str | None
    action: str | None
    conviction: float | None
    horizon: str | None
    speaker: str | None
    topic_title: str | None
    quote: str
    start_ms: int | None
    end_ms: int | None


class StoredPoint(ProfileModel):
    """A live statement of one video's outlook, with what was really said."""

    id: UUID
    evidence_id: UUID
    kind: PointKind
    text: str
    quote: str
    start_ms: int | None
    end_ms: int | None


class MentionRow(ProfileModel):
    """A mention as people and programs read it, wherever it comes from."""

    id: UUID
    video_id: int
    recording: str
    title: str
    url: str | None
    creator: str
    creator_slug: str
    speaker: str | None
    published_at: datetime | None
    symbol: str | None
    exchange: str | None
    asset: str | None
    company: str
    heard_as: str | None
    resolution: Resolution
    resolution_score: float | None
    action: str | None
    conviction: float | None
    horizon: str | None
    quote: str
    match: str
    match_score: float
    start_ms: int | None
    first_cue: int
    known_at: datetime
    superseded_at: datetime | None
    model: str
    prompt_sha256: str
