"""The answers to overlapping chunks as one row of lines, every word once.

    tokens of both in the overlap -> the words both heard -> change over at one near the cut

Where both heard nothing in common, the change is at the cut itself, which lies in a quiet place.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from footnoted.transcripts.formats.words import Word
from footnoted.transcripts.speech.alignment import Pair, aligned, common_run
from footnoted.transcripts.speech.tokens import Token, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from footnoted.transcripts.speech.port import RecognizedSpeech, SpokenSegment

_AROUND_MS = 1_500
_WORDS_PER_S = 6


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer to one chunk, with where it lies in the recording (see AudioChunk)."""

    start_ms: int
    cut_ms: int
    end_ms: int
    speech: RecognizedSpeech


class Line(NamedTuple):
    """A segment in the recording's time. `words` is empty where not all of them are timed."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None
    words: tuple[Word, ...]


def stitch(heard: Sequence[Heard]) -> list[Line]:
    """Return what was said in all chunks, in order, with nobody's words lost or doubled.

    Speakers are numbered by their first appearance. They carry over from chunk to chunk where both
    heard them say the same; where not, they are somebody new.
    """
    seam = _Seam()
    for one in heard:
        seam.add(one)
    return _without_overlaps(seam.lines())


class _Seam:
    """Tokens joined so far."""

    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._segments: list[tuple[SpokenSegment, int]] = []
        self._sizes: Counter[int] = Counter()
        self._speakers = _Speakers()
        self._last: Heard | None = None

    def add(self, heard: Heard) -> None:
        fresh = tokens_of(heard.speech, heard.start_ms, len(self._segments))
        self._segments += [(segment, heard.start_ms) for segment in heard.speech.segments]
        self._sizes.update(token.segment for token in fresh)
        last, self._last = self._last, heard
        if last is None or not self._tokens or not fresh:
            self._tokens += self._speakers.named(fresh, ())
            return
        is_timed = last.speech.is_timed and heard.speech.is_timed
        if is_timed:
            self._join_by_time(fresh, last, heard)
        else:
            self._join_by_words(fresh, last, heard)

    def _join_by_time(self, fresh: list[Token], last: Heard, heard: Heard) -> None:
        tail = next(
            (
                at
                for at, token in enumerate(self._tokens)
                if token.end_ms + token.slack_ms > heard.start_ms - _AROUND_MS
            ),
            len(self._tokens),
        )
        left = self._tokens[tail:]
        right = [t for t in fresh if t.start_ms - t.slack_ms < last.end_ms + _AROUND_MS]
        pairs = aligned(left, right)
        named = self._speakers.named(
            fresh, ((left[pair.left], right[pair.right]) for pair in pairs)
        )
        if pairs:
            at = min(pairs, key=lambda pair: abs(left[pair.left].middle_ms - heard.cut_ms))
            self._tokens = self._tokens[: tail + at.left + 1] + named[at.right + 1 :]
        else:
            before = [token for token in self._tokens if token.middle_ms < heard.cut_ms]
            self._tokens = before + [t for t in named if t.middle_ms >= heard.cut_ms]

    def _join_by_words(self, fresh: list[Token], last: Heard, heard: Heard) -> None:
        reach = max(0, last.end_ms - heard.start_ms) * _WORDS_PER_S // 1000 + 10
        tail = max(0, len(self._tokens) - reach)
        run: Pair | None = common_run(self._tokens[tail:], fresh[:reach])
        named = self._speakers.named(fresh, ())
        if run is None:
            self._tokens += named
        else:
            self._tokens = self._tokens[: tail + run.left + 1] + named[run.right + 1 :]

    def lines(self) -> list[Line]:
        grouped = groupby(self._tokens, key=lambda token: (token.segment, token.speaker))
        return [self._line(segment, list(run)) for (segment, _), run in grouped]

    def _line(self, number: int, run: Sequence[Token]) -> Line:
        """Return a run of one segment; a part of it lies where its own tokens do."""
        segment, offset_ms = self._segments[number]
        text = "".join(token.text for token in run).strip()
        start_ms, end_ms = segment.start_ms + offset_ms, segment.end_ms + offset_ms
        if len(run) < self._sizes[number]:
            start_ms, end_ms = run[0].start_ms, max(token.end_ms for token in run)
        words = _words(run) if all(token.is_exact for token in run) else ()
        return Line(start_ms, end_ms, text, run[0].speaker, words)


def _words(run: Sequence[Token]) -> tuple[Word, ...]:
    return tuple(
        Word(
            token.start_ms,
            token.end_ms,
            token.text.strip(),
            token.speaker,
            is_glued=at > 0 and not token.text[0].isspace(),
        )
        for at, token in enumerate(run)
    )


class _Speakers:
    """Names for the labels of each chunk, the same for the same person as far as was heard."""

    def __init__(self) -> None:
        self._count = 0

    def named(self, fresh: Iterable[Token], same: Iterable[tuple[Token, Token]]) -> list[Token]:
        """Return the tokens of a chunk with names; `same` are words heard before and now."""
        tokens = list(fresh)
        votes = Counter(
            (left.speaker, right.speaker) for left, right in same if left.speaker and right.speaker
        )
        names: dict[str, str] = {}
        for (name, label), _ in votes.most_common():
            if name and label and label not in names and name not in names.values():
                names[label] = name
        for label in dict.fromkeys(token.speaker for token in tokens if token.speaker):
            if label not in names:
                self._count += 1
                names[label] = f"Speaker {self._count}"
        return [
            token._replace(speaker=names[token.speaker]) if token.speaker else token
            for token in tokens
        ]


def _without_overlaps(lines: Sequence[Line]) -> list[Line]:
    """Return the lines so that each ends before the next begins, and none before it began."""
    clipped: list[Line] = []
    for line in lines:
        start_ms = max(line.start_ms, clipped[-1].start_ms if clipped else 0)
        if clipped and clipped[-1].end_ms > start_ms:
            clipped[-1] = clipped[-1]._replace(end_ms=start_ms)
        clipped.append(line._replace(start_ms=start_ms, end_ms=max(start_ms, line.end_ms)))
    return clipped
