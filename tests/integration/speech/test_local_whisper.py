"""Whisper on this machine: the real package, a real if tiny model, and no network at all."""

from __future__ import annotations

import importlib
import importlib.util
import socket
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from footnoted.errors import TransientError
from footnoted.transcripts.speech.local_whisper import LocalWhisper, WhisperPlace
from footnoted.transcripts.speech.port import AudioChunk, SpeechRequest
from footnoted.transcripts.speech.recording import open_recording
from tests.fakes.hearing import working
from tests.fakes.machine import rows_of
from tests.fakes.sounds import noise, write_wav
from tests.fakes.tiny_whisper import make_model

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.db.session import Database

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is None,
    reason="the extra footnoted[whisper] is not installed",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a model that hears nothing, in Whisper's way, always the same."""
    importlib.import_module("ctranslate2").set_random_seed(1)
    return make_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Refuse every connection to the net; return where one was tried."""
    tried: list[object] = []
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX:
            connect(self, address)
            return
        tried.append(address)
        message = "there is no network"
        raise OSError(message)

    def unknown(*args: object, **_: object) -> None:
        tried.append(args)
        message = "there is no network"
        raise socket.gaierror(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    return tried


async def test_a_model_in_a_folder_hears_without_a_network(
    model: Path, no_network: list[object], shared_data: Path
) -> None:
    """Segments and timed words come, within the sound; nothing is asked of anybody."""
    with open_recording(shared_data / "audio-samples" / "jfk.wav") as recording:
        samples = np.concatenate(list(recording.blocks()))
    whisper = LocalWhisper(WhisperPlace("tiny", model, is_offline=True))
    request = SpeechRequest(language="en-GB", words=("Kelleher",))
    heard = await whisper.recognize(AudioChunk(0, 0, 0, samples), request, timeout_s=1.0)
    await whisper.close()
    assert heard.speech.language == "en"
    assert heard.speech.segments
    assert all(0 <= one.start_ms <= one.end_ms for one in heard.speech.segments)
    assert any(segment.words for segment in heard.speech.segments)
    assert no_network == []


async def test_a_model_by_name_is_not_looked_for_on_the_net(no_network: list[object]) -> None:
    """Where nothing beyond this machine may be contacted, it is one sentence."""
    whisper = LocalWhisper(WhisperPlace("distil-small.en", is_offline=True))
    with pytest.raises(TransientError) as error:
        await whisper.recognize(AudioChunk(0, 0, 0, noise(1.0)), SpeechRequest(), timeout_s=1.0)
    await whisper.close()
    assert error.value.wait_reason == "speech_model_missing"
    assert error.value.message == (
        "the Whisper model 'distil-small.en' is not on this machine, and FOOTNOTED_OFFLINE forbids"
        " a download; FOOTNOTED_SPEECH_MODEL_DIR can name a folder with one"
    )
    assert no_network == []


async def test_what_is_no_model_is_a_wait_with_its_reason(tmp_path: Path) -> None:
    """The files are there and make no sense; the model may be put right."""
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    whisper = LocalWhisper(WhisperPlace("broken", tmp_path, is_offline=True))
    with pytest.raises(TransientError, match="cannot be loaded"):
        await whisper.recognize(AudioChunk(0, 0, 0, noise(1.0)), SpeechRequest(), timeout_s=1.0)
    await whisper.close()


async def test_hearing_on_this_machine_is_journaled_and_free(
    database: Database, model: Path, shared_data: Path, no_network: list[object], tmp_path: Path
) -> None:
    """What was heard is replayed here too: an hour of computing is not done twice."""
    path = shared_data / "audio-samples" / "jfk.mp3"
    place = WhisperPlace("tiny", model, is_offline=True)
    async with working(database, LocalWhisper(place)) as worker:
        first = await worker.hear(path)
        assert worker.access.free_models == ("faster-whisper/tiny",)
    place = WhisperPlace("tiny", tmp_path / "gone", is_offline=True)
    async with working(database, LocalWhisper(place)) as worker:
        second = await worker.hear(path)
    assert second.file == first.file
    rows = await rows_of(database, "SELECT state, cost_usd, model FROM llm_calls")
    assert [tuple(row) for row in rows] == [("answered", 0, "faster-whisper/tiny")]
    assert no_network == []


async def test_a_model_that_is_missing_journals_nothing_as_sent(
    database: Database, tmp_path: Path
) -> None:
    """The stretch can be heard as soon as there is a model."""
    path = write_wav(tmp_path / "a.wav", noise(2.0))
    nowhere = LocalWhisper(WhisperPlace("none", tmp_path / "none", is_offline=True))
    async with working(database, nowhere) as worker:
        with pytest.raises(TransientError) as error:
            await worker.hear(path)
    assert error.value.wait_reason == "speech_model_missing"
    rows = await rows_of(database, "SELECT state FROM llm_calls")
    assert [row[0] for row in rows] == ["released"]
