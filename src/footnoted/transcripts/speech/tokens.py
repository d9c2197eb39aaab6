"""An answer as a row of tokens with times, for finding where two answers say the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from footnoted.transcripts.speech.silence import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.transcripts.speech.port import RecognizedSpeech, SpokenSegment

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"\s*(?:[{_CJK}]|[^\s{_CJK}]+)")
_MOST_SLACK_MS = 15_000


class Token(NamedTuple):
    """One word as written, with the space before it; times are of the recording.

    A token is exact when the recogniser timed it. Others lie where they would if their segment were
    spoken evenly, give or take `slack_ms`. `segment` counts the segments of all answers together.
    """

    text: str
    said: str
    start_ms: int
    end_ms: int
    slack_ms: int
    segment: int
    speaker: str | None

    @property
    def is_exact(self) -> bool:
        """Return whether its times were given."""
        return self.slack_ms == 0

    @property
    def middle_ms(self) -> int:
        """Return the middle of its times."""
        return (self.start_ms + self.end_ms) // 2


def tokens_of(speech: RecognizedSpeech, start_ms: int, first_segment: int) -> list[Token]:
    """Return an answer's tokens in order; its segments are counted from `first_segment`."""
    return [
        token
        for number, segment in enumerate(speech.segments, start=first_segment)
        for token in _of_segment(segment, start_ms, number)
    ]


def _of_segment(segment: SpokenSegment, offset_ms: int, number: int) -> Iterator[Token]:
    texts = _TOKEN.findall(segment.text)
    if _match(texts, [word.text for word in segment.words]):
        for text, word in zip(texts, segment.words, strict=True):
            end_ms = max(word.start_ms, word.end_ms)
            speaker = word.speaker or segment.speaker
            yield Token(
                text, fold(text), word.start_ms + offset_ms, end_ms + offset_ms, 0, number, speaker
            )
        return
    long_ms = segment.end_ms - segment.start_ms
    slack_ms = min(max(1, long_ms // 2), _MOST_SLACK_MS)
    for at, text in enumerate(texts):
        start_ms = offset_ms + segment.start_ms + long_ms * at // len(texts)
        end_ms = offset_ms + segment.start_ms + long_ms * (at + 1) // len(texts)
        yield Token(text, fold(text), start_ms, end_ms, slack_ms, number, segment.speaker)


def _match(texts: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether the timed words are those of the text, one by one."""
    return len(texts) == len(words) > 0 and all(
        fold(text) == fold(word) for text, word in zip(texts, words, strict=True)
    )
