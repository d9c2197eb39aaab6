"""What the stages of this profile hand on: moments as found, as labelled, and as stored."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict

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


class ExtractInput(ProfileModel):
    """A pinned transcript version with its topics."""

    video_id: int
    transcript_id: int | None
    language: str | None
    output_language: str | None = None
    cues: tuple[Cue, ...]
    topics: tuple[Topic, ...]


class FoundMoment(ProfileModel):
    """A moment whose quote was found; its place follows from the evidence."""

    id: UUID
    evidence_id: UUID
    topic_position: int
    topic_title: str | None
    title: str
    summary: str
    content_type: str
    tools: tuple[str, ...]


class ExtractOutput(ProfileModel):
    """Moments in the order they were said, and all evidence, rejected too."""

    transcript_id: int | None
    moments: tuple[FoundMoment, ...]
    evidence: tuple[BoundEvidence, ...]
    counts: dict[str, int]


class StoredMoment(ProfileModel):
    """A live moment as it stands, with what was really said.

    `content_type` is what classification said, else `found_type`, what extraction said.
    `recording` is the identity of the media, which does not depend on when it arrived, as ids do.
    `language` is the one spoken, `output_language` what the source asks for in its place.
    """

    id: UUID
    evidence_id: UUID
    video_id: int
    recording: str
    first_cue: int
    last_cue: int
    title: str
    summary: str
    content_type: str
    found_type: str
    tools: tuple[str, ...]
    category: str | None
    subtopic: str | None
    quote: str
    start_ms: int | None
    end_ms: int | None
    language: str | None
    output_language: str | None = None


class ClassifyInput(ProfileModel):
    """The live moments of a video as they were found, in the order they were said."""

    video_id: int
    language: str | None
    moments: tuple[StoredMoment, ...]


class MomentClass(ProfileModel):
    """Where a moment belongs; without a category it stays unclassified."""

    moment_id: UUID
    category: str | None = None
    subtopic: str | None = None
    content_type: str | None = None


class ClassifyOutput(ProfileModel):
    """The class of every moment, in order."""

    classes: tuple[MomentClass, ...]
    counts: dict[str, int]


class ComposeInput(ProfileModel, RestsOnVideos):
    """A page group with all its live moments, in canonical order."""

    group: PageGroup
    moments: tuple[StoredMoment, ...]


class ComposeOutput(ProfileModel, MadeBySomething):
    """The pages of the group, and what they were made by."""

    group: PageGroup
    pages: tuple[ComposedPage, ...]
    counts: dict[str, int]
