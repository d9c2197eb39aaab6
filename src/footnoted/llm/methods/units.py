"""Units: the sentences of a transcript, or utterances where nobody wrote punctuation.

A unit is contiguous text of the cues it cites (joined by single spaces), so whatever is quoted from
it can be found again. Text without sentence ends (automatic captions) is cut at pauses and before
words that open an utterance, never after a word that leaves one hanging.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.lexicon import Lexicon, is_unspaced, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.model.transcript import Cue

_SENTENCE_END = re.compile(
    r"[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s|$)|[\u3002\uff01\uff1f]+[\u300d\u300f]?|[\u0964\u0965]"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"\u201c])(?:[A-Za-z](?:\.[A-Za-z])*|mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|no|fig|approx"
    r"|inc|jr|sr|bzw|ca|z\.b|usw)\.$",
    re.IGNORECASE,
)
_OPENERS = frozenset(
    [
        "so",
        "and",
        "but",
        "now",
        "okay",
        "ok",
        "alright",
        "because",
        "if",
        "when",
        "then",
        "also",
        "first",
        "next",
        "finally",
        "actually",
        "well",
        "let's",
        "i'm",
        "we're",
        "you're",
        "i",
        "we",
        "you",
        "the",
        "this",
        "that",
        "these",
        "there",
        "it's",
        "there's",
        "here",
        "what",
        "how",
        "remember",
        "however",
        "another",
    ]
)
_STRONG_OPENERS = frozenset(
    [
        "so",
        "but",
        "now",
        "okay",
        "ok",
        "alright",
        "then",
        "also",
        "first",
        "next",
        "finally",
        "because",
        "if",
        "let's",
        "remember",
        "however",
    ]
)
_DANGLING = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "and",
        "or",
        "but",
        "in",
        "on",
        "at",
        "for",
        "with",
        "from",
        "by",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "that",
        "which",
        "who",
        "if",
        "so",
        "because",
        "as",
        "than",
        "very",
        "really",
        "just",
        "more",
        "my",
        "your",
        "our",
        "their",
        "his",
        "her",
        "its",
        "this",
        "these",
        "those",
        "i",
        "we",
        "you",
        "they",
        "he",
        "she",
        "it's",
        "i'm",
        "we're",
        "you're",
        "can",
        "could",
        "will",
        "would",
        "should",
        "may",
        "might",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "not",
        "into",
        "about",
        "when",
        "what",
        "how",
        "gonna",
        "wanna",
        "like",
        "kind",
    ]
)
_LONG_WORDS, _MIN_WORDS, _MAX_WORDS = 48, 9, 30
_PAUSE_MS = 700
_UNSPACED_WORD = 2.5


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or utterance. `first` and `last` are positions in the cues it was read from.

    `lead` is the share of the first cue's text that stands before the unit, 0 to 1.
    """

    text: str
    first: int
    last: int
    lead: float
    start_ms: int | None
    end_ms: int | None
    speaker: str | None
    tokens: tuple[str, ...]
    stems: tuple[str, ...]

    @property
    def words(self) -> int:
        """Return how many tokens are words."""
        return sum(1 for token in self.tokens if token[0].isalnum())


def units_of(cues: Sequence[Cue], lexicon: Lexicon) -> list[Unit]:
    """Return the units of `cues` in order; every word of every cue is in exactly one."""
    units: list[Unit] = []
    for first, last in _turns(cues):
        text, starts = _joined(cues[first : last + 1])
        for start, end in _spans(text, cues[first : last + 1], starts):
            at = first + bisect_right(starts, start) - 1
            to = first + bisect_right(starts, end - 1) - 1
            lead = (start - starts[at - first]) / max(1, len(cues[at].text))
            units.append(_unit(text[start:end], cues, (at, to, lead), lexicon))
    return units


def _unit(text: str, cues: Sequence[Cue], span: tuple[int, int, float], lexicon: Lexicon) -> Unit:
    first, last, lead = span
    tokens = tuple(tokens_of(text))
    return Unit(
        text,
        first,
        last,
        lead,
        cues[first].start_ms,
        cues[last].end_ms,
        cues[first].speaker,
        tokens,
        tuple(stem for stem in map(lexicon.stem, tokens) if stem),
    )


def _turns(cues: Sequence[Cue]) -> Iterator[tuple[int, int]]:
    """Yield runs of cues (inclusive positions) with one speaker."""
    first = 0
    for at in range(1, len(cues) + 1):
        if at == len(cues) or cues[at].speaker != cues[first].speaker:
            yield first, at - 1
            first = at


def _joined(cues: Sequence[Cue]) -> tuple[str, list[int]]:
    """Return the text of `cues` joined by spaces, and where each cue starts in it."""
    starts: list[int] = []
    parts: list[str] = []
    length = 0
    for cue in cues:
        part = " ".join(cue.text.split())
        starts.append(length)
        parts.append(part)
        length += len(part) + 1
    return " ".join(parts), starts


def _spans(text: str, cues: Sequence[Cue], starts: list[int]) -> Iterator[tuple[int, int]]:
    """Yield trimmed (start, end) of units of `text`, splitting what is too long for a sentence."""
    pauses = _pauses(cues, starts)
    begin = 0
    for end in (*_sentence_ends(text), len(text)):
        yield from _trimmed(text, _split(text, begin, end, pauses))
        begin = end


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        following = text[end : end + 2].lstrip()
        if match.group().startswith(".") and (
            following[:1].islower() or _ABBREVIATION.search(text[max(0, end - 14) : end])
        ):
            continue
        yield end


def _trimmed(text: str, spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            yield start + lead, start + len(piece.rstrip())


def _pauses(cues: Sequence[Cue], starts: list[int]) -> dict[int, int]:
    """Return for each text offset where a cue starts the silence before it in milliseconds."""
    pauses: dict[int, int] = {}
    for at in range(1, len(cues)):
        before, after = cues[at - 1].end_ms, cues[at].start_ms
        pauses[starts[at]] = 0 if before is None or after is None else after - before
    return pauses


def _split(text: str, start: int, end: int, pauses: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Yield spans of at most `_MAX_WORDS` words when the span is no single sentence."""
    words = [(m.start() + start, m.group()) for m in re.finditer(r"\S+", text[start:end])]
    weights = [_weight(word) for _, word in words]
    if sum(weights) <= _LONG_WORDS:
        yield start, end
        return
    begin, size, best, best_score = 0, 0.0, 0, 0.0
    for at, (offset, _) in enumerate(words):
        score = _break_score(words, at, pauses) if size >= _MIN_WORDS else 0.0
        if score >= best_score and score > 0:
            best, best_score = at, score
        if size >= _MAX_WORDS or best_score >= 3:  # noqa: PLR2004 - a pause or a strong opener
            cut = best if best > begin else at
            yield words[begin][0], words[cut][0]
            begin, best, best_score = cut, 0, 0.0
            size = sum(weights[begin:at])
        size += weights[at]
        del offset
    yield words[begin][0], end


def _weight(word: str) -> float:
    return len(word) / _UNSPACED_WORD if is_unspaced(word) else 1.0


def _break_score(words: list[tuple[int, str]], at: int, pauses: dict[int, int]) -> float:
    """Return how well a unit may begin at word `at`: 0 never, from 3 at once."""
    before, after = words[at - 1][1].lower(), words[at][1].lower()
    if before in _DANGLING:
        return 0.0
    pause = pauses.get(words[at][0])
    score = 0.5 if pause is not None else 0.1
    if pause is not None and pause >= _PAUSE_MS:
        score += 3
    if before[-1] in ",;:":
        score += 1
    if after in _STRONG_OPENERS:
        score += 2 if pause is None else 2.5
    elif after in _OPENERS:
        score += 1
    return score
