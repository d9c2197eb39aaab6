"""Chunks hold every sample, overlap, are cut at quiet places, and one is held at a time."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from footnoted.transcripts.speech.cutting import cut, halves
from footnoted.transcripts.speech.port import RATE_HZ, AudioChunk, Reach
from tests.fakes.sounds import joined, noise, silence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.transcripts.speech.port import Samples

REACH = Reach(30.0, overlap_s=4.0)


def blocks(samples: Samples, size: int = 4_096) -> Iterator[Samples]:
    """Yield samples as a decoder would."""
    for at in range(0, len(samples), size):
        yield samples[at : at + size]


def rebuilt(chunks: list[AudioChunk]) -> Samples:
    """Return the recording that the chunks are of, by where each says it lies."""
    whole = np.zeros(chunks[-1].start_ms * RATE_HZ // 1000 + len(chunks[-1].samples), np.int16)
    for chunk in chunks:
        at = chunk.start_ms * RATE_HZ // 1000
        whole[at : at + len(chunk.samples)] = chunk.samples
    return whole


@given(st.floats(0.01, 70.0), st.integers(0, 100), st.integers(500, 70_000))
def test_every_sample_is_where_its_chunk_says(seconds: float, seed: int, size: int) -> None:
    """Whatever the length, and however the decoder cuts it into blocks."""
    samples = noise(seconds, seed=seed)
    chunks = list(cut(blocks(samples, size), REACH))
    assert np.array_equal(rebuilt(chunks), samples)
    assert all(chunk.duration_ms <= 30_000 for chunk in chunks)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))


@given(st.floats(31.0, 70.0), st.integers(0, 100))
def test_neighbours_overlap_around_the_cut(seconds: float, seed: int) -> None:
    """Half an overlap before it and half beyond."""
    chunks = list(cut(blocks(noise(seconds, seed=seed)), REACH))
    for before, after in pairwise(chunks):
        assert before.end_ms - after.start_ms == 4_000
        assert after.cut_ms - after.start_ms == 2_000


def test_a_cut_falls_into_a_pause() -> None:
    """The pause at 25 s is within the last part of a chunk of 30 s."""
    samples = joined(noise(25.0), silence(1.0), noise(20.0))
    chunks = list(cut(blocks(samples), REACH))
    assert 25_000 <= chunks[1].cut_ms <= 26_000


def test_of_equal_places_the_last_is_taken() -> None:
    """A recording of nothing gives few chunks, not many."""
    chunks = list(cut(blocks(silence(120.0)), REACH))
    assert len(chunks) == 5


def test_equal_samples_give_equal_chunks() -> None:
    """However they come: what was bought before is known again by its hash."""
    samples = noise(100.0)
    first = [chunk.sha256 for chunk in cut(blocks(samples, 1_000), REACH)]
    second = [chunk.sha256 for chunk in cut(blocks(samples, 50_000), REACH)]
    assert first == second


def test_nothing_gives_no_chunk() -> None:
    """There is nothing to hear."""
    assert list(cut(iter([]), REACH)) == []


def test_memory_is_bounded_by_a_chunk_however_long_the_recording() -> None:
    """An hour of sound is 115 MB; a chunk of a minute is 2 MB, held a few times over."""
    minute = noise(60.0)
    tracemalloc.start()
    for _ in cut(
        (minute[at : at + 16_000] for _ in range(60) for at in range(0, 960_000, 16_000)),
        Reach(60.0),
    ):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_halves_hold_every_sample_of_a_chunk() -> None:
    """They overlap, and the second says where it takes over."""
    samples = joined(noise(28.0), silence(1.0), noise(31.0))
    chunk = AudioChunk(3, 600_000, 602_000, samples)
    first, second = halves(chunk, REACH)
    assert (first.start_ms, first.cut_ms) == (600_000, 602_000)
    assert 628_000 <= second.cut_ms <= 629_000
    assert second.start_ms < second.cut_ms < first.end_ms
    at = (second.start_ms - 600_000) * 16
    assert np.array_equal(second.samples, samples[at:])
    assert np.array_equal(first.samples, samples[: len(first.samples)])
