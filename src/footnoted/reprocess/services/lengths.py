"""How long a recording is that nothing was made of yet."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.model.path import real_path
from footnoted.reprocess.services.store import Length
from footnoted.transcripts.speech.recording import open_recording
from footnoted.transcripts.speech.unheard import AudioUnreadableError

if TYPE_CHECKING:
    from footnoted.reprocess.services.store import Lasting


def length_of(lasting: Lasting) -> Length | None:
    """Return how long a recording is, by its publisher or its file; it blocks."""
    if lasting.duration_ms is not None:
        return Length(lasting.duration_ms)
    if lasting.sound_path is not None:
        path = Path(real_path(lasting.sound_path))
        with suppress(AudioUnreadableError), open_recording(path) as sound:
            return None if sound.duration_ms is None else Length(sound.duration_ms)
    return None
