"""What a recogniser said over silence: Whisper repeats itself, or thanks for watching, there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.transcripts.speech.loudness import Loudness
    from footnoted.transcripts.speech.port import RecognizedSpeech, SpokenSegment

_AROUND_MS = 300
_SILENT_SHARE = 0.02
_ALMOST_SILENT_SHARE = 0.1
_NOT_LETTERS = re.compile(r"[\W_]+")


class Believed(NamedTuple):
    """What is left of an answer, and how many segments were left out as never said."""

    speech: RecognizedSpeech
    dropped: int


def without_silence(speech: RecognizedSpeech, loudness: Loudness, duration_ms: int) -> Believed:
    """Return the answer without segments over silence; times lie within the chunk, in order.

    A segment goes when nothing sounds in it and around it, or when it says what its neighbour says
    and next to nothing sounds. What has no times is kept: there is nothing to look at.
    """
    if not speech.is_timed:
        return Believed(speech, 0)
    worded = [segment for segment in speech.segments if segment.text.strip()]
    within = [_clamped(segment, duration_ms) for segment in worded]
    ordered = sorted(within, key=lambda segment: (segment.start_ms, segment.end_ms))
    kept = [
        segment
        for at, segment in enumerate(ordered)
        if not _is_unsaid(segment, ordered[max(0, at - 1) : at + 2], loudness)
    ]
    fewer = speech.model_copy(update={"segments": tuple(kept)})
    return Believed(fewer, len(ordered) - len(kept))


def _is_unsaid(segment: SpokenSegment, around: Sequence[SpokenSegment], loudness: Loudness) -> bool:
    wide = loudness.sounding_share(segment.start_ms - _AROUND_MS, segment.end_ms + _AROUND_MS)
    if wide < _SILENT_SHARE:
        return True
    said = fold(segment.text)
    repeats = sum(fold(other.text) == said for other in around) > 1
    own = loudness.sounding_share(segment.start_ms, segment.end_ms)
    return repeats and own < _ALMOST_SILENT_SHARE


def _clamped(segment: SpokenSegment, duration_ms: int) -> SpokenSegment:
    """Return a segment with its times, and those of its words, within the chunk."""

    def clamp(at_ms: int) -> int:
        return min(max(0, at_ms), duration_ms)

    words = tuple(
        word.model_copy(update={"start_ms": clamp(word.start_ms), "end_ms": clamp(word.end_ms)})
        for word in segment.words
    )
    start_ms = clamp(segment.start_ms)
    end_ms = max(start_ms, clamp(segment.end_ms))
    return segment.model_copy(update={"start_ms": start_ms, "end_ms": end_ms, "words": words})


def fold(text: str) -> str:
    """Return what of a text is said: letters and digits, without case."""
    return _NOT_LETTERS.sub("", text.casefold())
