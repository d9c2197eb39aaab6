"""Reading a text as if it were a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from footnoted.model.transcript import TranscriptOrigin
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from footnoted.model.transcript import Transcript


class Read(Protocol):
    """Reads content under a file name."""

    def __call__(self, content: str | bytes, name: str = "talk.txt") -> Transcript:
        """Return the transcript."""
        ...


@pytest.fixture
def read() -> Read:
    """Return the reader tests use."""

    def read_content(content: str | bytes, name: str = "talk.txt") -> Transcript:
        data = content.encode() if isinstance(content, str) else content
        return read_transcript(data, name, origin=TranscriptOrigin.IMPORTED)

    return read_content
