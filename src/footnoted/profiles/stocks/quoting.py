"""Quotes of one recording, bound to the cues that say them; rejected ones are kept too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from footnoted.db.texts import storable
from footnoted.knowledge.bound_evidence import BoundEvidence, bind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from footnoted.model.transcript import Cue

_CUE_NUMBERS = range(-(2**31), 2**31)
"""What the database's integers hold; a model may cite anything."""


class Quotations:
    """Looks quotes up in one transcript version, and counts how they were found."""

    def __init__(self, video_id: int, transcript_id: int | None, cues: Sequence[Cue]) -> None:
        """Look in `cues`, all that is heard in the recording."""
        # It needs numpy, which a program that starts should not wait for.
        from footnoted.knowledge.evidence import QuoteMatcher  # noqa: PLC0415

        self._video_id = video_id
        self._transcript_id = transcript_id
        self._matcher = QuoteMatcher(cues)
        self._bound: dict[UUID, BoundEvidence] = {}
        self.counts: Counter[str] = Counter()

    def find(self, quote: str, first_cue: int, last_cue: int) -> BoundEvidence | None:
        """Return the evidence when the quote was said; what was not said is kept and counted."""
        if first_cue not in _CUE_NUMBERS or last_cue not in _CUE_NUMBERS:
            self.counts["rejected_cues"] += 1
            return None
        if self._transcript_id is None:
            raise AssertionError  # nothing is asked about a recording without a transcript
        found = self._matcher.match(storable(quote), first_cue, last_cue)
        bound = bind(self._video_id, self._transcript_id, found)
        if bound.id not in self._bound:
            self._bound[bound.id] = bound
            self.counts[f"evidence_{found.match}"] += 1
        return bound if found.resolves else None

    @property
    def evidence(self) -> tuple[BoundEvidence, ...]:
        """Return all evidence, by id."""
        return tuple(sorted(self._bound.values(), key=lambda each: each.id))
