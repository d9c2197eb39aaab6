"""A recording becomes a transcript, every word once; what was answered is never bought again."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from footnoted.errors import BudgetExceededError, PermanentError, TransientError
from footnoted.ledger.speech_prices import SpeechPrices
from footnoted.llm.call import CallScope
from footnoted.model.transcript import TranscriptOrigin
from footnoted.stages.recognize import cost_of_recording
from footnoted.transcripts.captions import read_transcript
from footnoted.transcripts.speech.port import SpeechRequest
from footnoted.transcripts.speech.recording import open_recording
from footnoted.transcripts.speech.silence import fold
from footnoted.transcripts.speech.unheard import AudioUnreadableError
from tests.fakes.hearing import MINUTE_USD, recognizer_at, seconds_of, spoken, working
from tests.fakes.machine import rows_of
from tests.fakes.sounds import silence, write_wav
from tests.fakes.speech_server import Refuse, Reset, SpeechServer, Truth, serving

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.db.session import Database
    from footnoted.transcripts.speech.hearing import Hearing

PRICES = SpeechPrices(MINUTE_USD)


async def books(database: Database) -> tuple[Decimal, Decimal]:
    """Return what the day has spent and holds (USD)."""
    rows = await rows_of(
        database, "SELECT spent_usd, reserved_usd FROM budgets WHERE scope = 'day' ORDER BY key"
    )
    return sum((row[0] for row in rows), Decimal(0)), sum((row[1] for row in rows), Decimal(0))


async def states(database: Database) -> list[str]:
    """Return the state of every journaled call, by id."""
    return [row[0] for row in await rows_of(database, "SELECT state FROM llm_calls ORDER BY id")]


def words_of(hearing: Hearing) -> list[str]:
    """Return the words of a transcript, folded."""
    return [fold(word) for cue in hearing.transcript.cues for word in cue.text.split()]


def said(truth: Truth) -> list[str]:
    """Return the words of a recording."""
    return [word for word, *_ in truth.words]


async def test_every_word_is_there_once_with_its_time(
    database: Database, service: SpeechServer, recording: Path, truth: Truth
) -> None:
    """Over five stretches; and what it cost is what the service bills."""
    async with working(database, recognizer_at(service.base_url)) as worker:
        hearing = await worker.hear(recording)
    assert words_of(hearing) == said(truth)
    starts = {word: start for word, start, _, _ in truth.words}
    for cue in hearing.transcript.cues:
        first = fold(cue.text.split()[0])
        assert abs((cue.start_ms or 0) - starts[first]) <= 1
    assert len(service.asked) == hearing.chunks >= 5
    spent, held = await books(database)
    whole_seconds = sum(-(-len(asked.samples) // 16_000) for asked in service.asked)
    assert (spent, held) == (PRICES.cost(whole_seconds * 1000), 0)


async def test_the_transcript_says_what_it_is(
    database: Database, service: SpeechServer, recording: Path
) -> None:
    """Its origin, language, notes; and its file reads back as the same words."""
    async with working(database, recognizer_at(service.base_url)) as worker:
        hearing = await worker.hear(recording)
    transcript = hearing.transcript
    assert (transcript.origin, transcript.language) == (TranscriptOrigin.ASR, "en")
    assert transcript.notes == (f"recognised by whisper-1 in {hearing.chunks} stretches",)
    again = read_transcript(hearing.file, "a.json", origin=TranscriptOrigin.ASR)
    assert (again.cues, again.format) == (transcript.cues, transcript.format)
    assert (again.language, again.notes) == ("en", transcript.notes)


async def test_what_was_heard_is_replayed_for_nothing(
    database: Database, service: SpeechServer, recording: Path
) -> None:
    """By every process after, to the same bytes."""
    async with working(database, recognizer_at(service.base_url)) as worker:
        first = await worker.hear(recording)
    asked, spent = len(service.asked), await books(database)
    async with working(database, recognizer_at(service.base_url)) as worker:
        second = await worker.hear(recording, CallScope("transcription", 2, "recognize"))
    assert (second.file, len(service.asked)) == (first.file, asked)
    assert await books(database) == spent


async def test_another_request_is_another_purchase(
    database: Database, service: SpeechServer, recording: Path
) -> None:
    """A language or a word to expect changes what may be heard."""
    async with working(database, recognizer_at(service.base_url)) as worker:
        await worker.hear(recording)
        worker.speech = SpeechRequest(words=("w17",))
        await worker.hear(recording)
    assert len({asked.fields.get("prompt", [""])[0] for asked in service.asked}) == 2
    assert len(set(await states(database))) == 1
    assert len(service.asked) == len(await states(database))


async def test_a_cap_holds_and_the_rest_is_bought_later(
    database: Database, service: SpeechServer, recording: Path, truth: Truth
) -> None:
    """What fitted is replayed at $0 when there is room again."""
    cap = Decimal("0.0075")  # two stretches of half a minute at $0.003, and no third
    async with working(database, recognizer_at(service.base_url), daily_cost_cap_usd=cap) as worker:
        # The third stretch may come while the second still holds its money, and is to come again.
        with pytest.raises((BudgetExceededError, TransientError)):
            await worker.hear(recording)
        with pytest.raises(BudgetExceededError):
            await worker.hear(recording)
        spent, held = await books(database)
        assert (len(service.asked), held) == (2, 0)
        assert spent <= cap
    async with working(database, recognizer_at(service.base_url)) as worker:
        hearing = await worker.hear(recording)
    assert words_of(hearing) == said(truth)
    assert len(service.asked) == hearing.chunks
    alerts = await rows_of(database, "SELECT code FROM alerts")
    assert [row[0] for row in alerts] == ["cost_cap_reached"]


async def test_a_refusal_for_now_waits_and_costs_nothing(
    database: Database, service: SpeechServer, recording: Path
) -> None:
    """As long as the service asks for; the money is free again at once."""
    service.next.extend([Refuse(429, headers=(("retry-after", "90"),))] * 2)
    async with working(database, recognizer_at(service.base_url)) as worker:
        with pytest.raises(TransientError) as error:
            await worker.hear(recording)
        assert error.value.wait_reason in {"rate_limited", "provider_resting"}
        assert (error.value.retry_after_s or 0) >= 85
        assert await books(database) == (0, 0)
        asked = len(service.asked)
        with pytest.raises(TransientError):
            await worker.hear(recording)
        assert len(service.asked) == asked, "a service that rests is left alone"


async def test_a_wrong_key_stops_all_and_is_one_alert(
    database: Database, truth: Truth, recording: Path
) -> None:
    """Nothing is sent until a person acts; another key ends it."""
    async with serving(truth, key="right") as service:
        async with working(database, recognizer_at(service.base_url, key="wrong")) as worker:
            for _ in range(3):
                with pytest.raises(TransientError) as error:
                    await worker.hear(recording)
                assert error.value.wait_reason == "provider_stopped"
        assert len(service.asked) <= 2
        assert await rows_of(
            database, "SELECT code, concerns FROM alerts WHERE resolved_at IS NULL"
        ) == [("provider_stopped", "speech service")]
        async with working(database, recognizer_at(service.base_url, key="right")) as worker:
            await worker.hear(recording)
    assert await rows_of(database, "SELECT 1 FROM alerts WHERE resolved_at IS NULL") == []


@pytest.mark.parametrize(
    "fault", [Reset(), Refuse(500, bills=True), Refuse(200, '{"text', bills=True)]
)
async def test_a_lost_answer_stays_held(
    database: Database, service: SpeechServer, recording: Path, truth: Truth, fault: Reset | Refuse
) -> None:
    """It may be billed; what came before and after is counted as it is."""
    service.next.append(fault)
    async with working(database, recognizer_at(service.base_url)) as worker:
        with pytest.raises(TransientError):
            await worker.hear(recording)
        spent, held = await books(database)
        assert held > 0
        assert sorted(set(await states(database))) in (["answered", "unknown"], ["unknown"])
    async with working(database, recognizer_at(service.base_url), ahead_s=3_600.0) as worker:
        hearing = await worker.hear(recording)
    assert words_of(hearing) == said(truth)
    spent, still_held = await books(database)
    assert still_held == held
    assert spent + still_held >= PRICES.cost(service.billed_ms)


async def test_a_stretch_that_is_too_large_is_halved(
    database: Database, service: SpeechServer, recording: Path, truth: Truth
) -> None:
    """The refusal costs nothing, and no word is lost."""
    service.next.extend([Refuse(413), Refuse(413)])
    async with working(database, recognizer_at(service.base_url)) as worker:
        hearing = await worker.hear(recording)
    assert words_of(hearing) == said(truth)
    assert (await states(database)).count("released") == 2


async def test_a_service_that_takes_nothing_fails_the_recording(
    database: Database, service: SpeechServer, recording: Path
) -> None:
    """Halves of halves are refused too, down to what nobody calls large."""
    service.next.extend([Refuse(413)] * 50)
    async with working(database, recognizer_at(service.base_url)) as worker:
        with pytest.raises(PermanentError) as error:
            await worker.hear(recording)
    assert error.value.failure_code == "speech_rejected"
    assert len(service.asked) <= 10
    assert await books(database) == (0, 0)


async def test_silence_is_not_sent(
    database: Database, service: SpeechServer, tmp_path: Path
) -> None:
    """Nobody pays for nothing; a recording of only that has no speech."""
    path = write_wav(tmp_path / "silent.wav", silence(70.0))
    async with working(database, recognizer_at(service.base_url)) as worker:
        with pytest.raises(AudioUnreadableError) as error:
            await worker.hear(path)
    assert (error.value.failure_code, service.asked) == ("audio_without_sound", [])


async def test_speakers_are_the_same_across_stretches(database: Database, tmp_path: Path) -> None:
    """Deepgram numbers them anew in each stretch."""
    talk = spoken(20.0)
    path = write_wav(tmp_path / "talk20.wav", talk.samples)
    wanted = SpeechRequest(wants_speakers=True)
    async with (
        serving(talk) as deepgram,
        working(database, recognizer_at(deepgram.base_url, "deepgram"), speech=wanted) as worker,
    ):
        hearing = await worker.hear(path)
    who = {fold(w): c.speaker for c in hearing.transcript.cues for w in c.text.split()}
    assert who == {word: f"Speaker {speaker + 1}" for word, _, _, speaker in talk.words}


async def test_a_server_without_times_gives_stretches(
    database: Database, service: SpeechServer, recording: Path, truth: Truth
) -> None:
    """Nothing is lost, the times are the stretches', and the transcript says so."""
    service.style = "json"
    async with working(database, recognizer_at(service.base_url)) as worker:
        hearing = await worker.hear(recording)
    assert words_of(hearing) == said(truth)
    assert len(hearing.transcript.cues) == hearing.chunks
    assert (
        "times are those of whole stretches: the recogniser gave no others"
        in hearing.transcript.notes
    )


async def test_an_answer_outlives_who_asked(
    database: Database, service: SpeechServer, recording: Path
) -> None:
    """A stage that loses its claim does not lose what is paid for; what is not sent is given up."""
    recognizer = recognizer_at(service.base_url)
    async with working(database, recognizer) as worker:
        hearing = asyncio.create_task(worker.hear(recording))
        while not service.asked:  # noqa: ASYNC110 - the service is no part of what is tested
            await asyncio.sleep(0.01)
        hearing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hearing
    ended = set(await states(database))
    assert "answered" in ended
    assert ended <= {"answered", "reserved"}


async def test_a_price_is_told_beforehand(
    database: Database, service: SpeechServer, recording: Path, truth: Truth
) -> None:
    """About what it costs, overlaps included."""
    async with working(database, recognizer_at(service.base_url)) as worker:
        hearing = worker.access.hearing
        length_ms, now = round(seconds_of(truth) * 1000), hearing.clock.now()
        told = cost_of_recording(length_ms, SpeechRequest(), hearing.recognizer, now)
        await worker.hear(recording)
    spent, _ = await books(database)
    assert abs(told - spent) < spent / 10


async def test_real_samples_give_their_words(database: Database, shared_data: Path) -> None:
    """A speech of known words, as WAV and as MP3: the server is told when each is said."""
    text = (shared_data / "audio-samples" / "TRANSCRIPTS.tsv").read_text(encoding="utf-8")
    known = dict(line.split("\t") for line in text.splitlines())
    for name in ("jfk.wav", "jfk.mp3"):
        path = shared_data / "audio-samples" / name
        with open_recording(path) as opened:
            samples = np.concatenate(list(opened.blocks()))
        words = known[name].split()
        each = 10_500 // len(words)
        timed = tuple((word, at * each, at * each + each, 0) for at, word in enumerate(words))
        async with (
            serving(Truth(samples, timed)) as server,
            working(database, recognizer_at(server.base_url)) as worker,
        ):
            hearing = await worker.hear(path)
        assert words_of(hearing) == [fold(word) for word in words]
        assert hearing.duration_ms == 11_000
