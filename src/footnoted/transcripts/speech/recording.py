"""A media file as a stream of samples: any container in, mono 16 kHz out, block by block.

What is opened is hostile until shown otherwise. Only kinds of files that hold sound by themselves
are read: a playlist names other files, and FFmpeg would fetch them.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import av
import av.error
import numpy as np

from footnoted.transcripts.speech.port import RATE_HZ, Samples
from footnoted.transcripts.speech.unheard import malformed, missing, too_long, without_sound

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

LONGEST_S = 24 * 3600.0
_KINDS = (
    "wav,w64,aiff,au,caf,flac,mp3,aac,ac3,eac3,amr,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,"
    "mpeg,mpegts,avi,asf,flv,dts,wv,ape,tta,mpc,mpc8"
)
_OPTIONS = {"format_whitelist": _KINDS, "protocol_whitelist": "none"}
_GAP_S = 0.5
_GAP_BLOCK = RATE_HZ * 30
_MOST_BROKEN = 1_000


@dataclass(slots=True)
class Recording:
    """One open file. `broken` counts the packets that could not be decoded so far."""

    name: str
    duration_ms: int | None
    _container: InputContainer
    _stream: AudioStream
    broken: int = 0

    def blocks(self, longest_s: float = LONGEST_S) -> Iterator[Samples]:
        """Yield all samples in order, in blocks of at most a few seconds, once.

        Where the file has gaps there is silence, so that a sample's place is its time. Raises
        AudioUnreadableError when nothing can be decoded or the end does not come.
        """
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        made = 0
        for frame in self._frames():
            for silence in self._gap_before(frame, made):
                made += len(silence)
                yield silence
            for block in map(_samples, resampler.resample(frame)):
                made += len(block)
                yield block
            if made > longest_s * RATE_HZ:
                raise too_long(self.name, longest_s)
        if made:
            yield from map(_samples, resampler.resample(None))
        elif self.broken:
            raise malformed(self.name, "no part of it can be decoded")
        else:
            raise without_sound(self.name, "it has no samples")

    def _frames(self) -> Iterator[AudioFrame]:
        try:
            for packet in self._container.demux(self._stream):
                try:
                    yield from packet.decode()
                except av.error.FFmpegError:
                    self.broken += 1
                    if self.broken >= _MOST_BROKEN:
                        return
        except av.error.FFmpegError:
            self.broken += 1  # what came before is there to be heard

    def _gap_before(self, frame: AudioFrame, made: int) -> Iterator[Samples]:
        """Yield silence up to where a frame says it belongs, within the file's own length."""
        at_s = frame.time
        if at_s is None or self.duration_ms is None:
            return
        at_s -= (self._container.start_time or 0) / 1_000_000
        if at_s - made / RATE_HZ < _GAP_S or at_s * 1000 > self.duration_ms:
            return
        left = int(at_s * RATE_HZ) - made
        while left > 0:
            yield np.zeros(min(left, _GAP_BLOCK), np.int16)
            left -= _GAP_BLOCK


@contextmanager
def open_recording(path: Path) -> Generator[Recording]:
    """Yield the sound of a file; it blocks, so it belongs into a thread.

    Raises AudioUnreadableError for what is not there, not media, broken, or has no sound.
    """
    name = os.fsencode(path.name).decode(errors="replace")
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise missing(name, "it is no file")
        file = path.open("rb")
    except OSError as error:
        raise missing(name, error.strerror or "it cannot be opened") from None
    with file:
        try:
            container = av.open(file, mode="r", options=_OPTIONS)
        except (av.error.FFmpegError, ValueError, OSError, OverflowError) as error:
            raise malformed(name, _why(error)) from None
        with container:
            yield Recording(name, _duration_ms(container), container, _stream(container, name))


def _stream(container: InputContainer, name: str) -> AudioStream:
    stream = container.streams.best("audio")
    if stream is None:
        raise without_sound(name, "it has no sound track")
    sound = cast("AudioStream", stream)
    try:
        sound.codec_context.open(strict=False)
    except (av.error.FFmpegError, ValueError) as error:
        raise malformed(name, f"its sound cannot be decoded: {_why(error)}") from None
    return sound


def _duration_ms(container: InputContainer) -> int | None:
    return None if container.duration is None else max(0, container.duration // 1000)


def _why(error: Exception) -> str:
    told = getattr(error, "strerror", None)
    return f"it is no recording that can be read ({told or error})"


def _samples(frame: AudioFrame) -> Samples:
    return cast("Samples", frame.to_ndarray().reshape(-1))
