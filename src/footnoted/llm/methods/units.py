"""Units: the sentences of a transcript, or utterances where nobody wrote punctuation.

A unit is contiguous text of the cues it cites (joined by single spaces), so whatever is quoted from
it can be found again. Text without sentence ends (automatic captions) is cut at pauses and before
words that open an utterance, never after a word that leaves one hanging.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from footnoted.llm.methods.lexicon import is_unspaced, tokens_of
from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.model.transcript import Cue

_SENTENCE_END = re.compile(
    r"[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s|$)|[\u3002\uff01\uff1f]+[\u300d\u300f]?|[\u0964\u0965]"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"\u201c])(?:[A-Za-z](?:\.[A-Za-z])*|mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|no|fig|approx"
    r"|inc|jr|sr|bzw|ca|z\.b|usw)\.$",
    re.IGNORECASE,
)
_LONG_WORDS, _MIN_WORDS, _MAX_WORDS = 48, 9, 30
_PAUSE_MS = 700
_UNSPACED_WORD = 2.5
_SURE = 3.0
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or utterance. `first` and `last` are positions in the cues it was read from.

    `lead` is the share of the first cue's text that stands before the unit, 0 to 1.
    """

    text: str
    first: int
    last: int
    lead: float
    words: int
    start_ms: int | None
    end_ms: int | None
    speaker: str | None
    tokens: tuple[str, ...]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a language opens utterances, and what leaves one hanging; empty without a word list."""

    openers: frozenset[str]
    strong: frozenset[str]
    hanging: frozenset[str]


@lru_cache(maxsize=16)
def _habits_of(language: str) -> _Habits:
    lists = read_sections(f"utterances-{language}")
    openers, strong, hanging = (
        lists[name].words if name in lists else frozenset[str]()
        for name in ("opener", "strong", "hanging")
    )
    return _Habits(openers, strong, hanging)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one speaker says in a row: cues joined by spaces, and where each starts in the text."""

    text: str
    starts: list[int]
    pauses: dict[int, int]
    habits: _Habits
    spaced: bool


def units_of(cues: Sequence[Cue], lexicon: Lexicon) -> list[Unit]:
    """Return the units of `cues` in order; every word of every cue is in exactly one."""
    units: list[Unit] = []
    habits = _habits_of(lexicon.language)
    for first, last in _turns(cues):
        said = cues[first : last + 1]
        turn = _turn(said, habits)
        for start, end in _spans(turn):
            at = bisect_right(turn.starts, start) - 1
            to = bisect_right(turn.starts, end - 1) - 1
            lead = (start - turn.starts[at]) / max(1, len(said[at].text))
            text = turn.text[start:end]
            tokens = tuple(tokens_of(text))
            units.append(
                Unit(
                    text=text,
                    first=first + at,
                    last=first + to,
                    lead=lead,
                    words=text.count(" ") + 1 if turn.spaced else len(tokens),
                    start_ms=said[at].start_ms,
                    end_ms=said[to].end_ms,
                    speaker=said[at].speaker,
                    tokens=tokens,
                    stems=tuple(stem for stem in map(lexicon.stem, tokens) if stem),
                )
            )
    return units


def _turns(cues: Sequence[Cue]) -> Iterator[tuple[int, int]]:
    """Yield runs of cues (inclusive positions) with one speaker."""
    first = 0
    for at in range(1, len(cues) + 1):
        if at == len(cues) or cues[at].speaker != cues[first].speaker:
            yield first, at - 1
            first = at


def _turn(cues: Sequence[Cue], habits: _Habits) -> _Turn:
    """Return the cues of one speaker as one text, with the silence before each in milliseconds."""
    starts: list[int] = []
    pauses: dict[int, int] = {}
    parts: list[str] = []
    length = 0
    ended_ms: int | None = None
    for cue in cues:
        part = " ".join(cue.text.split())
        timed = cue.start_ms is not None and ended_ms is not None
        pauses[length] = 0 if not timed else (cue.start_ms or 0) - (ended_ms or 0)
        starts.append(length)
        parts.append(part)
        length += len(part) + 1
        ended_ms = cue.end_ms
    text = " ".join(parts)
    return _Turn(text, starts, pauses, habits, spaced=not is_unspaced(text))


def _spans(turn: _Turn) -> Iterator[tuple[int, int]]:
    """Yield trimmed (start, end) of units, splitting what is too long for a sentence."""
    begin = 0
    for end in (*_sentence_ends(turn.text), len(turn.text)):
        for start, stop in _split(turn, begin, end):
            piece = turn.text[start:stop]
            if trimmed := piece.strip():
                offset = start + piece.index(trimmed[0])
                yield offset, offset + len(trimmed)
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


def _split(turn: _Turn, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield spans of at most `_MAX_WORDS` words when the span is no single sentence."""
    if turn.spaced and turn.text.count(" ", start, end) < _LONG_WORDS:
        yield start, end
        return
    words = [(m.start() + start, m.group()) for m in _WORD.finditer(turn.text[start:end])]
    weights = [1.0 if turn.spaced else len(word) / _UNSPACED_WORD for _, word in words]
    if sum(weights) <= _LONG_WORDS:
        yield start, end
        return
    cuts = _cuts(words, weights, turn)
    edges = [start, *(words[cut][0] for cut in cuts), end]
    yield from pairwise(edges)


def _cuts(words: list[tuple[int, str]], weights: list[float], turn: _Turn) -> list[int]:
    """Return before which words to cut: at once where a unit surely begins, else where it may."""
    cuts: list[int] = []
    begin, size, best, best_score = 0, 0.0, 0, 0.0
    for at in range(len(words)):
        score = _break_score(words, at, turn) if size >= _MIN_WORDS else 0.0
        if score >= best_score and score > 0:
            best, best_score = at, score
        if size >= _MAX_WORDS or best_score >= _SURE:
            begin = best if best > begin else at
            cuts.append(begin)
            size, best, best_score = sum(weights[begin:at]), 0, 0.0
        size += weights[at]
    return cuts


def _break_score(words: list[tuple[int, str]], at: int, turn: _Turn) -> float:
    """Return how well a unit may begin at word `at`: 0 never, from `_SURE` at once."""
    before, after = words[at - 1][1].lower(), words[at][1].lower()
    if before in turn.habits.hanging:
        return 0.0
    pause = turn.pauses.get(words[at][0])
    score = 0.1 if pause is None else 0.5
    if pause is not None and pause >= _PAUSE_MS:
        score += 3
    if before[-1] in ",;:":
        score += 1
    if after in turn.habits.strong:
        score += 2 if pause is None else 2.5
    elif after in turn.habits.openers:
        score += 1
    return score
