"""How long a recording of a folder is that nothing was made of yet: by its sound or its words."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.model.path import real_path
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.contents import read_small
from footnoted.sources.port import FileRole
from footnoted.stages.transcribe import MAX_TRANSCRIPT_BYTES
from footnoted.transcripts.unreadable import TranscriptUnreadableError

if TYPE_CHECKING:
    from footnoted.sources.port import FoundFile, FoundMedia
    from footnoted.transcripts.port import TranscriptReader


def found_ms(media: FoundMedia, read: TranscriptReader) -> int | None:
    """Return how long a recording of a folder is, by its sidecars, sound or words; it blocks."""
    if media.facts.duration_ms is not None:
        return media.facts.duration_ms
    sounds = [file for file in media.files if file.role is FileRole.MEDIA]
    words = [file for file in media.files if file.role is FileRole.TRANSCRIPT]
    told = chain((sound_ms(file.path) for file in sounds), (_spoken_ms(one, read) for one in words))
    return next((length_ms for length_ms in told if length_ms is not None), None)


def sound_ms(path: str) -> int | None:
    """Return how long the sound of a file is by what its head says (ms); it blocks."""
    # What decodes sound is heavy, and most programs hear nothing.
    from footnoted.transcripts.speech.recording import open_recording  # noqa: PLC0415
    from footnoted.transcripts.speech.unheard import AudioUnreadableError  # noqa: PLC0415

    with suppress(AudioUnreadableError), open_recording(Path(real_path(path))) as sound:
        return sound.duration_ms
    return None


def _spoken_ms(file: FoundFile, read: TranscriptReader) -> int | None:
    """Return when the last words end; None for a file that tells no times, or holds no words."""
    path = real_path(file.path)
    with suppress(TranscriptUnreadableError, OSError):
        data = read_small(path, MAX_TRANSCRIPT_BYTES)
        origin = file.origin or TranscriptOrigin.IMPORTED
        return read(data, file.path, origin=origin).duration_ms
    return None
