"""A published page as people read it: claims with numbered footnotes that play."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from footnoted.knowledge.versions import Provenance


class Footnote(BaseModel):
    """Where something was said. Footnotes of a page count from 1, in order of first use."""

    model_config = ConfigDict(frozen=True)

    number: int
    """What `[^n]` refers to."""
    quote: str
    """The words as the transcript has them."""
    video_id: int
    """The video they were said in."""
    video_title: str
    """Its title."""
    first_cue: int
    """The first cue that holds some of them."""
    last_cue: int
    """The last cue that holds some of them."""
    start_ms: int | None
    """When they were said; None in a transcript without times."""
    link: str | None
    """What opens the recording at that second; None when it is not known where it is."""
    transcript_file: str | None
    """The name of the file the words were read from; None when it is not known any more."""
    published_on: date | None = None
    """When the recording was published; None when nobody says."""


class ClaimView(BaseModel):
    """One statement and the numbers of its footnotes, at least one."""

    model_config = ConfigDict(frozen=True)

    text: str
    footnotes: tuple[int, ...]
    conflict: int | None = None
    """Claims of a page with the same number contradict each other; None agrees with all."""
    said_on: tuple[date, ...] = ()
    """When the recordings that say it were published, oldest first."""


class ChainView(BaseModel):
    """Steps that follow each other in this order, each with its footnotes."""

    model_config = ConfigDict(frozen=True)

    name: str
    steps: tuple[ClaimView, ...]


class SourceQuality(BaseModel):
    """What a page rests on, counted: the more recordings and exact words, the firmer."""

    model_config = ConfigDict(frozen=True)

    recordings: int = 0
    """Different recordings that its claims cite."""
    quotes: int = 0
    """Pieces of evidence that its claims cite."""
    matches: Mapping[str, int] = Field(default_factory=dict[str, int])
    """How many of them were found word for word (`exact`), loosely or elsewhere."""
    origins: Mapping[str, int] = Field(default_factory=dict[str, int])
    """How many recordings have a transcript of which origin, such as `captions_auto`."""


class GroundsView(BaseModel):
    """The footnotes of what stands beside the claims, by name; nothing for what has none."""

    model_config = ConfigDict(frozen=True)

    summary: tuple[int, ...] = ()
    tags: Mapping[str, tuple[int, ...]] = Field(default_factory=dict[str, tuple[int, ...]])
    tools: Mapping[str, tuple[int, ...]] = Field(default_factory=dict[str, tuple[int, ...]])


class SectionView(BaseModel):
    """A heading and its claims, in reading order."""

    model_config = ConfigDict(frozen=True)

    heading: str
    claims: tuple[ClaimView, ...]


class PageSummary(BaseModel):
    """A page in a list."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    """The page's id, which no retitling changes."""
    slug: str
    """Its address, unique within profile and creator."""
    title: str
    """What it is about."""
    profile: str
    """The profile it was composed under."""
    creator: str
    """Whose recordings it rests on."""
    creator_slug: str
    """The creator's address."""
    category: str
    """What it is filed under."""
    version: int
    """The number of its current version, from 1."""
    claim_count: int
    """How many claims it makes."""
    updated_at: datetime
    """When it last changed."""


class PageView(PageSummary):
    """A page in full."""

    summary: str
    """One or two sentences."""
    tags: tuple[str, ...]
    """The subtopics it touches."""
    tools: tuple[str, ...]
    """The tools it names."""
    sections: tuple[SectionView, ...]
    """What it says."""
    signal_chains: tuple[ChainView, ...] = ()
    """What follows what."""
    grounds: GroundsView = GroundsView()
    """What its summary, tags and tools rest on."""
    source_quality: SourceQuality = SourceQuality()
    """How good what it rests on is."""
    footnotes: tuple[Footnote, ...]
    """What it rests on."""
    provenance: Provenance
    """What it was made by."""


class PageVersion(NamedTuple):
    """A version of a page, and when it was made."""

    number: int
    title: str
    created_at: datetime
