"""What is particular to OpenAI's protocol: formats, prompts, servers that give only text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.ledger.speech_prices import SpeechPriceTable
from footnoted.transcripts.speech.openai_server import OpenAiRecognizer, read_answer
from footnoted.transcripts.speech.port import SpeechRequest
from footnoted.transcripts.speech.service import SpeechService
from tests.contract.speech.conftest import KEY, made

if TYPE_CHECKING:
    from footnoted.transcripts.speech.port import AudioChunk
    from tests.fakes.speech_server import SpeechServer


async def test_what_is_known_is_told_to_the_server(server: SpeechServer, chunk: AudioChunk) -> None:
    """Language, words to expect as far as they fit, and that times are wanted."""
    words = ("Kelleher", *(f"word{number}" for number in range(1_000)))
    request = SpeechRequest(language="pt-BR", words=words, wants_speakers=True)
    await made("openai", server).recognize(chunk, request, timeout_s=5.0)
    fields = server.asked[0].fields
    assert fields["model"] == ["whisper-1"]
    assert fields["response_format"] == ["verbose_json"]
    assert fields["timestamp_granularities[]"] == ["word", "segment"]
    assert fields["language"] == ["pt"]
    assert fields["prompt"][0].startswith("Kelleher, word0, word1")
    assert len(fields["prompt"][0]) <= 800
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_server_that_gives_only_text_is_untimed(
    server: SpeechServer, chunk: AudioChunk
) -> None:
    """The only times are those of the chunk."""
    server.style = "json"
    found = await made("openai", server).recognize(chunk, SpeechRequest(), timeout_s=5.0)
    (segment,) = found.speech.segments
    assert (found.speech.is_timed, segment.text) == (False, "hello there world")
    assert (segment.start_ms, segment.end_ms, segment.words) == (0, 3_000, ())


async def test_models_without_times_are_asked_for_short_stretches(server: SpeechServer) -> None:
    """A minute is then as near as a citation gets."""
    service = SpeechService(server.base_url, f"Bearer {KEY}")
    model = OpenAiRecognizer("gpt-4o-transcribe", service, SpeechPriceTable.load(None))
    assert model.reach(SpeechRequest()).chunk_s == 60
    assert made("openai", server).reach(SpeechRequest()).chunk_s == 600


def test_words_are_given_to_the_segments_they_are_of() -> None:
    """The words have no punctuation, the segments have; a number may be written out in one."""
    body = """{"text": "Go on, 10 metres. Stop!", "segments": [
      {"start": 0.0, "end": 2.0, "text": " Go on, 10 metres."},
      {"start": 2.0, "end": 3.0, "text": " Stop!"}], "words": [
      {"word": "Go", "start": 0.0, "end": 0.4}, {"word": "on", "start": 0.4, "end": 0.8},
      {"word": "ten", "start": 1.0, "end": 1.2}, {"word": "metres", "start": 1.2, "end": 1.9},
      {"word": "Stop", "start": 2.1, "end": 2.6}]}"""
    first, second = read_answer(body, 3_000).segments
    assert [word.text for word in first.words] == ["Go", "on", "ten", "metres"]
    assert [word.text for word in second.words] == ["Stop"]


def test_silence_is_an_answer() -> None:
    """Nothing was said."""
    assert read_answer('{"text": "", "segments": []}', 3_000).segments == ()
    assert read_answer('{"text": " "}', 3_000).segments == ()


@pytest.mark.parametrize(
    "body",
    [
        '{"segments": []}',
        '{"text": 3}',
        '{"text": "a", "segments": [{"start": "x", "end": 1, "text": "a"}]}',
        '{"text": "a", "segments": [{"start": NaN, "end": 1, "text": "a"}]}',
        '{"text": "a", "segments": [{"start": 0, "end": 1e300, "text": "a"}]}',
    ],
)
def test_what_makes_no_sense_is_refused(body: str) -> None:
    """Times that are none would become citations."""
    with pytest.raises(ValueError, match=r"\w"):
        read_answer(body, 3_000)
