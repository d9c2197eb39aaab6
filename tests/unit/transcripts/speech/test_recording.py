"""Any container becomes mono 16 kHz; what is broken or no recording is refused in one sentence."""

from __future__ import annotations

import contextlib
import os
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.transcripts.speech.packing import OPUS, WAV, pack
from footnoted.transcripts.speech.port import RATE_HZ
from footnoted.transcripts.speech.recording import open_recording
from footnoted.transcripts.speech.unheard import AudioUnreadableError
from tests.fakes.sounds import noise, silence, write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.transcripts.speech.port import Samples


def decoded(path: Path, **kwargs: float) -> Samples:
    """Return all samples of a file."""
    with open_recording(path) as recording:
        return np.concatenate(list(recording.blocks(**kwargs)))


def refusal(path: Path) -> str:
    """Return why a file gives no sound."""
    with pytest.raises(AudioUnreadableError) as error:
        decoded(path)
    assert error.value.message.startswith(f"{path.name}: ")
    return error.value.failure_code


def test_a_file_of_our_own_rate_comes_out_as_it_went_in(tmp_path: Path) -> None:
    """Nothing is resampled that need not be."""
    samples = noise(3.0)
    assert np.array_equal(decoded(write_wav(tmp_path / "a.wav", samples)), samples)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 1), (8_000, 2)])
def test_other_rates_and_stereo_keep_their_length(tmp_path: Path, rate: int, channels: int) -> None:
    """A second stays a second."""
    path = write_wav(tmp_path / "a.wav", noise(60_000 / RATE_HZ), rate=rate, channels=channels)
    assert abs(len(decoded(path)) / RATE_HZ - 60_000 / rate) < 0.01


@pytest.mark.parametrize("packing", [WAV, OPUS])
def test_what_is_packed_is_read_again(tmp_path: Path, packing: object) -> None:
    """An upload is what it says it is, in kind and in length."""
    kind = WAV if packing is WAV else OPUS
    path = tmp_path / kind.file_name
    path.write_bytes(pack(noise(7.3), kind))
    assert path.stat().st_size <= 7.3 * kind.bytes_per_s + 4_096
    assert abs(len(decoded(path)) / RATE_HZ - 7.3) < 0.05


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "audio_malformed"),
        (b"RIFF\x24\x00\x00\x00WAVE", "audio_malformed"),
        (b"<html>Sign in</html>" * 100, "audio_malformed"),
        (b"\x00" * 10_000, "audio_malformed"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/hostname\n", "audio_malformed"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "audio_malformed"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    """Lists of other files too: they would make the decoder open what they name."""
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    assert refusal(path) == code


def test_a_file_without_samples_has_no_sound(tmp_path: Path) -> None:
    """Its header is in order."""
    assert refusal(write_wav(tmp_path / "a.wav", silence(0.0))) == "audio_without_sound"


def test_what_is_no_file_is_missing(tmp_path: Path) -> None:
    """A folder, a pipe that never ends, a name that leads nowhere."""
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path) == "audio_missing"
    assert refusal(tmp_path / "pipe") == "audio_missing"
    assert refusal(tmp_path / "nowhere") == "audio_missing"


def test_what_does_not_end_is_too_long(tmp_path: Path) -> None:
    """A day is enough for anything."""
    path = write_wav(tmp_path / "a.wav", noise(3.0))
    with pytest.raises(AudioUnreadableError) as error:
        decoded(path, longest_s=2.0)
    assert error.value.failure_code == "audio_too_long"


@given(st.integers(0, 10**6), st.floats(0.0, 1.0), st.sampled_from(["cut", "overwritten"]))
def test_damage_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, seed: int, at: float, damage: str
) -> None:
    """A file cut off or overwritten in the middle gives sound or a sentence."""
    data = bytearray(pack(noise(4.0, seed=seed), OPUS if seed % 2 else WAV))
    place = int(at * len(data))
    if damage == "cut":
        del data[place:]
    else:
        data[place : place + 200] = np.random.default_rng(seed).bytes(200)
    path = tmp_path_factory.mktemp("damage") / "x.ogg"
    path.write_bytes(data)
    with contextlib.suppress(AudioUnreadableError):
        assert len(decoded(path)) <= 6 * RATE_HZ


def test_a_gap_is_heard_as_silence(tmp_path: Path) -> None:
    """Where a stream lost ten seconds, what follows keeps its time."""
    path = tmp_path / "gap.mkv"
    sound = noise(2.0)
    opened: Any = av.open(str(path), mode="w", format="matroska")
    with opened as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ)
        stream.layout = "mono"
        for pts in (0, 12 * RATE_HZ):
            frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, pts, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    heard = decoded(path)
    assert abs(len(heard) / RATE_HZ - 14.0) < 0.1
    assert not heard[3 * RATE_HZ : 11 * RATE_HZ].any()
    assert heard[13 * RATE_HZ :].any()


def test_every_real_sample_is_heard_or_refused_by_name(shared_data: Path) -> None:
    """No crash and no empty outcome over real files, broken ones among them."""
    seconds: dict[str, float | str] = {}
    for path in sorted((shared_data / "audio-samples").rglob("*")):
        if path.is_file():
            try:
                seconds[path.name] = round(len(decoded(path)) / RATE_HZ, 1)
            except AudioUnreadableError as error:
                seconds[path.name] = error.failure_code
    assert seconds["jfk.mp3"] == seconds["jfk.wav"] == 11.0
    assert seconds["bad.wav"] == "audio_malformed"
    assert seconds["null.wav"] == "audio_without_sound"
    assert seconds["vosk-ruby-test-broken-29B.wav"] == "audio_malformed"
    assert seconds["goforward.raw"] == "audio_malformed"
