"""What the profile `brain` asks: better words, names, whether names mean one thing, and a meeting.

As everywhere, answers carry only the shape: cue numbers, quotes and indices are checked by the
stage that asked, and positions in the text are found by it, never told by a model.
"""

from __future__ import annotations

from typing import Literal

from footnoted.llm.task_model import TaskModel
from footnoted.model.transcript import Cue


class GlossaryEntry(TaskModel):
    """How something is written, and how it is heard when it is misheard."""

    written: str
    heard: tuple[str, ...] = ()


class ImproveTask(TaskModel):
    """Correct misheard words in some cues. Nothing is added, left out or reworded."""

    kind: Literal["improve"] = "improve"
    language: str | None
    cues: tuple[Cue, ...]
    glossary: tuple[GlossaryEntry, ...] = ()


class WordFix(TaskModel):
    """Words of one cue, as they stand there, and what was really said."""

    cue: int
    before: str
    after: str
    reason: str


class ImproveAnswer(TaskModel):
    """Corrections in the order of the transcript; none is a good answer."""

    fixes: tuple[WordFix, ...]


class EntitiesTask(TaskModel):
    """Find who and what is named in one topic. `cues` are the cues of the topic only."""

    kind: Literal["entities"] = "entities"
    language: str | None
    topic: str
    cues: tuple[Cue, ...]
    types: tuple[str, ...]


class NamedEntity(TaskModel):
    """Somebody or something named: its full name, and every way the transcript writes it."""

    name: str
    type: str
    written: tuple[str, ...]
    quote: str
    first_cue: int
    last_cue: int


class EntitiesAnswer(TaskModel):
    """Each entity once, in the order of the transcript; none is a good answer."""

    entities: tuple[NamedEntity, ...]


class NamePair(TaskModel):
    """Two names that may mean one thing; `index` is unique within the task."""

    index: int
    first: str
    second: str


class JudgeNamesTask(TaskModel):
    """Judge pairs of names by nothing but how they are written, so that order cannot matter."""

    kind: Literal["judge_names"] = "judge_names"
    pairs: tuple[NamePair, ...]


class NameVerdict(TaskModel):
    """What one pair of names is: `same`, `different`, or `unsure`."""

    index: int
    verdict: str


class JudgeNamesAnswer(TaskModel):
    """At most one verdict for each pair; a pair without one stays undecided."""

    verdicts: tuple[NameVerdict, ...]


class EntityBrief(TaskModel):
    """An entity that relations may name; `index` is unique within the task."""

    index: int
    name: str
    type: str


class RelateTask(TaskModel):
    """Find how entities relate in one topic, and what was decided, promised, asked and said."""

    kind: Literal["relate"] = "relate"
    language: str | None
    output_language: str | None = None
    topic: str
    cues: tuple[Cue, ...]
    entities: tuple[EntityBrief, ...]
    point_kinds: tuple[str, ...]


class StatedRelation(TaskModel):
    """What was said to hold between two entities of the task, and the words that say it."""

    source: int
    predicate: str
    target: int
    quote: str
    first_cue: int
    last_cue: int


class StatedPoint(TaskModel):
    """A decision, an action, a question or a statement; `who` and `due` only as they were said."""

    kind: str
    text: str
    who: str | None = None
    due: str | None = None
    quote: str
    first_cue: int
    last_cue: int


class RelateAnswer(TaskModel):
    """Relations and points in the order of the transcript; none of either is a good answer."""

    relations: tuple[StatedRelation, ...]
    points: tuple[StatedPoint, ...]


class PointBrief(TaskModel):
    """A point as material for the summary; `index` is unique within the task."""

    index: int
    kind: str
    topic: str
    text: str


class SummarizeTask(TaskModel):
    """Sum up a recording in at most `most` sentences, each resting on points of it."""

    kind: Literal["summarize"] = "summarize"
    language: str | None
    output_language: str | None = None
    points: tuple[PointBrief, ...]
    most: int


class SummarySentence(TaskModel):
    """One sentence of the summary and the points (task indices) it rests on."""

    text: str
    points: tuple[int, ...]


class SummarizeAnswer(TaskModel):
    """The summary, in reading order."""

    sentences: tuple[SummarySentence, ...]


BrainTask = ImproveTask | EntitiesTask | JudgeNamesTask | RelateTask | SummarizeTask
BrainAnswer = ImproveAnswer | EntitiesAnswer | JudgeNamesAnswer | RelateAnswer | SummarizeAnswer
