"""What Whisper needs and what becomes of its segments, without the package."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import ConfigurationError
from footnoted.transcripts.speech.local_whisper import WhisperPlace, spoken_segment
from footnoted.transcripts.speech.port import SpokenSegment, SpokenWord

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from pathlib import Path


@dataclass
class Word:
    """As faster-whisper has it."""

    start: float
    end: float
    word: str


@dataclass
class Segment:
    """As faster-whisper has it."""

    start: float
    end: float
    text: str
    words: list[Word] | None


@pytest.fixture(params=[True])
def installed(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> bool:
    """Let the package be there, or not."""
    found = importlib.util.find_spec("json") if request.param else None

    def spec(_: str) -> ModuleSpec | None:
        return found

    monkeypatch.setattr(importlib.util, "find_spec", spec)
    return bool(request.param)


@pytest.mark.parametrize("installed", [False], indirect=True)
@pytest.mark.usefixtures("installed")
def test_without_the_package_one_sentence_says_how_to_get_it() -> None:
    """Not a traceback."""
    with pytest.raises(ConfigurationError) as error:
        WhisperPlace("small").check()
    assert error.value.message == (
        "FOOTNOTED_SPEECH=whisper needs the package faster-whisper:"
        " pip install 'footnoted[whisper]'"
    )


@pytest.mark.usefixtures("installed")
def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    """With the first file it lacks: without a tokenizer the package would ask the net for one."""
    for name in ("model.bin", "config.json"):
        (tmp_path / name).touch()
    with pytest.raises(ConfigurationError) as error:
        WhisperPlace("small", tmp_path).check()
    assert error.value.message == (
        f"FOOTNOTED_SPEECH_MODEL_DIR: {tmp_path} holds no Whisper model for CTranslate2;"
        " it has no tokenizer.json"
    )


@pytest.mark.usefixtures("installed")
def test_a_model_by_name_is_looked_for_when_it_is_needed() -> None:
    """Nothing can be said of it before."""
    WhisperPlace("small").check()


def test_segments_keep_their_words_and_times() -> None:
    """Seconds become milliseconds; what Whisper begins before the sound begins at 0."""
    segment = Segment(
        -0.02, 1.5, " Hello, there.", [Word(-0.02, 0.5, " Hello,"), Word(0.6, 1.5, " there.")]
    )
    assert spoken_segment(segment) == SpokenSegment(
        start_ms=0,
        end_ms=1_500,
        text=" Hello, there.",
        words=(
            SpokenWord(start_ms=0, end_ms=500, text="Hello,"),
            SpokenWord(start_ms=600, end_ms=1_500, text="there."),
        ),
    )


def test_a_segment_without_words_has_none() -> None:
    """Nothing is made up."""
    assert spoken_segment(Segment(0.0, 1.0, "a", None)).words == ()
