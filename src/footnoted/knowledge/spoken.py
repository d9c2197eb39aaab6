"""A transcript made ready to look quotes up in: its words in one row, and where they stand.

Prepared once per transcript (about 0.3 s for five hours of speech), then every lookup is a search
in one long string, or a vote of word positions for where a noisy quote may lie.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from footnoted.knowledge.quotes import is_unspaced, read_words
from footnoted.model.transcript import Cue, CueKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from footnoted.knowledge.quotes import Word


@dataclass(frozen=True, slots=True)
class Span:
    """Words of the transcript, from `start` up to but not including `end`."""

    start: int
    end: int


class SpokenWords:
    """The words of all speech cues, in order; cues that stand for a sound say nothing."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        """Read and fold every word."""
        self.cues = [cue for cue in cues if cue.kind is CueKind.SPEECH]
        self._words: list[Word] = []
        self._owners: list[int] = []
        for place, cue in enumerate(self.cues):
            words = read_words(cue.text)
            self._words += words
            self._owners += [place] * len(words)
        self.keys = [word.key for word in self._words]
        self._cue_numbers = [self.cues[owner].index for owner in self._owners]
        self._letters = "".join(self.keys)
        self._offsets = [0, *accumulate(map(len, self.keys))]
        self._number_ids()

    def _number_ids(self) -> None:
        """Give every different word a number, and keep the places of each."""
        self._id_of: dict[str, int] = {}
        self.ids = [self._id_of.setdefault(key, len(self._id_of)) for key in self.keys]
        ids = np.asarray(self.ids, dtype=np.int64)
        self._places = np.argsort(ids, kind="stable")
        self._firsts = np.concatenate(([0], np.cumsum(np.bincount(ids, minlength=1))))

    def __contains__(self, key: object) -> bool:
        """Return whether the word is said anywhere."""
        return key in self._id_of

    def ids_of(self, keys: Sequence[str]) -> list[int]:
        """Return the numbers of words; -1 for one that is never said."""
        return [self._id_of.get(key, -1) for key in keys]

    def words_of_cues(self, first_cue: int, last_cue: int) -> Span:
        """Return the words of these cue numbers, inclusive; empty where nothing is said."""
        start = bisect_left(self._cue_numbers, first_cue)
        return Span(start, max(start, bisect_right(self._cue_numbers, last_cue)))

    def owners(self, span: Span) -> tuple[Cue, Cue]:
        """Return the first and the last cue that hold words of a span (which is not empty)."""
        return self.cues[self._owners[span.start]], self.cues[self._owners[span.end - 1]]

    def verbatim(self, span: Span) -> str:
        """Return the text of a span as it is written in the cues, with its punctuation."""
        first, last = self._owners[span.start], self._owners[span.end - 1]
        parts: list[str] = []
        for place in range(first, last + 1):
            text = self.cues[place].text
            end = self._text_end(span.end - 1, text) if place == last else len(text)
            start = self._words[span.start].start if place == first else 0
            parts.append(text[start:end].strip())
        glue = "" if is_unspaced(self.keys[span.start]) else " "
        return glue.join(part for part in parts if part)

    def _text_end(self, place: int, text: str) -> int:
        """Return where a word ends in its cue, with the marks that close it."""
        end = self._words[place].end
        while end < len(text) and not text[end].isalnum() and not text[end].isspace():
            if text[end] in "([{$-":
                break
            end += 1
        return end

    def find(self, letters: str, around: Span) -> list[Span]:
        """Return the last exact occurrence before `around` and the first after its start.

        `letters` are folded keys joined; an occurrence begins and ends where words do.
        """
        anchor = self._offsets[around.start]
        before = self._find_before(letters, anchor)
        after = self._find_after(letters, anchor)
        return [span for span in (before, after) if span is not None]

    def _find_after(self, letters: str, anchor: int) -> Span | None:
        at = self._letters.find(letters, anchor)
        while at >= 0:
            span = self._span_at(at, len(letters))
            if span is not None:
                return span
            at = self._letters.find(letters, at + 1)
        return None

    def _find_before(self, letters: str, anchor: int) -> Span | None:
        at = self._letters.rfind(letters, 0, max(0, anchor + len(letters) - 1))
        while at >= 0:
            span = self._span_at(at, len(letters))
            if span is not None:
                return span
            at = self._letters.rfind(letters, 0, at + len(letters) - 1)
        return None

    def _span_at(self, offset: int, size: int) -> Span | None:
        """Return the words that these letters are, or None when they cut a word."""
        start = bisect_left(self._offsets, offset)
        end = bisect_left(self._offsets, offset + size)
        whole = self._offsets[start] == offset and self._offsets[end] == offset + size
        return Span(start, end) if whole else None

    def vote(self, ids: Sequence[int], slack: int) -> NDArray[np.float64]:
        """Return how much speaks for the quote beginning at each place.

        Place `p` of the answer stands for word `p - len(ids)`. Every word of the quote votes for
        the beginnings that its own places imply, a rare one louder; votes within `slack` words
        of each other are counted together, because words may be missing or extra between them.
        """
        beginnings: list[NDArray[np.int64]] = []
        weights: list[NDArray[np.float64]] = []
        for place, word in enumerate(ids):
            if word < 0:
                continue
            places = self._places[self._firsts[word] : self._firsts[word + 1]]
            beginnings.append(places - place + len(ids))
            weights.append(np.full(len(places), np.log1p(len(self.ids) / len(places))))
        size = len(self.ids) + len(ids) + 1
        if not beginnings:
            return np.zeros(size)
        at, weight = np.concatenate(beginnings), np.concatenate(weights)
        votes = np.bincount(at, weight, minlength=size).astype(np.float64)
        summed = np.cumsum(np.pad(votes, (slack + 1, slack)))
        return summed[2 * slack + 1 :] - summed[: -2 * slack - 1]
