"""The port to whatever reads a transcript file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from footnoted.model.transcript import Transcript, TranscriptOrigin


class TranscriptReader(Protocol):
    """Turns the bytes of a file into a transcript; `captions.read_transcript` is one."""

    def __call__(
        self,
        data: bytes,
        file_name: str,
        *,
        origin: TranscriptOrigin,
        language_hint: str | None = None,
    ) -> Transcript:
        """Return the transcript; raise TranscriptUnreadableError when there is none in it."""
        ...
