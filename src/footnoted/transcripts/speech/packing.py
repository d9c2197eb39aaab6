"""Samples packed into a small file for an upload."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

from footnoted.transcripts.speech.port import RATE_HZ

if TYPE_CHECKING:
    from footnoted.transcripts.speech.port import Samples

_BLOCK = RATE_HZ * 10


@dataclass(frozen=True, slots=True)
class Packing:
    """A kind of file. `bytes_per_s` bounds what a second takes; small files have a header too."""

    name: str
    container: str
    codec: str
    content_type: str
    bytes_per_s: int
    bit_rate: int | None = None

    @property
    def file_name(self) -> str:
        """Return what an upload is called; servers tell the kind by the ending."""
        return f"audio.{self.name}"


WAV = Packing("wav", "wav", "pcm_s16le", "audio/wav", 32_000)
OPUS = Packing("ogg", "ogg", "libopus", "audio/ogg", 8_000, bit_rate=32_000)


def pack(samples: Samples, packing: Packing) -> bytes:
    """Return the samples (mono, 16 kHz) as a file; it computes, so it belongs into a thread."""
    buffer = io.BytesIO()
    opened: Any = av.open(buffer, mode="w", format=packing.container)  # its stubs are incomplete
    with opened as container:
        stream = container.add_stream(packing.codec, rate=RATE_HZ)
        stream.layout = "mono"
        if packing.bit_rate is not None:
            stream.bit_rate = packing.bit_rate
        for at in range(0, len(samples), _BLOCK):
            frame = av.AudioFrame.from_ndarray(
                samples[at : at + _BLOCK].reshape(1, -1), format="s16", layout="mono"
            )
            frame.sample_rate = RATE_HZ
            frame.pts, frame.time_base = at, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()
