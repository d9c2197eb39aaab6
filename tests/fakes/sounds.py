"""Sounds for tests: tones, noise and silence as samples, and as files."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np

from footnoted.transcripts.speech.port import RATE_HZ

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.transcripts.speech.port import Samples


def noise(seconds: float, *, level: float = 3_000.0, seed: int = 0) -> Samples:
    """Return noise about as loud as speech."""
    chance = np.random.default_rng(seed)
    return chance.normal(0, level, round(seconds * RATE_HZ)).clip(-32_768, 32_767).astype(np.int16)


def silence(seconds: float) -> Samples:
    """Return nothing at all."""
    return np.zeros(round(seconds * RATE_HZ), np.int16)


def joined(*parts: Samples) -> Samples:
    """Return parts one after another."""
    return np.concatenate(parts)


def write_wav(path: Path, samples: Samples, *, rate: int = RATE_HZ, channels: int = 1) -> Path:
    """Write samples as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(samples, channels).tobytes())
    return path
