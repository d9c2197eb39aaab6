"""A quote laid beside a stretch of transcript: what is equal, and where the two differ.

The alignment has the fewest word errors with both ends of the stretch free (Sellers 1980, "The
theory and computation of evolutionary distances"), in a band of diagonals around the place where
the stretch was found (Ukkonen 1985, "Algorithms for approximate string matching").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAIR, _QUOTE_ONLY, _SAID_ONLY = 0, 1, 2
_OUT_OF_REACH = 1 << 30
_ERROR, _EQUAL = 1 << 12, -1
"""One error weighs more than all equal words; these decide between alignments as good."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A run of words that is not equal; either side may be empty. Ends are exclusive."""

    quote_start: int
    quote_end: int
    said_start: int
    said_end: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where in the stretch the quote lies, and how it differs from it."""

    said_start: int
    said_end: int
    differences: tuple[Difference, ...]


def align(quote: Sequence[int], said: Sequence[int], diagonals: range) -> Alignment:
    """Return the best alignment of all of `quote` with a part of `said`.

    Both are word ids. Word `i` of the quote may meet word `i + d` of `said` for `d` in
    `diagonals`. Of alignments with equally few errors, the one with most equal words is taken,
    and of those the one that pairs most, so that a misheard word at an end is seen beside what was
    said there, and not as an addition.
    """
    costs, steps = _fill(quote, said, diagonals)
    best = min(costs)
    slack = max(k for k, cost in enumerate(costs) if cost == best)
    pairs = _trace(steps, len(quote), slack, diagonals.start)
    return _collect(quote, said, pairs)


def _fill(
    quote: Sequence[int], said: Sequence[int], diagonals: range
) -> tuple[list[int], list[bytearray]]:
    """Return the cost of the whole quote per diagonal, and the last step into every cell."""
    width, size = len(diagonals), len(said)
    costs = [0] * width
    steps: list[bytearray] = []
    for row, word in enumerate(quote):
        entered = bytearray(width)
        now: list[int] = []
        left = 2 * _OUT_OF_REACH  # no step leads here from outside of the band
        for k in range(width):
            place = row + diagonals.start + k
            best, step = _OUT_OF_REACH, _PAIR
            if 0 <= place < size:
                best = costs[k] + (_EQUAL if said[place] == word else _ERROR)
                if left + _ERROR < best:
                    best, step = left + _ERROR, _SAID_ONLY
            if k + 1 < width and costs[k + 1] + _ERROR < best:
                best, step = costs[k + 1] + _ERROR, _QUOTE_ONLY
            now.append(best)
            entered[k] = step
            left = best
        costs = now
        steps.append(entered)
    return costs, steps


def _trace(
    steps: list[bytearray], row: int, slack: int, first: int
) -> list[tuple[int | None, int | None]]:
    """Return the pairs (place in quote, place in said) in order; None where one has no partner."""
    pairs: list[tuple[int | None, int | None]] = []
    while row:
        step = steps[row - 1][slack]
        if step == _QUOTE_ONLY:
            row, slack = row - 1, slack + 1
            pairs.append((row, None))
        elif step == _SAID_ONLY:
            pairs.append((None, row - 1 + first + slack))
            slack -= 1
        else:
            row -= 1
            pairs.append((row, row + first + slack))
    pairs.reverse()
    return pairs


def _collect(
    quote: Sequence[int], said: Sequence[int], pairs: list[tuple[int | None, int | None]]
) -> Alignment:
    """Return the alignment that `pairs` spell, runs of unequal words joined."""
    differences: list[Difference] = []
    start = next((place for _, place in pairs if place is not None), 0)
    in_quote, in_said = 0, start
    open_quote, open_said = 0, start
    for q, s in [*pairs, (None, None)]:
        is_equal = q is not None and s is not None and quote[q] == said[s]
        is_last = q is None and s is None
        if (is_equal or is_last) and (in_quote > open_quote or in_said > open_said):
            differences.append(Difference(open_quote, in_quote, open_said, in_said))
        in_quote += q is not None
        in_said += s is not None
        if is_equal:
            open_quote, open_said = in_quote, in_said
    return Alignment(start, in_said, tuple(differences))
