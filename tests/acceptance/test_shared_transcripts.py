"""Every transcript-like file of the shared data is read, or refused with a named reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.model.transcript import TranscriptOrigin
from footnoted.transcripts.captions import read_transcript
from footnoted.transcripts.unreadable import TranscriptUnreadableError, UnreadableCode

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ("captions-*", "asr-json", "peer-*", "gt-chapters-*", "gt-stock-*", "audio-samples")
MUST_READ = (
    "captions-whisper-lexicap",
    "captions-virtualcoffee",
    "captions-talkpython",
    "gt-chapters-*",
)
MAX_BYTES = 2_000_000


def test_no_shared_file_crashes_the_reader(shared_data: Path) -> None:
    """Captions, recognisers' JSON, broken fixtures and recordings alike."""
    seen = 0
    for folder in FOLDERS:
        for path in sorted(shared_data.glob(f"{folder}/**/*")):
            if not path.is_file() or path.stat().st_size > MAX_BYTES:
                continue
            seen += 1
            try:
                cues = read_transcript(
                    path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED
                ).cues
            except TranscriptUnreadableError as error:
                UnreadableCode(error.failure_code)  # raises for a code nobody knows
                continue
            assert [cue.index for cue in cues] == list(range(len(cues)))
    assert seen > 250


def test_good_shared_tracks_are_all_read(shared_data: Path) -> None:
    """Podcasts and chapters hold nothing that may be refused."""
    for folder in MUST_READ:
        for path in sorted(shared_data.glob(f"{folder}/**/*.*")):
            transcript = read_transcript(
                path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED
            )
            assert transcript.word_count > 100, path.name
            assert transcript.is_timed, path.name
