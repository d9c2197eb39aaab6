"""Binds what a model says was said to what was said, and throws out what was not.

Pure. A moment needs a known content type, a title, a summary, and a quote that is in the
transcript; its place and its topic follow from where the quote was found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.knowledge.bound_evidence import BoundEvidence, bind
from footnoted.knowledge.quotes import read_words
from footnoted.model.identity import deterministic_id
from footnoted.model.text import one_line
from footnoted.profiles.techniques.types import ExtractInput, ExtractOutput, FoundMoment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from footnoted.llm.tasks import ExtractAnswer, ExtractedMoment
    from footnoted.model.citation import Evidence
    from footnoted.model.topic import Topic
    from footnoted.stages.taxonomy import Taxonomy

_TITLE_LIMIT = 200
_SUMMARY_LIMIT = 2_000
_TOOL_LIMIT = 80
_CUE_NUMBERS = range(-(2**31), 2**31)
"""What the database's integers hold; a model may cite anything."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A moment with what it is sorted by."""

    at: tuple[int, int, str]
    moment: FoundMoment


def bind_moments(
    given: ExtractInput, answers: Sequence[ExtractAnswer], taxonomy: Taxonomy
) -> ExtractOutput:
    """Return the moments that stand, all evidence, and how many were rejected for what."""
    binder = _Binder(given, taxonomy)
    for answer in answers:
        for moment in answer.moments:
            binder.add(moment)
    return binder.output()


class _Binder:
    """Collects moments against one transcript."""

    def __init__(self, given: ExtractInput, taxonomy: Taxonomy) -> None:
        self._given = given
        self._taxonomy = taxonomy
        # It needs numpy, which a program that starts should not wait for.
        from footnoted.knowledge.evidence import QuoteMatcher  # noqa: PLC0415

        self._matcher = QuoteMatcher(given.cues)
        self._evidence: dict[UUID, BoundEvidence] = {}
        self._placed: dict[UUID, _Placed] = {}
        self._counts: Counter[str] = Counter()

    def add(self, moment: ExtractedMoment) -> None:
        """Take one moment in, or count why not."""
        content_type = self._taxonomy.content_type(moment.content_type)
        title = one_line(storable(moment.title), _TITLE_LIMIT)
        summary = one_line(storable(moment.summary), _SUMMARY_LIMIT)
        if content_type is None:
            self._counts["rejected_content_type"] += 1
        elif not title or not summary:
            self._counts["rejected_blank"] += 1
        elif moment.first_cue not in _CUE_NUMBERS or moment.last_cue not in _CUE_NUMBERS:
            self._counts["rejected_cues"] += 1
        else:
            self._place(moment, title, summary, content_type)

    def output(self) -> ExtractOutput:
        """Return everything in the order it was said."""
        placed = sorted(self._placed.values(), key=lambda each: each.at)
        return ExtractOutput(
            transcript_id=self._given.transcript_id,
            moments=tuple(each.moment for each in placed),
            evidence=tuple(sorted(self._evidence.values(), key=lambda each: each.id)),
            counts={"moments": len(placed), **dict(sorted(self._counts.items()))},
        )

    def _place(self, moment: ExtractedMoment, title: str, summary: str, content_type: str) -> None:
        quote = storable(moment.quote)
        found = self._matcher.match(quote, moment.first_cue, moment.last_cue)
        bound = self._bind(found)
        if found.first_cue is None or found.last_cue is None:
            return
        identity = moment_id(self._given.video_id, found)
        if identity in self._placed:
            self._counts["duplicates"] += 1
            return
        topic = self._topic_at(found.first_cue)
        self._placed[identity] = _Placed(
            (found.first_cue, found.last_cue, quote),
            FoundMoment(
                id=identity,
                evidence_id=bound.id,
                topic_position=topic.position,
                topic_title=topic.title,
                title=title,
                summary=summary,
                content_type=content_type,
                tools=_tools(moment.tools),
            ),
        )

    def _bind(self, found: Evidence) -> BoundEvidence:
        if self._given.transcript_id is None:
            raise AssertionError  # moments are only asked for where there is a transcript
        bound = bind(self._given.video_id, self._given.transcript_id, found)
        if bound.id not in self._evidence:
            self._evidence[bound.id] = bound
            self._counts[f"evidence_{found.match}"] += 1
        return bound

    def _topic_at(self, cue: int) -> Topic:
        """Return the topic that holds a cue; topics cover all speech."""
        return next(topic for topic in self._given.topics if topic.last_cue >= cue)


def moment_id(video_id: int, found: Evidence) -> UUID:
    """Return the id of the moment that these words at this place are, whatever it is called."""
    words = " ".join(word.key for word in read_words(found.quote))
    return deterministic_id("technique_moment", video_id, found.first_cue, found.last_cue, words)


def _tools(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names once each, as first written."""
    clean: dict[str, str] = {}
    for name in names:
        tool = one_line(storable(name), _TOOL_LIMIT)
        clean.setdefault(tool.casefold(), tool)
    return tuple(tool for tool in clean.values() if tool)
