"""Whether a quote that is not word for word still says what was said.

Recognition, and whoever quotes, mishears words, drops them, adds small ones and mends spelling.
That is tolerated word by word. What changes the meaning is not, in any quantity: another number or
currency, a negation more or less, a content word that was never said there, an opposite, a name in
place of another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.knowledge.polarity import count_negations, is_opposite
from footnoted.knowledge.quantities import currencies, is_quantity, quantities
from footnoted.knowledge.quotes import is_unspaced
from footnoted.knowledge.sound import sound_likeness
from footnoted.knowledge.wording import FILLERS, SMALL_WORDS

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from footnoted.knowledge.alignment import Alignment, Difference

_KNOWN_ALIKE = 0.8
"""How alike a word must be to what it replaces when the transcript has it elsewhere."""
_MAX_MISHEARD_WORDS = 4
_MAX_DROPPED_WORDS = 3
_MAX_UNSPACED_RUN = 2
_SMALL_COST, _FILLER_COST, _REPEAT_COST = 0.5, 0.1, 0.2
_LEAST_COST = 0.1
"""What any difference costs, so that only what is word for word scores 1."""
_HAN = ("\u3400", "\u9fff")


class Fidelity:
    """Judges alignments of one quote; `vocabulary` are the words of the transcript."""

    def __init__(self, quote: Sequence[str], vocabulary: Container[str]) -> None:
        """Read what of the quote must not differ, once for all its alignments."""
        self._quote = quote
        self._vocabulary = vocabulary
        self._quantities = quantities(quote)
        self._currencies = currencies(quote)
        self._negations = count_negations(quote)

    def judge(self, said: Sequence[str], alignment: Alignment) -> float:
        """Return how faithful the quote is, from 0 (it says something else) to 1.

        `said` is the stretch that was aligned, with some words around it: a negation just before
        or after the aligned part counts where the quote puts other words in its place.
        """
        span = said[alignment.said_start : alignment.said_end]
        if not self._states_the_same(span):
            return 0.0
        total = 0.0
        for difference in alignment.differences:
            cost = self._cost(said, alignment, difference)
            if cost is None:
                return 0.0
            total += max(cost, _LEAST_COST)
        return max(0.0, 1.0 - total / len(self._quote))

    def _states_the_same(self, span: Sequence[str]) -> bool:
        """Return whether numbers, currencies and the count of negations are equal."""
        return (
            quantities(span) == self._quantities
            and currencies(span) == self._currencies
            and count_negations(span) == self._negations
        )

    def _cost(
        self, said: Sequence[str], alignment: Alignment, difference: Difference
    ) -> float | None:
        """Return what one difference costs in words, or None when it changes the meaning."""
        quoted = self._quote[difference.quote_start : difference.quote_end]
        meant = said[difference.said_start : difference.said_end]
        if not self._likeness(quoted, meant):
            meant_around = _with_surroundings(said, alignment, difference)
        else:
            meant_around = meant
        if count_negations(quoted) != count_negations(meant_around):
            return None
        quoted = [key for key in quoted if not is_quantity(key)]
        meant = [key for key in meant if not is_quantity(key)]
        if any(map(is_unspaced, quoted)) or any(map(is_unspaced, meant)):
            return _cost_unspaced(quoted, meant)
        if not quoted:
            return _cost_of_dropping(meant, said[difference.said_end :])
        return self._cost_of_wording(quoted, meant, difference)

    def _cost_of_wording(
        self, quoted: Sequence[str], meant: Sequence[str], difference: Difference
    ) -> float | None:
        """Return what other words cost: misheard as a whole, or small ones, or one by one."""
        if any(is_opposite(q, m) for q in quoted for m in meant):
            return None
        likeness = self._likeness(quoted, meant)
        if likeness is not None:
            return (1 - likeness) * max(len(quoted), len(meant))
        before = self._quote[difference.quote_start - 1] if difference.quote_start else ""
        after = self._quote[difference.quote_end : difference.quote_end + 1]
        added = 0.0
        at = 0
        for key in quoted:
            found = self._find_misheard(key, meant, at)
            if found is not None:
                at, cost = found
                added += cost
            elif key in SMALL_WORDS or key == before or key in after:
                added += _SMALL_COST
            else:
                return None
            before = key
        dropped = _cost_of_dropping(meant[at:] if at else meant, ())
        return None if dropped is None else max(added, dropped) if not at else added + dropped

    def _find_misheard(self, key: str, meant: Sequence[str], at: int) -> tuple[int, float] | None:
        """Return where the word that `key` was misheard from ends, and the cost, or None."""
        best: tuple[int, float] | None = None
        for start in range(at, len(meant)):
            for end in range(start + 1, min(start + _MAX_DROPPED_WORDS, len(meant)) + 1):
                likeness = self._likeness([key], meant[start:end])
                if likeness is not None and (best is None or 1 - likeness < best[1]):
                    best = end, 1 - likeness
        return best

    def _likeness(self, quoted: Sequence[str], meant: Sequence[str]) -> float | None:
        """Return how alike two runs of words sound, or None when they do not.

        A word that the transcript knows, in place of another, has to be very much alike:
        recognition turns words into words too, but a name or a term of the same talk put in place
        of another is an invention.
        """
        if not meant or max(len(quoted), len(meant)) > _MAX_MISHEARD_WORDS:
            return None
        one, other = "".join(quoted), "".join(meant)
        likeness = sound_likeness(one, other)
        if not likeness or is_opposite(one, other):
            return None
        is_known = one in self._vocabulary and one not in SMALL_WORDS
        return None if is_known and likeness < _KNOWN_ALIKE else likeness


def _with_surroundings(
    said: Sequence[str], alignment: Alignment, difference: Difference
) -> Sequence[str]:
    """Return what was said at a difference; at an end of the quote, also just outside of it."""
    start, end = difference.said_start, difference.said_end
    reach = difference.quote_end - difference.quote_start - (end - start) + 1
    if reach > 0 and difference.quote_end > difference.quote_start:
        if start == alignment.said_start:
            start = max(0, start - reach)
        if end == alignment.said_end:
            end += reach
    return said[start:end]


def _cost_of_dropping(dropped: Sequence[str], following: Sequence[str]) -> float | None:
    """Return what leaving words out costs; None for more than a slip."""
    if not dropped:
        return 0.0
    if list(following[: len(dropped)]) == list(dropped):
        return _REPEAT_COST * len(dropped)
    heavy = [key for key in dropped if key not in FILLERS]
    if len(heavy) > _MAX_DROPPED_WORDS:
        return None
    content = sum(key not in SMALL_WORDS for key in heavy)
    small = len(heavy) - content
    return content + _SMALL_COST * small + _FILLER_COST * (len(dropped) - len(heavy))


def _cost_unspaced(quoted: Sequence[str], meant: Sequence[str]) -> float | None:
    """Return what a difference in a script without spaces costs, in characters.

    Syllables may be misheard in short runs. A Han character carries a meaning of its own, so none
    may be put in; leaving one out is a slip.
    """
    if any(_HAN[0] <= key[0] <= _HAN[1] for key in quoted):
        return None
    if any(not is_unspaced(key) and key not in SMALL_WORDS for key in quoted):
        return None
    if len(quoted) > _MAX_UNSPACED_RUN or len(meant) > _MAX_UNSPACED_RUN + 1:
        return None
    return float(max(len(quoted), len(meant)))
