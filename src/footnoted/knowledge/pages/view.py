"""A published page as people read it: claims with numbered footnotes that play."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

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


class ClaimView(BaseModel):
    """One statement and the numbers of its footnotes, at least one."""

    model_config = ConfigDict(frozen=True)

    text: str
    footnotes: tuple[int, ...]


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
    footnotes: tuple[Footnote, ...]
    """What it rests on."""
    provenance: Provenance
    """What it was made by."""


class PageVersion(NamedTuple):
    """A version of a page, and when it was made."""

    number: int
    title: str
    created_at: datetime
