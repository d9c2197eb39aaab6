"""A stream of samples cut into overlapping chunks, at quiet places, holding one chunk at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from footnoted.transcripts.speech.loudness import loudness_of
from footnoted.transcripts.speech.port import RATE_HZ, AudioChunk, Samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from footnoted.transcripts.speech.port import Reach

_SEARCHED_SHARE = 0.2
_LONGEST_SEARCH_S = 60.0
_QUIET_MS = 400
_LEAST_S = 1.0


def cut(blocks: Iterable[Samples], reach: Reach) -> Iterator[AudioChunk]:
    """Yield the chunks of a recording in order; together they hold every sample.

    Each but the last ends in the quietest place of its last part, and half an overlap beyond it;
    the next begins half an overlap before it. Equal samples give equal chunks.
    """
    longest = int(reach.chunk_s * RATE_HZ)
    half = int(reach.overlap_s * RATE_HZ / 2)
    held, start, cut_ms, index = _Held(), 0, 0, 0
    for block in blocks:
        held.add(block)
        while held.size > longest:
            at = _quiet_place(held.first(longest), half)
            chunk = held.first(at + half).copy()
            yield AudioChunk(index, _ms(start), cut_ms, chunk)
            held.drop(at - half)
            index, start, cut_ms = index + 1, start + at - half, _ms(start + at)
    if held.size:
        yield AudioChunk(index, _ms(start), cut_ms, held.first(held.size))


def halves(chunk: AudioChunk, reach: Reach) -> tuple[AudioChunk, AudioChunk]:
    """Return a chunk as two that overlap, for a recogniser that finds it too large."""
    samples, half = chunk.samples, int(reach.overlap_s * RATE_HZ / 2)
    middle = len(samples) // 2
    half = min(half, middle // 4)
    around = min(middle // 2, int(_LONGEST_SEARCH_S * RATE_HZ))
    window = samples[middle - around : middle + around]
    at = middle - around + _quietest(window, 0, len(window))
    first = AudioChunk(chunk.index, chunk.start_ms, chunk.cut_ms, samples[: at + half])
    second = AudioChunk(
        chunk.index, chunk.start_ms + _ms(at - half), chunk.start_ms + _ms(at), samples[at - half :]
    )
    return first, second


def _quiet_place(samples: Samples, half: int) -> int:
    """Return the sample to cut at: in the last part, and so that the overlap still fits."""
    last = len(samples) - half
    searched = min(int(len(samples) * _SEARCHED_SHARE), int(_LONGEST_SEARCH_S * RATE_HZ))
    first = max(last - searched, 2 * half, int(_LEAST_S * RATE_HZ))
    return _quietest(samples, first, last) if first < last else last


def _quietest(samples: Samples, first: int, last: int) -> int:
    """Return the quietest sample of a span, on a whole millisecond."""
    span = samples[first:last]
    at_ms = loudness_of(span).quietest_ms(0, _ms(len(span)), _QUIET_MS)
    per_ms = RATE_HZ // 1000
    return (first + at_ms * per_ms) // per_ms * per_ms


def _ms(samples: int) -> int:
    return samples * 1000 // RATE_HZ


class _Held:
    """Samples that are not cut off yet, joined only when they are looked at."""

    def __init__(self) -> None:
        self._parts: list[Samples] = []
        self.size = 0

    def add(self, block: Samples) -> None:
        self._parts.append(block)
        self.size += len(block)

    def first(self, count: int) -> Samples:
        """Return the first samples."""
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0][:count]

    def drop(self, count: int) -> None:
        """Forget the first samples."""
        rest = self._parts[0][count:].copy()
        self._parts, self.size = [rest], len(rest)
