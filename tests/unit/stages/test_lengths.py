"""How long a recording of a folder is, as far as its files tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.port import Facts, FileRole, FoundFile, FoundMedia
from footnoted.stages.lengths import found_ms
from footnoted.transcripts.captions import read_transcript
from tests.fakes.sounds import noise, write_wav

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGood morning to all of you.\n"


def found(*paths: Path, told_ms: int | None = None) -> FoundMedia:
    """Return the recording that these files are."""
    files = tuple(
        FoundFile(
            path=str(path),
            role=FileRole.MEDIA if path.suffix == ".wav" else FileRole.TRANSCRIPT,
            origin=None if path.suffix == ".wav" else TranscriptOrigin.IMPORTED,
            sha256="",
            size_bytes=0,
            modified_ns=0,
        )
        for path in paths
    )
    return FoundMedia(stem="a", folder="talks", files=files, facts=Facts(duration_ms=told_ms))


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Return a file of captions that end after two and a half seconds."""
    path = tmp_path / "a.vtt"
    path.write_text(WORDS, encoding="utf-8")
    return path


def test_a_sidecar_is_believed_then_the_sound_then_the_words(tmp_path: Path, words: Path) -> None:
    """Words may end long before the recording does."""
    sound = write_wav(tmp_path / "a.wav", noise(4))
    assert found_ms(found(words, sound, told_ms=5_000), read_transcript) == 5_000
    assert found_ms(found(words, sound), read_transcript) == 4_000
    assert found_ms(found(words), read_transcript) == 2_500


def test_files_that_cannot_be_read_tell_nothing(tmp_path: Path, words: Path) -> None:
    """Sound that is none, words without times, and what is gone; the next file is asked."""
    noise_ = tmp_path / "a.wav"
    noise_.write_bytes(b"RIFF")
    untimed = tmp_path / "a.txt"
    untimed.write_text("Good morning to all of you.", encoding="utf-8")
    assert found_ms(found(noise_, untimed, words), read_transcript) == 2_500
    assert found_ms(found(noise_, untimed, tmp_path / "gone.vtt"), read_transcript) is None
