"""What was said over silence is told from what was said, however quiet the recording is."""

from __future__ import annotations

import pytest

from footnoted.transcripts.speech.loudness import loudness_of
from footnoted.transcripts.speech.port import RecognizedSpeech, SpokenSegment, SpokenWord
from footnoted.transcripts.speech.silence import without_silence
from tests.fakes.sounds import joined, noise, silence


def said(*segments: tuple[int, int, str], is_timed: bool = True) -> RecognizedSpeech:
    """Return segments of seconds and text."""
    return RecognizedSpeech(
        segments=tuple(
            SpokenSegment(start_ms=start * 1000, end_ms=end * 1000, text=text)
            for start, end, text in segments
        ),
        is_timed=is_timed,
    )


def texts(speech: RecognizedSpeech) -> list[str]:
    """Return what is left."""
    return [segment.text for segment in speech.segments]


@pytest.mark.parametrize("level", [8_000.0, 3_000.0, 300.0, 60.0])
def test_a_loop_over_silence_is_left_out_and_counted(level: float) -> None:
    """Whisper thanks for watching, again and again, when nobody speaks."""
    samples = joined(noise(10.0, level=level), silence(30.0), noise(10.0, level=level, seed=1))
    loop = [(at, at + 5, "Thanks for watching!") for at in range(12, 37, 5)]
    speech = said((0, 9, "hello"), *loop, (41, 49, "good bye"))
    believed = without_silence(speech, loudness_of(samples), 50_000)
    assert (texts(believed.speech), believed.dropped) == (["hello", "good bye"], 5)


def test_a_chorus_is_kept() -> None:
    """Somebody does say it again and again."""
    speech = said((0, 2, "no"), (2, 4, "no"), (4, 6, "no"))
    believed = without_silence(speech, loudness_of(noise(6.0)), 6_000)
    assert (texts(believed.speech), believed.dropped) == (["no", "no", "no"], 0)


def test_a_noisy_room_is_silent_too() -> None:
    """A pause is far below speech, though never at zero."""
    samples = joined(noise(10.0), noise(10.0, level=20.0), noise(5.0))
    believed = without_silence(said((0, 9, "a"), (12, 18, "b")), loudness_of(samples), 25_000)
    assert texts(believed.speech) == ["a"]


def test_a_repetition_over_almost_nothing_is_left_out() -> None:
    """A click in the silence does not make the loop true."""
    samples = joined(noise(10.0), silence(10.0), noise(0.3), silence(10.0))
    speech = said((0, 9, "a"), (12, 22, "so so"), (22, 30, "so so"))
    believed = without_silence(speech, loudness_of(samples), 30_300)
    assert texts(believed.speech) == ["a"]


def test_a_segment_a_little_beside_its_sound_is_kept() -> None:
    """Recognisers' times are off by a moment."""
    samples = joined(noise(5.0), silence(5.0))
    speech = RecognizedSpeech(segments=(SpokenSegment(start_ms=5_100, end_ms=5_600, text="a"),))
    assert without_silence(speech, loudness_of(samples), 10_000).dropped == 0


def test_times_are_put_within_the_chunk_and_in_order() -> None:
    """Whisper's last segment may end after the sound does."""
    word = SpokenWord(start_ms=-20, end_ms=99_000, text="b")
    late = SpokenSegment(start_ms=4_000, end_ms=99_000, text="b", words=(word,))
    early = SpokenSegment(start_ms=-500, end_ms=3_000, text="a")
    speech = RecognizedSpeech(segments=(late, early))
    first, second = without_silence(speech, loudness_of(noise(10.0)), 10_000).speech.segments
    assert (first.start_ms, first.end_ms, second.end_ms) == (0, 3_000, 10_000)
    assert (second.words[0].start_ms, second.words[0].end_ms) == (0, 10_000)


def test_what_has_no_times_is_kept() -> None:
    """There is nothing to look at."""
    speech = said((0, 10, "a"), is_timed=False)
    assert without_silence(speech, loudness_of(silence(10.0)), 10_000).speech == speech


@pytest.mark.parametrize(("seconds", "silent"), [(0.0, True), (0.2, False)])
def test_only_a_chunk_of_nothing_is_silent(seconds: float, *, silent: bool) -> None:
    """It is not sent at all, so it must be beyond doubt."""
    samples = joined(silence(20.0), noise(seconds, level=60.0), silence(20.0))
    assert loudness_of(samples).is_silent is silent
