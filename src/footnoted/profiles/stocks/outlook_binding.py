"""Binds the statements of an outlook to what was said, and throws out what was not. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - keys of a dict that tools read

from footnoted.db.texts import storable
from footnoted.knowledge.quotes import read_words
from footnoted.llm.stock_tasks import DIRECTIONS
from footnoted.model.identity import deterministic_id
from footnoted.model.text import one_line
from footnoted.profiles.stocks.quoting import Quotations
from footnoted.profiles.stocks.speakers import speakers_in
from footnoted.profiles.stocks.types import FoundPoint, OutlookOutput, PointKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.llm.stock_tasks import OutlookAnswer, OutlookPoint
    from footnoted.profiles.stocks.types import OutlookInput

_TEXT_LIMIT = 600


def bind_outlook(given: OutlookInput, answers: Sequence[OutlookAnswer]) -> OutlookOutput:
    """Return the statements that stand, and the direction if one of its reasons does."""
    binder = _Binder(given)
    for answer in answers:
        binder.take(answer.reasoning, PointKind.REASON)
        binder.take(answer.themes, PointKind.THEME)
        binder.take(answer.risks, PointKind.RISK)
        binder.take(answer.summary, PointKind.SUMMARY)
    direction = next((answer.direction for answer in answers), None)
    return binder.output(direction)


class _Binder:
    """Collects the statements of one recording."""

    def __init__(self, given: OutlookInput) -> None:
        self._given = given
        self._quotes = Quotations(given.video_id, given.transcript_id, given.cues)
        self._points: dict[UUID, tuple[tuple[str, int, int], FoundPoint]] = {}

    def take(self, points: Sequence[OutlookPoint], kind: PointKind) -> None:
        """Take the statements of one kind in, or count why not."""
        for told in points:
            text = one_line(storable(told.text), _TEXT_LIMIT)
            if not text:
                self._quotes.counts["rejected_blank"] += 1
                continue
            bound = self._quotes.find(told.quote, told.first_cue, told.last_cue)
            if bound is None:
                continue
            first, last = bound.evidence.first_cue or 0, bound.evidence.last_cue or 0
            words = " ".join(word.key for word in read_words(bound.evidence.quote))
            key = deterministic_id(
                "stock_outlook_point", self._given.video_id, first, last, words, kind, text
            )
            point = FoundPoint(key=key, evidence_id=bound.id, kind=kind, text=text)
            self._points.setdefault(key, ((kind, first, last), point))

    def output(self, direction: str | None) -> OutlookOutput:
        """Return everything in the order it was said."""
        counts = self._quotes.counts
        ordered = [point for _, point in sorted(self._points.values(), key=lambda one: one[0])]
        if direction is not None and direction not in DIRECTIONS:
            counts["rejected_direction"] += 1
            direction = None
        if direction is not None and not any(one.kind is PointKind.REASON for one in ordered):
            counts["direction_without_reason"] += 1
            direction = None
        speakers = speakers_in(self._given.cues)
        key = deterministic_id("stock_outlook", self._given.video_id, direction, *speakers)
        return OutlookOutput(
            transcript_id=self._given.transcript_id,
            key=key,
            direction=direction,
            points=tuple(ordered),
            speakers=speakers,
            evidence=self._quotes.evidence,
            counts={"points": len(ordered), **dict(sorted((+counts).items()))},
        )
