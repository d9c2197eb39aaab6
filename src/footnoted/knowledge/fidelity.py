"""Whether a quote that is not word for word still says what was said.

Recognition, and whoever quotes, mishears words, drops them, adds small ones and mends spelling.
That is tolerated word by word. What changes the meaning is not, in any quantity: another number or
currency, a negation more or less, a content word that was never said there, an opposite, a name in
place of another, words in another order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

from footnoted.knowledge.mishearing import Ear, Mismatch
from footnoted.knowledge.polarity import count_negations
from footnoted.knowledge.quantities import currencies, is_quantity, quantities
from footnoted.knowledge.quotes import is_unspaced
from footnoted.knowledge.wording import FILLERS, HESITATIONS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from footnoted.knowledge.alignment import Alignment, Difference

_LEAST_COST = 0.1
"""What any difference costs, so that only what is word for word scores 1."""
_MAX_SLIPS = 0.25
"""Words that may differ, of those of a quote; speech recognition errs in one of six to ten."""
_MIN_MOVED = 4
"""Letters from which a word counts as moved; shorter ones are dropped and added by chance."""
_EDGE_REACH, _ENDING_REACH = 5, 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """How faithful a quote is, from 0 (it says something else) to 1, and to which words."""

    score: float
    said_start: int
    said_end: int


class Fidelity:
    """Judges alignments of one quote; `vocabulary` are the words of the transcript."""

    def __init__(self, quote: Sequence[str], vocabulary: Container[str]) -> None:
        """Read what of the quote must not differ, once for all its alignments."""
        self._quote = quote
        self._ear = Ear(vocabulary)
        self._quantities = quantities(quote)
        self._currencies = currencies(quote)
        self._negations = count_negations(quote)

    def judge(self, said: Sequence[str], alignment: Alignment) -> Judgement:
        """Return how faithful the quote is to `said`, with which it was aligned."""
        differences = self._with_fitted_ends(said, alignment)
        start, end = alignment.said_start, alignment.said_end
        if differences and differences[0].quote_start == 0:
            start = differences[0].said_start
        if differences and differences[-1].quote_end == len(self._quote):
            end = differences[-1].said_end
        beside = {*said[max(0, start - 1) : start], *said[end : end + 1]}
        is_same = self._states_the_same(said[start:end])
        is_same = is_same and not self._moves(said, differences, beside)
        total = self._total(said, differences) if is_same and end > start else None
        score = 0.0 if total is None else max(0.0, 1.0 - total / len(self._quote))
        return Judgement(score, start, end)

    def _total(self, said: Sequence[str], differences: Sequence[Difference]) -> float | None:
        """Return what all differences cost together; None when one changes the meaning.

        None too when there are more of them than recognition makes; left-out fillers are not
        counted, people who quote leave them out.
        """
        total, slips = 0.0, 0
        for difference in differences:
            cost = self._cost(said, difference)
            if cost is None:
                return None
            total += max(cost, _LEAST_COST)
            meant = said[difference.said_start : difference.said_end]
            quoted = self._quoted(difference)
            if quoted or any(key not in FILLERS for key in meant):
                slips += max(len(quoted), len(meant)) if cost else 1
        return total if slips <= max(1, _MAX_SLIPS * len(self._quote)) else None

    def _states_the_same(self, span: Sequence[str]) -> bool:
        """Return whether numbers, currencies and the count of negations are equal."""
        return (
            quantities(span) == self._quantities
            and currencies(span) == self._currencies
            and count_negations(span) == self._negations
        )

    def _moves(
        self, said: Sequence[str], differences: Sequence[Difference], beside: set[str]
    ) -> bool:
        """Return whether the quote leaves a word out in one place and has it in another.

        `beside` are the words just outside of it: one may have been moved in from there.
        """
        added: set[str] = set()
        missing = set(beside)
        for difference in differences:
            quoted = self._quoted(difference)
            meant = said[difference.said_start : difference.said_end]
            for edit in Indel.editops(quoted, meant):
                if edit.tag == "delete":
                    added.add(quoted[edit.src_pos])
                else:
                    missing.add(meant[edit.dest_pos])
        return any(len(key) >= _MIN_MOVED for key in added & missing)

    def _cost(self, said: Sequence[str], difference: Difference) -> float | None:
        """Return what one difference costs in words, or None when it changes the meaning."""
        quoted = self._quoted(difference)
        meant = said[difference.said_start : difference.said_end]
        if count_negations(quoted) != count_negations(meant):
            return None
        if quoted and self._hides_negation(said, difference):
            return None
        before = self._quote[max(0, difference.quote_start - 1) : difference.quote_start]
        after = self._quote[difference.quote_end : difference.quote_end + 1]
        mismatch = Mismatch(
            quoted=_wording(quoted),
            meant=_wording(meant),
            quoted_around=(*before, *after),
            said_next=said[difference.said_end : difference.said_end + len(meant)],
        )
        return self._ear.cost(mismatch)

    def _hides_negation(self, said: Sequence[str], difference: Difference) -> bool:
        """Return whether words at an end of the quote stand where a negation was said.

        `do compress` is no part of `do not compress`, though `compress` is; and in a script
        without spaces the negation is an ending that another ending may stand for. What only is
        said twice, or is a sound of hesitation, stands in no word's place.
        """
        is_first = difference.quote_start == 0
        if not is_first and difference.quote_end < len(self._quote):
            return False
        quoted = self._quoted(difference)
        around = self._quote[difference.quote_end :][:1] if is_first else self._quote[-2:-1]
        is_unpaired = difference.said_start == difference.said_end
        is_ending = not is_first and is_unspaced(quoted[-1])
        if not (is_unpaired or is_ending) or all(k in HESITATIONS or k in around for k in quoted):
            return False
        reach = _ENDING_REACH if is_ending else len(quoted) + 1
        start, end = difference.said_start, difference.said_end
        outside = said[max(0, start - reach) : start] if is_first else said[end : end + reach]
        return count_negations(outside) > 0

    def _with_fitted_ends(self, said: Sequence[str], alignment: Alignment) -> list[Difference]:
        """Return the differences, those at the ends of the quote beside what they mishear.

        The alignment leaves open how much was said there: as much as sounds like the quote's
        words, or states the same number, and otherwise nothing.
        """
        fitted = list(alignment.differences)
        if fitted and fitted[0].quote_start == 0:
            first = fitted[0]
            starts = range(max(0, first.said_end - _EDGE_REACH), first.said_end)
            ends = [(start, first.said_end) for start in reversed(starts)]
            start, _ = self._best_fit(said, first, ends) or (first.said_end, 0)
            fitted[0] = replace(first, said_start=start)
        if fitted and fitted[-1].quote_end == len(self._quote):
            last = fitted[-1]
            stops = range(last.said_start + 1, min(len(said), last.said_start + _EDGE_REACH) + 1)
            ends = [(last.said_start, stop) for stop in stops]
            _, stop = self._best_fit(said, last, ends) or (0, last.said_start)
            fitted[-1] = replace(last, said_end=stop)
        return fitted

    def _best_fit(
        self, said: Sequence[str], difference: Difference, spans: Iterable[tuple[int, int]]
    ) -> tuple[int, int] | None:
        """Return the span that the quote's words at an end fit best, or None when none does."""
        quoted = self._quoted(difference)
        stated = quantities(quoted)
        best, best_cost = None, len(quoted) + 1.0
        for start, end in spans:
            meant = said[start:end]
            if quantities(meant) != stated or count_negations(meant) != count_negations(quoted):
                continue
            cost = self._ear.cost(Mismatch(_wording(quoted), _wording(meant)))
            if cost is not None and cost < best_cost:
                best, best_cost = (start, end), cost
        return best

    def _quoted(self, difference: Difference) -> Sequence[str]:
        """Return the quote's side of a difference."""
        return self._quote[difference.quote_start : difference.quote_end]


def _wording(keys: Sequence[str]) -> list[str]:
    """Return the words without those that are compared as numbers or currencies."""
    return [key for key in keys if not is_quantity(key)]
