"""What it costs to hear some words as others, or that it cannot be a mishearing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from footnoted.knowledge.polarity import count_negations, is_opposite
from footnoted.knowledge.quotes import is_han, is_unspaced
from footnoted.knowledge.sound import sound_likeness
from footnoted.knowledge.wording import FILLERS, HESITATIONS, SMALL_WORDS

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

_KNOWN_ALIKE = 0.8
"""How alike a word must be to what it replaces when the transcript has it elsewhere."""
_JOINED_ALIKE = 0.8
"""How alike joined words must be: the more letters, the more of them can hide another word."""
_MAX_JOINED = 3
_MAX_DROPPED = 3
_MAX_ADDED = 2
_MAX_RUN = 10
_MAX_UNSPACED_RUN = 2
_SMALL_COST, _FILLER_COST, _REPEAT_COST = 0.5, 0.1, 0.2


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Words of a quote beside what was said in their place, and their neighbours."""

    quoted: Sequence[str]
    meant: Sequence[str]
    quoted_around: Sequence[str] = ()
    """The quote's words just before and just after."""
    said_next: Sequence[str] = ()
    """What was said right after."""


class _Hearing(NamedTuple):
    """A way to explain a mismatch: compared by cost first."""

    cost: float = 0.0
    added: int = 0
    """Small words that the quote puts in."""
    dropped: int = 0
    """Words that the quote leaves out, fillers not counted."""
    replaced: int = 0
    """Those of them that carry content."""

    def joined(self, other: _Hearing) -> _Hearing:
        """Return both, one after the other."""
        return _Hearing(
            self.cost + other.cost,
            self.added + other.added,
            self.dropped + other.dropped,
            self.replaced + other.replaced,
        )


class Ear:
    """Hears words of a transcript whose vocabulary it knows."""

    def __init__(self, vocabulary: Container[str]) -> None:
        """Remember which words the transcript has."""
        self._vocabulary = vocabulary

    def cost(self, mismatch: Mismatch) -> float | None:
        """Return what the mismatch costs, in words; None when it is no mishearing.

        Words may sound alike, alone or joined (`able ton`); fillers, repetitions and up to three
        other words may be missing; two small words or repetitions may be extra. A word of content
        that the quote adds, or puts in place of one that sounds otherwise, is an invention.
        """
        quoted, meant = mismatch.quoted, mismatch.meant
        if any(map(is_unspaced, quoted)) or any(map(is_unspaced, meant)):
            return _cost_unspaced(quoted, meant)
        if not quoted and list(mismatch.said_next[: len(meant)]) == list(meant):
            return _REPEAT_COST * len(meant)
        if max(len(quoted), len(meant)) > _MAX_RUN:
            return None
        best = self._explain(mismatch)
        if best is None or best.dropped > _MAX_DROPPED or best.added > _MAX_ADDED:
            return None
        return None if best.added and best.replaced else best.cost

    def likeness(self, quoted: Sequence[str], meant: Sequence[str]) -> float:
        """Return how alike two runs of words sound when joined, or 0 when they do not.

        A word that the transcript knows, in place of another, has to be very much alike:
        recognition turns words into words too, but a name or a term of the same talk put in place
        of another is an invention.
        """
        one, other = "".join(quoted), "".join(meant)
        if one == other:
            return 1.0
        likeness = sound_likeness(one, other)
        is_known = one in self._vocabulary and one not in SMALL_WORDS
        if is_opposite(one, other) or (is_known and likeness < _KNOWN_ALIKE):
            return 0.0
        return likeness

    def _explain(self, mismatch: Mismatch) -> _Hearing | None:
        """Return the cheapest way to hear `meant` as `quoted`, found from their ends backwards."""
        rows, columns = len(mismatch.quoted), len(mismatch.meant)
        best: dict[tuple[int, int], _Hearing] = {(rows, columns): _Hearing()}
        for row in range(rows, -1, -1):
            for column in range(columns, -1, -1):
                ways = [
                    step.joined(best[after])
                    for after, step in self._steps(mismatch, row, column)
                    if after in best
                ]
                if ways:
                    best[row, column] = min(ways)
        return best.get((0, 0))

    def _steps(
        self, mismatch: Mismatch, row: int, column: int
    ) -> Iterator[tuple[tuple[int, int], _Hearing]]:
        """Yield what may come next from here: where it leads, and what it is."""
        quoted, meant = mismatch.quoted, mismatch.meant
        for end in range(row + 1, min(row + _MAX_JOINED, len(quoted)) + 1):
            for stop in range(column + 1, min(column + _MAX_JOINED, len(meant)) + 1):
                likeness = self.likeness(quoted[row:end], meant[column:stop])
                if likeness and _needs_all(quoted[row:end], meant[column:stop], likeness):
                    words = max(end - row, stop - column)
                    yield (end, stop), _Hearing((1 - likeness) * words)
        if row < len(quoted) and _is_harmless(mismatch, row):
            yield (row + 1, column), _add(quoted[row])
        if column < len(meant):
            yield (row, column + 1), _drop(meant[column])


def _needs_all(quoted: Sequence[str], meant: Sequence[str], likeness: float) -> bool:
    """Return whether two runs sound alike by all of their words.

    `able ton` is `ableton`, but `kick drum` is not a mishearing of `drum`: without `kick` it would
    be more alike, so that word was added.
    """
    if max(len(quoted), len(meant)) == 1:
        return True
    if likeness < _JOINED_ALIKE or count_negations(quoted) != count_negations(meant):
        return False
    return all(
        sound_likeness("".join(shorter), "".join(whole)) < likeness
        for run, whole in ((quoted, meant), (meant, quoted))
        if len(run) > 1
        for place in range(len(run))
        for shorter in ([*run[:place], *run[place + 1 :]],)
    )


def _is_harmless(mismatch: Mismatch, place: int) -> bool:
    """Return whether a word may be extra in the quote: a small one, or one said twice."""
    key = mismatch.quoted[place]
    beside = (*mismatch.quoted[max(0, place - 1) : place], *mismatch.quoted[place + 1 : place + 2])
    return key in SMALL_WORDS or key in beside or key in mismatch.quoted_around


def _add(key: str) -> _Hearing:
    """Return what putting in one harmless word is."""
    return _Hearing(_FILLER_COST) if key in HESITATIONS else _Hearing(_SMALL_COST, added=1)


def _drop(key: str) -> _Hearing:
    """Return what leaving out one word is."""
    if key in FILLERS:
        return _Hearing(_FILLER_COST)
    if key in SMALL_WORDS:
        return _Hearing(_SMALL_COST, dropped=1)
    return _Hearing(1.0, dropped=1, replaced=1)


def _cost_unspaced(quoted: Sequence[str], meant: Sequence[str]) -> float | None:
    """Return what a mismatch in a script without spaces costs, in characters.

    Syllables may be misheard in short runs. A Han character carries a meaning of its own, so none
    may be put in; leaving one out is a slip.
    """
    if any(map(is_han, quoted)) or any(
        not is_unspaced(key) and key not in SMALL_WORDS for key in quoted
    ):
        return None
    if len(quoted) > _MAX_UNSPACED_RUN or len(meant) > _MAX_UNSPACED_RUN + 1:
        return None
    return float(max(len(quoted), len(meant)))
