"""Relations and points as a model found them, bound to what was said; and edges that words show.

Pure. A stated relation needs two names of the video and a quote; a point needs a known kind and a
quote. Who is to do something, and by when, is kept only where it was said. Two kinds of edge need
no model: names said together, and who speaks of what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.knowledge.quotes import read_words
from footnoted.model.identity import deterministic_id
from footnoted.model.text import one_line
from footnoted.profiles.brain.citing import Citations
from footnoted.profiles.brain.naming import long_forms, name_key
from footnoted.profiles.brain.togetherness import edges_shown
from footnoted.profiles.brain.types import PERSON, POINT_KINDS, Point, RelateOutput, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from footnoted.knowledge.bound_evidence import BoundEvidence
    from footnoted.llm.brain_tasks import RelateAnswer, StatedPoint, StatedRelation
    from footnoted.model.topic import Topic
    from footnoted.profiles.brain.types import HeardName, RelateInput, RelationKind

_PREDICATE_LIMIT = 80
_TEXT_LIMIT = 1_000
_WHO_LIMIT = 120


def bind_relations(
    given: RelateInput,
    briefed: Sequence[Sequence[HeardName]],
    answers: Sequence[RelateAnswer],
) -> RelateOutput:
    """Return what stands; `briefed` are the names each topic's request showed, in its order."""
    if given.transcript_id is None:
        return RelateOutput(transcript_id=None, relations=(), points=(), evidence=(), counts={})
    binder = _Binder(given, given.transcript_id)
    for topic, names, answer in zip(given.topics, briefed, answers, strict=True):
        for relation in answer.relations:
            binder.take_relation(relation, names)
        for point in answer.points:
            binder.take_point(point, topic)
    binder.add_shown()
    return binder.output()


class _Binder:
    """Collects edges and points against one transcript."""

    def __init__(self, given: RelateInput, transcript_id: int) -> None:
        self._given = given
        self._cited = Citations(given.video_id, transcript_id, given.cues, given.fixes)
        self._relations: dict[UUID, Relation] = {}
        self._points: dict[UUID, tuple[tuple[int, int, str], Point]] = {}
        self._people = _people(given)

    def take_relation(self, relation: StatedRelation, names: Sequence[HeardName]) -> None:
        """Take one stated relation in, or count why not."""
        counts, known = self._cited.counts, range(len(names))
        predicate = one_line(storable(relation.predicate), _PREDICATE_LIMIT)
        if relation.source not in known or relation.target not in known:
            counts["rejected_index"] += 1
        elif names[relation.source].name_id == names[relation.target].name_id:
            counts["rejected_loop"] += 1
        elif not predicate:
            counts["rejected_blank"] += 1
        elif bound := self._cited.quote(relation.quote, relation.first_cue, relation.last_cue):
            ends = (names[relation.source].name_id, names[relation.target].name_id)
            self._add("stated", ends, predicate, bound)

    def take_point(self, point: StatedPoint, topic: Topic) -> None:
        """Take one point in, or count why not."""
        counts, kind = self._cited.counts, point.kind.strip().casefold()
        text = one_line(storable(point.text), _TEXT_LIMIT)
        if kind not in POINT_KINDS:
            counts["rejected_kind"] += 1
        elif not text:
            counts["rejected_blank"] += 1
        elif bound := self._cited.quote(point.quote, point.first_cue, point.last_cue):
            found = bound.evidence
            place = (found.first_cue or 0, found.last_cue or 0, kind)
            identity = deterministic_id("point", self._given.video_id, kind, str(bound.id))
            made = Point(
                id=identity,
                evidence_id=bound.id,
                topic_position=topic.position,
                topic_title=topic.title,
                kind=kind,
                text=text,
                who=self._who(point.who),
                due=self._due(point.due, bound),
            )
            self._points.setdefault(identity, (place, made))

    def add_shown(self) -> None:
        """Add the edges that need no model."""
        for edge in edges_shown(self._given):
            bound = self._cited.around(edge.place)
            if bound is not None:
                self._add(edge.kind, edge.ends, edge.predicate, bound)

    def output(self) -> RelateOutput:
        """Return relations by id, and points in the order they were said."""
        points = [point for _, point in sorted(self._points.values(), key=_order)]
        kinds = [relation.kind for relation in self._relations.values()]
        counts = {kind: kinds.count(kind) for kind in ("stated", "together", "speaks_of")}
        counts |= {kind: sum(point.kind == kind for point in points) for kind in POINT_KINDS}
        return RelateOutput(
            transcript_id=self._given.transcript_id,
            relations=tuple(relation for _, relation in sorted(self._relations.items())),
            points=tuple(points),
            evidence=self._cited.evidence,
            counts=counts | dict(sorted((+self._cited.counts).items())),
        )

    def _add(
        self, kind: RelationKind, ends: tuple[UUID, UUID], predicate: str, bound: BoundEvidence
    ) -> None:
        named = (*map(str, ends), kind, predicate.casefold(), str(bound.id))
        identity = deterministic_id("relation", self._given.video_id, *named)
        self._relations.setdefault(
            identity,
            Relation(
                id=identity,
                source_id=ends[0],
                target_id=ends[1],
                kind=kind,
                predicate=predicate,
                evidence_id=bound.id,
            ),
        )

    def _who(self, who: str | None) -> str | None:
        """Return who was named, as the video names them; nobody rather than somebody guessed."""
        if not who or not who.strip():
            return None
        name = one_line(storable(who), _WHO_LIMIT)
        named = {each.name: each.type for each in self._given.names}
        long = long_forms({**named, name: PERSON}).get(name, name)
        known = self._people.get(name_key(long))
        self._cited.counts["rejected_who"] += known is None
        return known

    def _due(self, due: str | None, bound: BoundEvidence) -> str | None:
        """Return by when, if the quote says so in these words."""
        if not due or not due.strip():
            return None
        said = " ".join(word.key for word in read_words(bound.evidence.text or ""))
        wanted = " ".join(word.key for word in read_words(due))
        if wanted and f" {wanted} " in f" {said} ":
            return one_line(storable(due), _WHO_LIMIT)
        self._cited.counts["rejected_due"] += 1
        return None


def _order(entry: tuple[tuple[int, int, str], Point]) -> tuple[tuple[int, int, str], str]:
    place, point = entry
    return place, str(point.id)


def _people(given: RelateInput) -> Mapping[str, str]:
    """Return the names of the video by their words and by each way they were said."""
    by_id = {name.name_id: name.name for name in given.names}
    said = [(mention.surface, by_id[mention.name_id]) for mention in given.mentions]
    whole = [(name.name, name.name) for name in given.names]
    return {name_key(form): name for form, name in (*said, *whole)}
