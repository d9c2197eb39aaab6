"""What is particular to Deepgram: how it is asked, utterances, speakers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.transcripts.formats.json_documents import read_json
from footnoted.transcripts.speech.deepgram import read_answer
from footnoted.transcripts.speech.port import SpeechRequest
from tests.contract.speech.conftest import KEY, made

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.transcripts.speech.port import AudioChunk
    from tests.fakes.speech_server import SpeechServer


async def test_what_is_known_is_told_to_the_server(server: SpeechServer, chunk: AudioChunk) -> None:
    """Language, words to expect, and whether speakers are wanted."""
    request = SpeechRequest(language="de", words=("Kelleher", "a b"), wants_speakers=True)
    await made("deepgram", server).recognize(chunk, request, timeout_s=5.0)
    query = server.asked[0].query
    assert ("model", "nova-3") in query
    assert ("language", "de") in query
    assert ("diarize", "true") in query
    assert [value for name, value in query if name == "keyterm"] == ["Kelleher", "a b"]
    assert server.asked[0].headers["authorization"] == f"Token {KEY}"


async def test_speakers_come_as_they_are_labelled(server: SpeechServer, chunk: AudioChunk) -> None:
    """Per utterance and per word."""
    request = SpeechRequest(wants_speakers=True)
    found = await made("deepgram", server).recognize(chunk, request, timeout_s=5.0)
    told = [(segment.text, segment.speaker) for segment in found.speech.segments]
    assert told == [("Hello There", "0"), ("World", "1")]
    assert found.provider_request_id == "dg-1"


async def test_speakers_make_for_longer_stretches(server: SpeechServer) -> None:
    """Who is who is found anew in each."""
    model = made("deepgram", server)
    assert (
        model.reach(SpeechRequest(wants_speakers=True)).chunk_s
        > model.reach(SpeechRequest()).chunk_s
    )


def test_a_real_answer_is_read_as_a_file_of_it_is(shared_data: Path) -> None:
    """A recorded call: the same words as the reader of files finds in it."""
    body = (shared_data / "asr-json" / "deepgram-call-ijarah.json").read_text(encoding="utf-8")
    speech, _ = read_answer(body, None)
    ours = " ".join(segment.text for segment in speech.segments).split()
    theirs = " ".join(cue.text for cue in read_json(body).cues).split()
    assert ours == theirs
    assert len(ours) > 100
