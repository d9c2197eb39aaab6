"""Quotes of corrected words, bound to what was really heard.

    quote of the read text -> its cues -> the original words there -> evidence

What a model quotes may hold a correction; evidence never does. So a quote is looked for in what the
model read, and what is stored is what the recording says at that place.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.knowledge.bound_evidence import BoundEvidence, bind
from footnoted.profiles.brain.overlay import Overlay, Place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from footnoted.model.transcript import Cue
    from footnoted.profiles.brain.types import Fix

_CUE_NUMBERS = range(-(2**31), 2**31)
"""What the database's integers hold; a model may cite anything."""
_AROUND_CHARS = 160
_WHOLE_CHARS = 400


class Citations:
    """Collects the evidence of one stage against one transcript."""

    def __init__(
        self, video_id: int, transcript_id: int, cues: Sequence[Cue], fixes: Sequence[Fix]
    ) -> None:
        """Prepare the transcript once, as it was heard and as it is read."""
        # It needs numpy, which a program that starts should not wait for.
        from footnoted.knowledge.evidence import QuoteMatcher  # noqa: PLC0415

        self.overlay = Overlay(cues, fixes)
        self.counts: Counter[str] = Counter()
        self._of = (video_id, transcript_id)
        self._heard = QuoteMatcher(cues)
        self._read = QuoteMatcher(self.overlay.cues) if fixes else self._heard
        self._cues = {cue.index: cue for cue in cues}
        self._fixed = frozenset(fix.cue for fix in fixes)
        self._evidence: dict[UUID, BoundEvidence] = {}

    @property
    def evidence(self) -> tuple[BoundEvidence, ...]:
        """Return all of it, rejected too, in the order of ids."""
        return tuple(sorted(self._evidence.values(), key=lambda each: each.id))

    def quote(self, quote: str, first_cue: int, last_cue: int) -> BoundEvidence | None:
        """Return the evidence of a model's quote; None, counted and kept, when it was not said."""
        if first_cue not in _CUE_NUMBERS or last_cue not in _CUE_NUMBERS:
            self.counts["rejected_cues"] += 1
            return None
        said = storable(quote)
        found = self._read.match(said, first_cue, last_cue)
        if found.first_cue is not None and found.last_cue is not None and found.text is not None:
            span = range(found.first_cue, found.last_cue + 1)
            if not self._fixed.isdisjoint(span):
                said = self._original(found.text, found.first_cue, found.last_cue)
                found = self._heard.match(said, span.start, span.stop - 1)
        bound = bind(*self._of, found)
        if bound.id not in self._evidence:
            self._evidence[bound.id] = bound
            self.counts[f"evidence_{found.match}"] += 1
        return bound if found.resolves else None

    def around(self, place: Place) -> BoundEvidence | None:
        """Return the evidence of what was said around a place; None where no word stands."""
        first, last = self._cues[place.first_cue], self._cues[place.last_cue]
        whole = Place(first.index, 0, last.index, len(last.text))
        text = self.overlay.original(whole)
        if len(text) > _WHOLE_CHARS:
            start = _word_border(first.text, place.start_char - _AROUND_CHARS, forward=True)
            end = _word_border(last.text, place.end_char + _AROUND_CHARS, forward=False)
            text = self.overlay.original(Place(first.index, start, last.index, end))
        bound = bind(*self._of, self._heard.match(storable(text), first.index, last.index))
        if not bound.evidence.resolves:
            return None
        self._evidence.setdefault(bound.id, bound)
        return bound

    def _original(self, text: str, first_cue: int, last_cue: int) -> str:
        """Return what was heard where `text` is read; the whole cues where that is not plain."""
        start, end = self.overlay.span_of_cues(first_cue, last_cue)
        at = self.overlay.text.find(text, start, end)
        if at < 0:
            last = self._cues[last_cue]
            return self.overlay.original(Place(first_cue, 0, last_cue, len(last.text)))
        return self.overlay.original(self.overlay.place(at, at + len(text)))


def _word_border(text: str, at: int, *, forward: bool) -> int:
    """Return the nearest place from `at` on, or back, where no word is cut."""
    at = min(max(at, 0), len(text))
    while 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum():
        at += 1 if forward else -1
    return at
