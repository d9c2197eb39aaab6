"""How loud each moment of a stretch is, and which moments are silent.

Recordings differ in level, so silence is told by the stretch itself: far below its loud parts, yet
never above what is clearly audible, nor below what no microphone reaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - dataclass fields are read by tools

from footnoted.transcripts.speech.port import RATE_HZ

if TYPE_CHECKING:
    from footnoted.transcripts.speech.port import Samples

FRAME_MS = 50
_FRAME = RATE_HZ * FRAME_MS // 1000
_FULL_SCALE = 32_768.0
_DIGITAL_SILENCE_DB = -65.0
_SURELY_AUDIBLE_DB = -45.0
_BELOW_LOUD_DB = 35.0
_LOUD_PERCENTILE = 95


@dataclass(frozen=True, slots=True)
class Loudness:
    """The level (dB of full scale) of each 50 ms, and below which one it is silence."""

    levels_db: NDArray[np.float32]
    silence_db: float

    @property
    def is_silent(self) -> bool:
        """Return whether there is nothing in it at all, not even a microphone's noise."""
        return bool((self.levels_db < _DIGITAL_SILENCE_DB).all())

    def sounding_share(self, start_ms: int, end_ms: int) -> float:
        """Return which share of a span is louder than silence; 0 for a span outside."""
        first = max(0, start_ms // FRAME_MS)
        span = self.levels_db[first : max(first + 1, -(-end_ms // FRAME_MS))]
        return float((span >= self.silence_db).mean()) if span.size else 0.0

    def quietest_ms(self, start_ms: int, end_ms: int, width_ms: int) -> int:
        """Return the middle of the quietest `width_ms` in a span; of equally quiet ones the last.

        The last one makes the stretches before a cut as long as they may be.
        """
        first, width = start_ms // FRAME_MS, max(1, width_ms // FRAME_MS)
        power = 10.0 ** (self.levels_db[first : end_ms // FRAME_MS].astype(np.float64) / 10)
        if power.size < width:
            return (start_ms + end_ms) // 2
        sums = np.convolve(power, np.ones(width), mode="valid").round(12)
        at = int(sums.size - 1 - np.argmin(sums[::-1]))
        return (first + at) * FRAME_MS + width * FRAME_MS // 2


def loudness_of(samples: Samples) -> Loudness:
    """Return the loudness of a stretch; its last part of a frame counts as one."""
    whole = len(samples) // _FRAME * _FRAME
    parts = [_levels(samples[:whole].reshape(-1, _FRAME))]
    if whole < len(samples):
        parts.append(_levels(samples[whole:].reshape(1, -1)))
    levels = np.concatenate(parts)
    loud = float(np.percentile(levels, _LOUD_PERCENTILE)) if levels.size else -100.0
    silence = max(_DIGITAL_SILENCE_DB, min(_SURELY_AUDIBLE_DB, loud - _BELOW_LOUD_DB))
    return Loudness(levels, silence)


def _levels(frames: Samples) -> NDArray[np.float32]:
    """Return the level of each row; a block at a time, as squares need eight bytes each."""
    levels = np.empty(len(frames), np.float32)
    for at in range(0, len(frames), 1_200):
        block = frames[at : at + 1_200].astype(np.float64) / _FULL_SCALE
        power = np.maximum((block**2).mean(axis=1), 1e-10)
        levels[at : at + len(block)] = 10 * np.log10(power)
    return levels
