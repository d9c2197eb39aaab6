"""What a model can be asked: one typed task and one typed answer per question.

The stages build tasks; a prompt renders one for a language model, and the extractive model reads
it as it is. Answers come from outside, so their fields carry only the shape; whether an index or a
category exists is checked by the stage that asked.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from footnoted.llm.item_tasks import ItemsAnswer, ItemsTask
from footnoted.llm.stock_tasks import MentionAnswer, MentionTask, OutlookAnswer, OutlookTask
from footnoted.llm.task_model import TaskModel
from footnoted.model.transcript import Cue


class ChapterHint(TaskModel):
    """A chapter the publisher declared; a hint for topics, never a citation."""

    start_ms: int
    title: str


class SegmentTask(TaskModel):
    """Split a whole transcript into topics. `cues` are the speech cues, in order."""

    kind: Literal["segment"] = "segment"
    language: str | None
    cues: tuple[Cue, ...]
    chapters: tuple[ChapterHint, ...] = ()


class TopicRange(TaskModel):
    """A run of cues about one thing; both cue numbers are inclusive."""

    first_cue: int
    last_cue: int
    title: str


class SegmentAnswer(TaskModel):
    """Topics in the order of the transcript, without overlap; gaps are allowed."""

    topics: tuple[TopicRange, ...]


class ExtractTask(TaskModel):
    """Find the moments worth keeping in one topic. `cues` are the cues of the topic only."""

    kind: Literal["extract"] = "extract"
    language: str | None
    topic: str
    cues: tuple[Cue, ...]
    content_types: tuple[str, ...]


class ExtractedMoment(TaskModel):
    """A key moment: what was said, where (cue numbers inclusive), and a verbatim quote of it."""

    title: str
    summary: str
    content_type: str
    tools: tuple[str, ...] = ()
    quote: str
    first_cue: int
    last_cue: int


class ExtractAnswer(TaskModel):
    """Moments in the order of the transcript; none is a good answer."""

    moments: tuple[ExtractedMoment, ...]


class Category(TaskModel):
    """One category of a taxonomy with what it covers."""

    name: str
    description: str
    subtopics: tuple[str, ...] = ()


class MomentBrief(TaskModel):
    """What classification needs to know of a moment; `index` is unique within the task."""

    index: int
    title: str
    summary: str
    quote: str


class ClassifyTask(TaskModel):
    """Give each moment its category from the taxonomy."""

    kind: Literal["classify"] = "classify"
    language: str | None
    moments: tuple[MomentBrief, ...]
    categories: tuple[Category, ...]


class MomentLabel(TaskModel):
    """The category of one moment; a name outside the taxonomy is rejected by the stage."""

    index: int
    category: str
    subtopic: str | None = None
    content_type: str | None = None


class ClassifyAnswer(TaskModel):
    """At most one label per moment; a moment without one stays unclassified and is counted."""

    labels: tuple[MomentLabel, ...]


class SynthesisMoment(TaskModel):
    """A moment as page material; `quote` is at most 300 characters of what was said."""

    index: int
    title: str
    summary: str
    content_type: str
    subtopic: str | None
    tools: tuple[str, ...]
    quote: str


class SynthesizeTask(TaskModel):
    """Write the pages that a run of moments of one creator and category make."""

    kind: Literal["synthesize"] = "synthesize"
    language: str | None
    creator: str
    category: str
    moments: tuple[SynthesisMoment, ...]


class ClaimDraft(TaskModel):
    """One statement of a page and the moments (task indices) that support it."""

    text: str
    moment_indices: tuple[int, ...]


class SectionDraft(TaskModel):
    """A heading and its claims, in reading order."""

    heading: str
    claims: tuple[ClaimDraft, ...]


class PageDraft(TaskModel):
    """A page as written; which moments it covers follows from its claims."""

    title: str
    summary: str
    sections: tuple[SectionDraft, ...]


class SynthesizeAnswer(TaskModel):
    """The pages, each about one technique."""

    pages: tuple[PageDraft, ...]


Task = Annotated[
    SegmentTask
    | ExtractTask
    | ClassifyTask
    | SynthesizeTask
    | ItemsTask
    | MentionTask
    | OutlookTask,
    Field(discriminator="kind"),
]
Answer = (
    SegmentAnswer
    | ExtractAnswer
    | ClassifyAnswer
    | SynthesizeAnswer
    | ItemsAnswer
    | MentionAnswer
    | OutlookAnswer
)
