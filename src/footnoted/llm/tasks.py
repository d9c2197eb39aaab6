"""What a model can be asked: one typed task and one typed answer per question.

The stages build tasks; a prompt renders one for a language model, and the extractive model reads
it as it is. Answers come from outside, so their fields carry only the shape; whether an index or a
category exists is checked by the stage that asked.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from footnoted.llm.brain_tasks import BrainAnswer, BrainTask
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
    output_language: str | None = None
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
    output_language: str | None = None
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
    content_type: str | None = None


class ClassifyTask(TaskModel):
    """Give each moment its category from the taxonomy, whose sub-topics are no part of this."""

    kind: Literal["classify"] = "classify"
    language: str | None
    moments: tuple[MomentBrief, ...]
    categories: tuple[Category, ...]


class MomentLabel(TaskModel):
    """The category of one moment; a name outside the taxonomy is rejected by the stage."""

    index: int
    category: str
    content_type: str | None = None


class ClassifyAnswer(TaskModel):
    """At most one label per moment; a moment without one stays unclassified and is counted."""

    labels: tuple[MomentLabel, ...]


class SubtopicTask(TaskModel):
    """Give each moment of one category its sub-topic there."""

    kind: Literal["subtopic"] = "subtopic"
    language: str | None
    category: Category
    moments: tuple[MomentBrief, ...]


class SubtopicLabel(TaskModel):
    """The sub-topic of one moment, or None when none of the category's fits."""

    index: int
    subtopic: str | None = None


class SubtopicAnswer(TaskModel):
    """At most one label per moment; a moment without one stays without a sub-topic."""

    subtopics: tuple[SubtopicLabel, ...]


class SynthesisMoment(TaskModel):
    """A moment as page material; its texts are cut to what a prompt has room for."""

    index: int
    title: str
    summary: str
    content_type: str
    subtopic: str | None
    tools: tuple[str, ...]
    quote: str


class SynthesizeTask(TaskModel):
    """Write the pages that a run of moments of one recording and category make."""

    kind: Literal["synthesize"] = "synthesize"
    language: str | None
    output_language: str | None = None
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


class ChainDraft(TaskModel):
    """Steps that follow each other, such as the devices that a signal passes, in their order."""

    name: str
    steps: tuple[ClaimDraft, ...]


class PageDraft(TaskModel):
    """A page as written; which moments it covers follows from its claims and steps."""

    title: str
    summary: str
    summary_indices: tuple[int, ...] = ()
    sections: tuple[SectionDraft, ...]
    signal_chains: tuple[ChainDraft, ...] = ()


class SynthesizeAnswer(TaskModel):
    """The pages, each about one technique."""

    pages: tuple[PageDraft, ...]


class MergeClaim(TaskModel):
    """A claim of one of two drafts; `index` is unique within its draft."""

    index: int
    text: str


class MergeTask(TaskModel):
    """Say what two drafts of different recordings have in common, claim by claim."""

    kind: Literal["merge"] = "merge"
    language: str | None
    category: str
    first_title: str
    second_title: str
    first: tuple[MergeClaim, ...]
    second: tuple[MergeClaim, ...]


class ClaimPair(TaskModel):
    """A claim of the first draft and one of the second, by index."""

    first: int
    second: int


class MergeAnswer(TaskModel):
    """Which claims say the same, which contradict each other; all others stand side by side."""

    same_subject: bool = False
    same: tuple[ClaimPair, ...] = ()
    conflicts: tuple[ClaimPair, ...] = ()


Task = Annotated[
    SegmentTask
    | ExtractTask
    | ClassifyTask
    | SubtopicTask
    | SynthesizeTask
    | MergeTask
    | ItemsTask
    | MentionTask
    | OutlookTask
    | BrainTask,
    Field(discriminator="kind"),
]
Answer = (
    SegmentAnswer
    | ExtractAnswer
    | ClassifyAnswer
    | SubtopicAnswer
    | SynthesizeAnswer
    | MergeAnswer
    | ItemsAnswer
    | MentionAnswer
    | OutlookAnswer
    | BrainAnswer
)
