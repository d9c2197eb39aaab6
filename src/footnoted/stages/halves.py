"""Where a run of things is cut in two: near its middle, at the best place there."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from footnoted.model.transcript import Cue

T = TypeVar("T")

_MIDDLE = (1 / 3, 2 / 3)
"""Which shares of the whole a cut may leave on its left."""
_SENTENCE_END = re.compile(r"[.!?…。！？।॥؟]['\"’”»)\]]*\s*$")  # noqa: RUF001 - other scripts' marks


def halve_cues(cues: Sequence[Cue]) -> tuple[tuple[Cue, ...], tuple[Cue, ...]] | None:
    """Return the cues in two runs of about as many words, or None for fewer than two cues.

    The cut is between two sentences or speakers if it can be, at the longest pause, nearest the
    middle.
    """

    def merit(before: Cue, after: Cue) -> tuple[bool, int]:
        ends = bool(_SENTENCE_END.search(before.text)) or before.speaker != after.speaker
        return ends, _pause_ms(before, after)

    at = _cut(cues, [len(cue.text.encode()) + 1 for cue in cues], merit)
    return None if at is None else (tuple(cues[:at]), tuple(cues[at:]))


def halve(
    things: Sequence[T], is_border: Callable[[T, T], bool] | None = None
) -> tuple[tuple[T, ...], tuple[T, ...]] | None:
    """Return the things in two runs of about as many, or None for fewer than two.

    The cut is where `is_border(before, after)` holds if it can be, nearest the middle.
    """
    at = _cut(things, [1] * len(things), is_border or (lambda _before, _after: False))
    return None if at is None else (tuple(things[:at]), tuple(things[at:]))


def _cut(
    things: Sequence[T], weights: Sequence[int], merit: Callable[[T, T], bool | tuple[bool, int]]
) -> int | None:
    """Return how many things stand left of the cut with the greatest merit around the middle.

    Where nothing ends around the middle, because one thing is large, it is the cut nearest to it.
    """
    if len(things) < 2:  # noqa: PLR2004 - one thing has no halves
        return None
    total = sum(weights)
    shares = [upto / total for upto in accumulate(weights)]
    places = range(1, len(things))
    low, high = _MIDDLE
    central = [at for at in places if low <= shares[at - 1] <= high]
    if not central:
        return min(places, key=lambda at: abs(shares[at - 1] - 0.5))
    return max(
        central,
        key=lambda at: (merit(things[at - 1], things[at]), -abs(shares[at - 1] - 0.5)),
    )


def _pause_ms(before: Cue, after: Cue) -> int:
    """Return the silence between two cues in milliseconds; none where there are no times."""
    if before.end_ms is None or after.start_ms is None:
        return 0
    return max(0, after.start_ms - before.end_ms)
