"""Every recogniser that asks a server: the same words, the same meanings of the same faults."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from footnoted.ledger.faults import CallFailedError, FaultKind
from footnoted.transcripts.speech.port import SpeechRequest
from tests.contract.speech.conftest import KEY, NOW, made
from tests.fakes.speech_server import Act, Refuse, Reset, SpeechServer, Truth

if TYPE_CHECKING:
    from footnoted.ledger.faults import Fault
    from footnoted.transcripts.speech.port import AudioChunk, RecognizedSpeech, SpeechRecognizer

QUIET = SpeechRequest()
SECRET_BODY = json.dumps({"error": {"message": f"the key {KEY} is wrong"}})


async def heard(recognizer: SpeechRecognizer, chunk: AudioChunk) -> RecognizedSpeech:
    """Return what is heard in a chunk."""
    return (await recognizer.recognize(chunk, QUIET, timeout_s=5.0)).speech


async def fault_of(recognizer: SpeechRecognizer, chunk: AudioChunk) -> Fault:
    """Return how it fails."""
    with pytest.raises(CallFailedError) as error:
        await recognizer.recognize(chunk, QUIET, timeout_s=0.5)
    return error.value.fault


async def test_words_come_with_their_times(recognizer: SpeechRecognizer, chunk: AudioChunk) -> None:
    """Each word where it is said; the length that is billed, and the language."""
    speech = await heard(recognizer, chunk)
    words = [word for segment in speech.segments for word in segment.words]
    assert [(w.text.lower(), w.start_ms, w.end_ms) for w in words] == [
        ("hello", 100, 400),
        ("there", 500, 900),
        ("world", 1_500, 1_900),
    ]
    assert (speech.is_timed, speech.language) == (True, "en")
    assert 3_000 <= (speech.billed_ms or 0) <= 3_050


async def test_nobody_is_told_apart_unless_asked(
    recognizer: SpeechRecognizer, chunk: AudioChunk
) -> None:
    """Speakers are given or absent."""
    speech = await heard(recognizer, chunk)
    assert {segment.speaker for segment in speech.segments} == {None}


async def test_the_upload_is_small_and_whole(
    recognizer: SpeechRecognizer, chunk: AudioChunk, server: SpeechServer
) -> None:
    """What is sent is as long as the chunk."""
    await heard(recognizer, chunk)
    assert abs(len(server.asked[0].samples) - len(chunk.samples)) < 800


@pytest.mark.parametrize(
    ("told", "kind", "code", "billed"),
    [
        (Refuse(400, SECRET_BODY), FaultKind.REJECTED, "request_rejected", False),
        (Refuse(401, SECRET_BODY), FaultKind.STOPPED, "key_refused", False),
        (Refuse(402), FaultKind.STOPPED, "credit_missing", False),
        (Refuse(403), FaultKind.STOPPED, "key_forbidden", False),
        (Refuse(404), FaultKind.REJECTED, "request_rejected", False),
        (Refuse(413, "<html>too large</html>"), FaultKind.TOO_LARGE, "request_too_large", False),
        (Refuse(429), FaultKind.RATE_LIMITED, "rate_limited", False),
        (
            Refuse(429, '{"error": {"code": "insufficient_quota", "message": "pay"}}'),
            FaultKind.STOPPED,
            "credit_missing",
            False,
        ),
        (Refuse(500), FaultKind.UNAVAILABLE, "server_error", True),
        (Refuse(503), FaultKind.UNAVAILABLE, "server_unavailable", True),
        (Refuse(302), FaultKind.UNAVAILABLE, "unexpected_status", True),
        (Reset(), FaultKind.BROKEN, "answer_cut", True),
        (Refuse(200, '{"text": "cut'), FaultKind.BROKEN, "answer_unreadable", True),
        (Refuse(200, "[]"), FaultKind.BROKEN, "answer_unreadable", True),
        (Refuse(200, "[" * 50_000), FaultKind.BROKEN, "answer_unreadable", True),
        (Refuse(200, "<html>busy</html>"), FaultKind.BROKEN, "answer_unreadable", True),
    ],
)
async def test_each_failure_has_one_meaning(  # noqa: PLR0913, PLR0917 - a table of faults
    recognizer: SpeechRecognizer,
    chunk: AudioChunk,
    server: SpeechServer,
    told: Refuse | Reset,
    kind: FaultKind,
    code: str,
    billed: bool,  # noqa: FBT001 - a column
) -> None:
    """As for models: what rests, what stops, what may have been billed; and no key in a message."""
    server.next.append(told)
    fault = await fault_of(recognizer, chunk)
    assert (fault.kind, fault.code, fault.may_be_billed) == (kind, code, billed)
    assert KEY not in fault.message


async def test_a_pause_that_is_asked_for_is_told(
    recognizer: SpeechRecognizer, chunk: AudioChunk, server: SpeechServer
) -> None:
    """In seconds, or as a date."""
    day = "Sat, 21 Nov 2026"
    at = (("date", f"{day} 12:00:00 GMT"), ("retry-after", f"{day} 12:02:00 GMT"))
    server.next.extend([Refuse(429, headers=(("retry-after", "17"),)), Refuse(429, headers=at)])
    assert (await fault_of(recognizer, chunk)).retry_after_s == 17
    assert (await fault_of(recognizer, chunk)).retry_after_s == 120


async def test_a_key_that_is_wrong_stops_everything(
    recognizer: SpeechRecognizer, chunk: AudioChunk, server: SpeechServer
) -> None:
    """The server repeats the key; the fault does not."""
    kind = "deepgram" if "nova" in recognizer.name else "openai"
    wrong = made(kind, server, key="sk-wrong-one")
    fault = await fault_of(wrong, chunk)
    assert (fault.kind, "sk-wrong-one" in fault.message) == (FaultKind.STOPPED, False)
    await wrong.close()


async def test_silence_of_the_server_is_a_lost_answer(
    recognizer: SpeechRecognizer, chunk: AudioChunk, server: SpeechServer
) -> None:
    """It may have been heard, and billed."""

    async def hang() -> None:
        await asyncio.sleep(1.5)

    server.next.append(Act(hang))
    fault = await fault_of(recognizer, chunk)
    assert (fault.code, fault.may_be_billed) == ("timed_out", True)


async def test_a_server_that_is_not_there_was_asked_nothing(chunk: AudioChunk) -> None:
    """Nothing was sent, so nothing can be billed."""
    nowhere = SpeechServer(Truth(chunk.samples, ()), base_url="http://127.0.0.1:9")
    fault = await fault_of(made("openai", nowhere), chunk)
    assert (fault.kind, fault.code, fault.may_be_billed) == (
        FaultKind.UNAVAILABLE,
        "unreachable",
        False,
    )


async def test_a_price_of_a_minute_is_known(recognizer: SpeechRecognizer) -> None:
    """By the model's name."""
    prices = recognizer.prices_at(NOW)
    assert prices is not None
    assert prices.minute > 0
