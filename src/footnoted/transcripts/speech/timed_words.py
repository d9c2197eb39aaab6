"""Timed words that come beside the segments of an answer, given to the segments they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.transcripts.speech.silence import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.transcripts.speech.port import SpokenSegment, SpokenWord


def with_words(
    segments: Sequence[SpokenSegment], words: Sequence[SpokenWord]
) -> tuple[SpokenSegment, ...]:
    """Return the segments with their words; both come in order.

    A segment whose text is not exactly the next words takes those that begin before it ends.
    """
    given: list[SpokenSegment] = []
    at = 0
    for segment in segments:
        count = len(segment.text.split())
        own = words[at : at + count]
        if [fold(word.text) for word in own] != [fold(text) for text in segment.text.split()]:
            own = [word for word in words[at:] if word.start_ms < segment.end_ms]
        at += len(own)
        given.append(segment.model_copy(update={"words": tuple(own)}))
    return tuple(given)
