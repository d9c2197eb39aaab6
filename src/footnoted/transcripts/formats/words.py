"""Words with times, gathered into cues of sentence-like runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from footnoted.transcripts.reading import RawCue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MAX_RUN_MS = 7_000
_PAUSE_MS = 1_000
_SHORT_RUN_WORDS = 3
_MAX_S = 10_000_000.0
_SENTENCE_END = (".", "?", "!", "。", "\uff1f", "\uff01", "।", "؟", "…")
_CLAUSE_END = (",", ";", ":", "、", "\uff0c", "\uff1b")


class Word(NamedTuple):
    """One word; times are None where the recogniser gave none (numbers, often)."""

    start_ms: int | None
    end_ms: int | None
    text: str
    speaker: str | None = None
    is_glued: bool = False


def milliseconds(seconds: float | None) -> int | None:
    """Return seconds as milliseconds; None for what is absent, negative or not a time."""
    if seconds is None or not math.isfinite(seconds) or not 0 <= seconds < _MAX_S:
        return None
    return round(seconds * 1000)


def group_words(words: Iterable[Word]) -> list[RawCue]:
    """Return the words as cues that end with a sentence, a pause, a speaker, or at 7 seconds.

    Words keep their order. A word without times takes the run's; times are never made up.
    """
    return [cue for run in _runs(words) if (cue := _cue(run)) is not None]


def _runs(words: Iterable[Word]) -> Iterator[list[Word]]:
    run: list[Word] = []
    for word in words:
        if not word.text.strip():
            continue
        if run and not word.is_glued and _breaks(run, word):
            yield from _within_limit(run)
            run = []
        run.append(word)
    if run:
        yield from _within_limit(run)


def _breaks(run: Sequence[Word], word: Word) -> bool:
    last = run[-1]
    if last.speaker != word.speaker:
        return True
    if last.end_ms is not None and word.start_ms is not None:
        if word.start_ms - last.end_ms > _PAUSE_MS:
            return True
        start_ms = next((w.start_ms for w in run if w.start_ms is not None), None)
        if start_ms is not None and word.start_ms - start_ms > MAX_RUN_MS * 3:
            return True
    return len(run) >= _SHORT_RUN_WORDS and last.text.rstrip("\"')]”\u2019").endswith(_SENTENCE_END)


def _within_limit(run: list[Word]) -> Iterator[list[Word]]:
    """Yield a run in pieces of at most about 7 seconds, cut after a clause where there is one."""
    while True:
        at = _cut(run)
        if at is None:
            break
        yield run[:at]
        run = run[at:]
    if run:
        yield run


def _cut(run: Sequence[Word]) -> int | None:
    start_ms = next((word.start_ms for word in run if word.start_ms is not None), None)
    if start_ms is None:
        return None
    limit = next(
        (
            at
            for at, word in enumerate(run)
            if at and word.end_ms is not None and word.end_ms - start_ms > MAX_RUN_MS
        ),
        None,
    )
    if limit is None:
        return None
    clause = next(
        (at for at in range(limit, limit // 2, -1) if run[at - 1].text.endswith(_CLAUSE_END)), limit
    )
    while clause < len(run) and run[clause].is_glued:
        clause += 1
    return clause if clause < len(run) else None


def _cue(run: Sequence[Word]) -> RawCue | None:
    starts = [word.start_ms for word in run if word.start_ms is not None]
    ends = [word.end_ms for word in run if word.end_ms is not None]
    if not starts:
        return RawCue(None, None, _joined(run), run[0].speaker)
    return RawCue(starts[0], max([*ends, starts[0]]), _joined(run), run[0].speaker)


def _joined(run: Sequence[Word]) -> str:
    pieces: list[str] = []
    for word in run:
        if pieces and not word.is_glued:
            pieces.append(" ")
        pieces.append(word.text.strip())
    return "".join(pieces)


def join_punctuation(words: Sequence[Word]) -> list[Word]:
    """Return the words with glued punctuation joined to the word before it."""
    joined: list[Word] = []
    for word in words:
        if word.is_glued and joined:
            joined[-1] = joined[-1]._replace(text=joined[-1].text + word.text)
        else:
            joined.append(word)
    return joined


def speaker_lookup(
    spans: Sequence[tuple[float, float, str]],
) -> Callable[[float | None], str | None]:
    """Return who speaks at a second; spans come in order, and so do the questions."""
    position = 0

    def speaker_at(second: float | None) -> str | None:
        nonlocal position
        if second is None:
            return None
        while position < len(spans) and spans[position][1] <= second:
            position += 1
        if position < len(spans) and spans[position][0] <= second:
            return spans[position][2]
        return None

    return speaker_at
