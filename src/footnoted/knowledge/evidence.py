"""Binds a quote to the cues in which it was said, or rejects it.

    quote, cited cues -> word for word anywhere?  -> exact | relocated (the nearest occurrence)
                      -> much alike near there?   -> fuzzy
                      -> more alike elsewhere?    -> relocated
                      -> rejected

A quote too short to be told from chance is accepted word for word in its cited cues only. Times
come from the cues found, never from who cited them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.knowledge.alignment import align
from footnoted.knowledge.fidelity import Fidelity
from footnoted.knowledge.quotes import NUMBER_MARK, is_unspaced, read_words
from footnoted.knowledge.spoken import Span, SpokenWords
from footnoted.model.citation import Evidence, MatchKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from footnoted.model.transcript import Cue

NEAR_CUES = 3
"""How far from the cited cues a fuzzy match still counts as cited there."""
FUZZY_BAR = 0.8
"""The fidelity that a fuzzy quote needs near its cited cues."""
RELOCATED_BAR = 0.88
"""The fidelity it needs elsewhere, where nothing but its words speaks for the place."""

_MAX_FUZZY_WORDS = 400
_MIN_SHARED = 0.5
_CANDIDATES = 3
_UNSPACED_LETTERS = 3
_AS_GOOD = 0.02


@dataclass(frozen=True, slots=True)
class _Citation:
    """Cited cue numbers put in order and in range; invalid when they were not."""

    first_cue: int
    last_cue: int
    is_valid: bool
    span: Span

    def gap(self, first_cue: int, last_cue: int) -> int:
        """Return how many cues away a range is; 0 when it overlaps what was cited."""
        return max(0, first_cue - self.last_cue, self.first_cue - last_cue)


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a quote was found, how well, and how far from its citation, in cues."""

    span: Span
    score: float
    gap: int


class QuoteMatcher:
    """Matches many quotes against one transcript, which it prepares once."""

    def __init__(self, cues: Sequence[Cue]) -> None:
        """Read the words of `cues`, which are in order of their numbers."""
        self._spoken = SpokenWords(cues)
        self._first_cue = cues[0].index if cues else 0
        self._last_cue = cues[-1].index if cues else -1

    def match(self, quote: str, cited_first_cue: int, cited_last_cue: int) -> Evidence:
        """Return the quote bound to the cues in which it was said, or rejected."""
        keys = [word.key for word in read_words(quote)]
        citation = self._place_citation(cited_first_cue, cited_last_cue)
        found, score = self._find(keys, citation) if keys and self._spoken.keys else (None, 0.0)
        if found is None:
            return _rejected(quote, cited_first_cue, cited_last_cue, score)
        first, last = self._spoken.owners(found.span)
        return Evidence(
            quote=quote,
            cited_first_cue=cited_first_cue,
            cited_last_cue=cited_last_cue,
            match=_kind_of(found, is_valid=citation.is_valid),
            score=score,
            first_cue=first.index,
            last_cue=last.index,
            start_ms=first.start_ms,
            end_ms=last.end_ms,
            text=self._spoken.verbatim(found.span),
        )

    def _place_citation(self, first_cue: int, last_cue: int) -> _Citation:
        """Return the citation as a range that exists."""
        is_valid = self._first_cue <= first_cue <= last_cue <= self._last_cue
        low = max(self._first_cue, min(first_cue, last_cue, self._last_cue))
        high = max(low, min(max(first_cue, last_cue), self._last_cue))
        return _Citation(low, high, is_valid, self._spoken.words_of_cues(low, high))

    def _find(self, keys: list[str], citation: _Citation) -> tuple[_Match | None, float]:
        """Return the match, if any is good enough, and the best score there was."""
        exact = self._find_exact(keys, citation)
        if exact is not None and (_is_telling(keys) or (citation.is_valid and not exact.gap)):
            return exact, exact.score
        if not _is_telling(keys, fuzzy=True):
            return None, 0.0
        return self._find_fuzzy(keys, citation)

    def _find_exact(self, keys: list[str], citation: _Citation) -> _Match | None:
        """Return the occurrence of exactly these words that is nearest to the citation."""
        spans = self._spoken.find("".join(keys), citation.span)
        matches = [self._measured(span, 1.0, citation) for span in spans]
        return min(matches, key=lambda match: match.gap, default=None)

    def _find_fuzzy(self, keys: list[str], citation: _Citation) -> tuple[_Match | None, float]:
        """Return the best match over its bar, if any, and the best score there was."""
        ids = self._spoken.ids_of(keys)
        slack = 4 + len(ids) // 8
        votes = self._spoken.vote(ids, slack)
        judge = Fidelity(keys, self._spoken)
        cited = _vote_range(citation.span, len(ids), slack, len(votes))
        near = [self._judged(at, ids, judge, citation) for at in _peaks(votes, cited, len(ids))]
        if citation.is_valid:
            best = max((m for m in near if m and m.gap <= NEAR_CUES), key=_score, default=None)
            if best is not None and best.score >= FUZZY_BAR:
                return best, best.score
        everywhere = range(len(votes))
        far = [self._judged(at, ids, judge, citation) for at in _peaks(votes, everywhere, len(ids))]
        return _nearest_of_best([match for match in near + far if match])

    def _judged(
        self, vote: int, ids: list[int], judge: Fidelity, citation: _Citation
    ) -> _Match | None:
        """Return the match around one peak of the votes, or None when it is none."""
        size, slack = len(ids), 4 + len(ids) // 8
        begin = vote - size
        if begin + slack < 0 or begin - slack + size > len(self._spoken.ids):
            return None
        stretch = self._spoken.ids[max(0, begin - slack) : max(0, begin + size + slack)]
        shared = (Counter(ids) & Counter(stretch)).total()
        if shared < _MIN_SHARED * size:
            return None
        alignment = align(ids, self._spoken.ids, range(begin - slack, begin + slack + 1))
        if alignment.said_end <= alignment.said_start:
            return None
        judged = judge.judge(self._spoken.keys, alignment)
        if judged.said_end <= judged.said_start:
            return None
        return self._measured(Span(judged.said_start, judged.said_end), judged.score, citation)

    def _measured(self, span: Span, score: float, citation: _Citation) -> _Match:
        """Return a match with its distance from the citation."""
        first, last = self._spoken.owners(span)
        return _Match(span, score, citation.gap(first.index, last.index))


def match_quote(
    quote: str, cited_first_cue: int, cited_last_cue: int, cues: Sequence[Cue]
) -> Evidence:
    """Return one quote bound to `cues`; for many quotes of a transcript use `QuoteMatcher`."""
    return QuoteMatcher(cues).match(quote, cited_first_cue, cited_last_cue)


def _score(match: _Match) -> float:
    """Return what matches are ranked by."""
    return match.score


def _nearest_of_best(matches: Sequence[_Match]) -> tuple[_Match | None, float]:
    """Return the match nearest to its citation among those as good as the best, and its score."""
    best = max(map(_score, matches), default=0.0)
    bar = max(RELOCATED_BAR, best - _AS_GOOD)
    good = [match for match in matches if match.score >= bar]
    found = min(good, key=lambda match: (match.gap, -match.score), default=None)
    return found, found.score if found else best


def _kind_of(match: _Match, *, is_valid: bool) -> MatchKind:
    """Return how a quote that was found relates to its citation."""
    if not is_valid:
        return MatchKind.RELOCATED
    if match.score == 1.0:
        return MatchKind.RELOCATED if match.gap else MatchKind.EXACT
    return MatchKind.RELOCATED if match.gap > NEAR_CUES else MatchKind.FUZZY


def _rejected(quote: str, first_cue: int, last_cue: int, score: float) -> Evidence:
    """Return evidence that binds a quote to nothing."""
    return Evidence(
        quote=quote,
        cited_first_cue=first_cue,
        cited_last_cue=last_cue,
        match=MatchKind.REJECTED,
        score=score,
        first_cue=None,
        last_cue=None,
        start_ms=None,
        end_ms=None,
        text=None,
    )


def _is_telling(keys: Sequence[str], *, fuzzy: bool = False) -> bool:
    """Return whether a quote is long enough not to be found elsewhere by chance."""
    unspaced = sum(map(is_unspaced, keys))
    words = len(keys) - unspaced + unspaced / 2
    letters = sum(_UNSPACED_LETTERS if is_unspaced(k) else len(k.strip(NUMBER_MARK)) for k in keys)
    if fuzzy:
        return len(keys) <= _MAX_FUZZY_WORDS and words >= 4 and letters >= 12  # noqa: PLR2004 - words, letters
    return words >= 4 or (words >= 3 and letters >= 12)  # noqa: PLR2004 - words, letters


def _vote_range(span: Span, size: int, slack: int, end: int) -> range:
    """Return the votes for beginnings from which a quote would touch the words of `span`."""
    return range(max(0, span.start - slack), min(end, span.end + size + slack))


def _peaks(votes: NDArray[np.float64], within: range, size: int) -> list[int]:
    """Return the places with the most votes, each half a quote from the others at least."""
    part = votes[within.start : within.stop].copy()
    peaks: list[int] = []
    while len(peaks) < _CANDIDATES and len(part) and part.max() > 0:
        at = int(part.argmax())
        peaks.append(within.start + at)
        part[max(0, at - size // 2) : at + size // 2 + 1] = 0
    return peaks
