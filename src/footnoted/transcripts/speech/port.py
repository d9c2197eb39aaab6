"""The port to whatever turns sound into words: a stretch of sound goes in, timed text comes out.

Times that a recogniser gives count from the beginning of its chunk, in milliseconds. What it does
not give (times of words, speakers) is absent and never made up.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.ledger.faults import Fault
    from footnoted.ledger.speech_prices import SpeechPrices

RATE_HZ = 16_000
"""Samples a second that recognisers hear: what Whisper and its kin were trained on."""

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class AudioChunk:
    """A stretch of a recording: mono, 16 kHz, 16 bit; `start_ms` is where in the recording.

    It overlaps its neighbours. `cut_ms` is where, in the recording, it should take over from the
    chunk before it, a quiet place if there is one. `index` counts from 0.
    """

    index: int
    start_ms: int
    cut_ms: int
    samples: Samples

    @property
    def duration_ms(self) -> int:
        """Return how long it is, rounded up."""
        return -(-len(self.samples) * 1000 // RATE_HZ)

    @property
    def end_ms(self) -> int:
        """Return where in the recording it ends."""
        return self.start_ms + self.duration_ms

    @cached_property
    def sha256(self) -> str:
        """Return the hash of its samples."""
        return hashlib.sha256(np.ascontiguousarray(self.samples).tobytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What is known beforehand: the language (BCP 47), words to expect, and what is wanted.

    `words` are names and terms of a glossary; a recogniser takes as many as it can, from the front.
    """

    language: str | None = None
    words: tuple[str, ...] = ()
    wants_speakers: bool = False

    def without_speakers(self) -> SpeechRequest:
        """Return the same request, content with words alone."""
        return replace(self, wants_speakers=False)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class SpokenWord(_Value):
    """One word with its times (ms from the beginning of the chunk)."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None


class SpokenSegment(_Value):
    """A run of words as the recogniser made it. `words` is empty where it timed none of them."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None
    words: tuple[SpokenWord, ...] = ()


class RecognizedSpeech(_Value):
    """What was heard in one chunk. Without times there is one segment, as long as the chunk.

    `billed_ms` is the length that the recogniser says it heard, where it says so.
    """

    segments: tuple[SpokenSegment, ...]
    is_timed: bool = True
    language: str | None = None
    billed_ms: int | None = None
    served_by: str | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """An answer of a recogniser: what it means, and its body as it came."""

    speech: RecognizedSpeech
    body: str
    provider_request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a recording goes into one request, and how far neighbours overlap.

    `chunk_s` is the longest stretch, by what the recogniser takes, hears well and answers in time.
    """

    chunk_s: float
    overlap_s: float = 4.0
    max_bytes: int = 25_000_000


class SpeechRecognizer(Protocol):
    """Something that hears; it raises only footnoted's own errors."""

    @property
    def name(self) -> str:
        """Return what prices and the journal call it, such as `whisper-1`."""
        ...

    @property
    def provider(self) -> str:
        """Return whom a refusal of every call is about: the server, or this machine."""
        ...

    @property
    def key_sha256(self) -> str | None:
        """Return the hash of the key, to know it again by."""
        ...

    def prices_at(self, at: datetime) -> SpeechPrices | None:
        """Return what its minutes cost then; None: it is this machine, and costs nothing."""
        ...

    @property
    def parameters(self) -> dict[str, str]:
        """Return what else of its set-up changes its answers, such as the server."""
        ...

    @property
    def at_once(self) -> int:
        """Return how many chunks of a recording are worth sending at the same time."""
        ...

    def reach(self, request: SpeechRequest) -> Reach:
        """Return how long and how large a request may be."""
        ...

    async def recognize(
        self, chunk: AudioChunk, request: SpeechRequest, *, timeout_s: float
    ) -> Recognition:
        """Return what was heard; raise CallFailedError when nothing came that can be read."""
        ...

    async def probe(self) -> Fault | None:
        """Return what is in the way of recognising, by what costs nothing; None: nothing seen."""
        ...

    async def close(self) -> None:
        """Let go of connections and models."""
        ...
