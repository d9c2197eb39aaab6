"""What the stages of a declared profile hand on: items as found, as stored, and as listed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from footnoted.knowledge.bound_evidence import BoundEvidence
from footnoted.knowledge.groups.group import PageGroup
from footnoted.knowledge.origins.making import RestsOnVideos
from footnoted.knowledge.pages.composed import ComposedPage
from footnoted.knowledge.versions import MadeBySomething
from footnoted.model.topic import Topic
from footnoted.model.transcript import Cue


class ProfileModel(BaseModel):
    """Frozen: what was handed on does not change."""

    model_config = ConfigDict(frozen=True)


class ItemsInput(ProfileModel):
    """A pinned transcript version; topics where the profile divides it into topics."""

    video_id: int
    transcript_id: int | None
    recording: str
    language: str | None
    output_language: str | None = None
    cues: tuple[Cue, ...]
    topics: tuple[Topic, ...]


class FoundItem(ProfileModel):
    """An item whose quote was found; its place follows from the evidence."""

    id: UUID
    evidence_id: UUID
    kind: str
    title: str
    category: str
    fields: dict[str, JsonValue]


class ItemsOutput(ProfileModel):
    """Items in the order they were said, and all evidence, rejected too."""

    transcript_id: int | None
    items: tuple[FoundItem, ...]
    evidence: tuple[BoundEvidence, ...]
    counts: dict[str, int]


class StoredItem(FoundItem):
    """A live item as it stands, with what was really said.

    `recording` is the identity of the media, which does not depend on when it arrived.
    """

    video_id: int
    recording: str
    first_cue: int
    last_cue: int
    quote: str
    start_ms: int | None
    end_ms: int | None


class Wanted(ProfileModel):
    """Which items are asked for; None asks for any. `having` are fields with their values."""

    profile: str | None = None
    creator: str | None = None
    video_id: int | None = None
    kind: str | None = None
    having: tuple[tuple[str, str], ...] = ()
    most: int | None = None


class ListedItem(ProfileModel):
    """An item in a list, with the words and where they can be heard."""

    id: UUID
    profile: str
    kind: str
    title: str
    category: str
    fields: dict[str, JsonValue]
    video_id: int
    recording: str
    creator: str
    published_at: datetime | None
    quote: str
    first_cue: int
    last_cue: int
    start_ms: int | None
    link: str | None


class PagesInput(ProfileModel, RestsOnVideos):
    """A page group with all its live items, in canonical order."""

    group: PageGroup
    items: tuple[StoredItem, ...]


class PagesOutput(ProfileModel, MadeBySomething):
    """The pages of the group, and what they were made by."""

    group: PageGroup
    pages: tuple[ComposedPage, ...]
    counts: dict[str, int]
