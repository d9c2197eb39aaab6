"""What the stages of this profile hand on: fixes, names, mentions, relations, points, sentences."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from footnoted.knowledge.bound_evidence import BoundEvidence
from footnoted.llm.brain_tasks import GlossaryEntry
from footnoted.model.topic import Topic
from footnoted.model.transcript import Cue

PERSON: Final = "person"
OTHER: Final = "other"
DATE: Final = "date"
MONEY: Final = "money"
TYPES: Final = (
    PERSON,
    "organization",
    "place",
    "product",
    "event",
    "work",
    "term",
    DATE,
    MONEY,
    OTHER,
)
"""What an entity can be. `other` is a name that nothing tells more about."""

SAID_EXACTLY: Final = frozenset({DATE, MONEY})
"""Types whose words say all there is to them; heard once is enough, and they are never alike."""

DECISION: Final = "decision"
ACTION: Final = "action"
QUESTION: Final = "question"
STATEMENT: Final = "statement"
POINT_KINDS: Final = (DECISION, ACTION, QUESTION, STATEMENT)

Role = Literal["named", "speaks"]
RelationKind = Literal["stated", "together", "speaks_of"]
Verdict = Literal["same", "different", "unsure"]


class BrainModel(BaseModel):
    """Frozen: what was handed on does not change."""

    model_config = ConfigDict(frozen=True)


class Fix(BrainModel):
    """A correction laid over one cue: `before` stands there from `start_char` to `end_char`."""

    cue: int
    start_char: int
    end_char: int
    before: str
    after: str
    reason: str


class ImproveInput(BrainModel):
    """A pinned transcript version as it was heard, and how its words are written."""

    transcript_id: int | None
    language: str | None
    cues: tuple[Cue, ...]
    glossary: tuple[GlossaryEntry, ...]


class ImproveOutput(BrainModel):
    """Every change, in the order of the transcript, and what was refused for what reason."""

    transcript_id: int | None
    fixes: tuple[Fix, ...]
    counts: dict[str, int]


class EntitiesInput(BrainModel):
    """A pinned transcript version with its corrections and topics."""

    video_id: int
    transcript_id: int | None
    language: str | None
    cues: tuple[Cue, ...]
    fixes: tuple[Fix, ...]
    topics: tuple[Topic, ...]


class HeardName(BrainModel):
    """A name heard in the video, by which names of other videos are compared with it."""

    name_id: UUID
    key: str
    name: str
    type: str
    is_sure: bool


class Mention(BrainModel):
    """Where a name stands in the original cues; a speaker's own has no characters."""

    id: UUID
    name_id: UUID
    evidence_id: UUID
    role: Role
    surface: str
    first_cue: int
    start_char: int | None
    last_cue: int
    end_char: int | None


class EntitiesOutput(BrainModel):
    """The names of a video, where each stands, and all evidence, rejected too."""

    transcript_id: int | None
    names: tuple[HeardName, ...]
    mentions: tuple[Mention, ...]
    evidence: tuple[BoundEvidence, ...]
    counts: dict[str, int]


class KnownName(NamedTuple):
    """A name by its id, and the words it is known by."""

    name_id: UUID
    key: str


class NamePairDraft(BrainModel):
    """Two names that may be one, and how alike they are written, from 0 to 1."""

    first_id: UUID
    second_id: UUID
    first: str
    second: str
    likeness: float


class ResolveInput(BrainModel):
    """The pairs, with a name of this video in each, that nobody judged yet."""

    pairs: tuple[NamePairDraft, ...]
    left_out: int = 0


class JudgedPair(BrainModel):
    """A fact about two names; `judge` is `rule` or `model`."""

    first_id: UUID
    second_id: UUID
    verdict: Verdict
    likeness: float
    judge: str


class ResolveOutput(BrainModel):
    """What was judged."""

    judged: tuple[JudgedPair, ...]
    counts: dict[str, int]


class RelateInput(BrainModel):
    """A transcript with its topics, and the names that were heard in it."""

    video_id: int
    transcript_id: int | None
    language: str | None
    output_language: str | None = None
    cues: tuple[Cue, ...]
    fixes: tuple[Fix, ...]
    topics: tuple[Topic, ...]
    names: tuple[HeardName, ...]
    mentions: tuple[Mention, ...]


class Relation(BrainModel):
    """An edge between two names of the video, with the words that say or show it."""

    id: UUID
    source_id: UUID
    target_id: UUID
    kind: RelationKind
    predicate: str
    evidence_id: UUID


class Point(BrainModel):
    """Something decided, promised, asked or stated; `who` and `due` as they were said."""

    id: UUID
    evidence_id: UUID
    topic_position: int
    topic_title: str | None
    kind: str
    text: str
    who: str | None
    due: str | None


class RelateOutput(BrainModel):
    """Relations, points in the order they were said, and all evidence, rejected too."""

    transcript_id: int | None
    relations: tuple[Relation, ...]
    points: tuple[Point, ...]
    evidence: tuple[BoundEvidence, ...]
    counts: dict[str, int]


class SummarizeInput(BrainModel):
    """The points of a video, in the order they were said."""

    language: str | None
    output_language: str | None = None
    points: tuple[Point, ...]


class Sentence(BrainModel):
    """A sentence of the summary, and the points it rests on."""

    id: UUID
    text: str
    point_ids: tuple[UUID, ...]


class SummarizeOutput(BrainModel):
    """The summary in reading order."""

    sentences: tuple[Sentence, ...]
    counts: dict[str, int]
