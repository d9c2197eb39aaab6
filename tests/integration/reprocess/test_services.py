"""What a plan tells of speech to be heard and texts to be embedded, and what they really cost."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.reprocess.applying import apply_plan
from footnoted.reprocess.scope import Reach, Scope
from footnoted.reprocess.services.speech import speech_line
from footnoted.reprocess.services.vectors import VectorWatch
from footnoted.reprocess.services.wordless import wordless_lines
from footnoted.reprocess.store import Among
from footnoted.stages.transcribe import TranscribeStage
from footnoted.transcripts.captions import read_transcript
from tests.fakes.embedding import embedding_settings
from tests.fakes.embedding import working as embedding
from tests.fakes.embedding_server import serving
from tests.fakes.hearing import MINUTE_USD, ShortStretches, recognizer_at
from tests.fakes.hearing import working as hearing
from tests.fakes.machine import rows_of
from tests.fakes.plant import Plant
from tests.fakes.workshop import CUE_MS, Recording
from tests.integration.reprocess.test_reprocess import BREAD, KICK, LOAF

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from datetime import datetime

    from footnoted.ledger.speech_prices import SpeechPrices
    from footnoted.reprocess.services.line import ServiceLine
    from footnoted.stages.profile import Profile
    from tests.fakes.embedding import Worker

STALE, ALL = Scope(Reach.STALE), Scope(Reach.ALL)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
async def worker(plant: Plant) -> AsyncIterator[Worker]:
    """Yield a process that embeds, over the database of the plant."""
    async with serving() as server:
        caps = {"daily_cost_cap_usd": 1_000_000, "monthly_cost_cap_usd": 1_000_000}
        settings = embedding_settings(plant.folder / "data", server.base_url, **caps)
        async with embedding(plant.database, settings) as made:
            yield made


def watch(worker: Worker) -> VectorWatch:
    """Return what gathers the texts to be embedded."""
    assert worker.access is not None
    return VectorWatch(worker.access)


async def spent(plant: Plant) -> Decimal:
    """Return what embedding has cost so far (USD)."""
    rows = await rows_of(
        plant.database, "SELECT COALESCE(sum(cost_usd), 0) FROM llm_calls WHERE stage = 'embed'"
    )
    return Decimal(rows[0][0])


async def test_vectors_have_a_price_before_they_are_bought(plant: Plant, worker: Worker) -> None:
    """Those of the library and those of what waits; what is kept already is in no plan."""
    await plant.add(BREAD)
    await plant.drain()
    vectors = watch(worker)
    await vectors.note_library()
    (library,) = vectors.take()
    assert (library.sure.items > 2, library.may_follow.items) == (True, 0)
    await worker.work()
    bought = await spent(plant)
    assert library.sure.money.p50_usd >= bought > 0  # cautious, before the first is bought
    await vectors.note_library()
    assert vectors.take() == []

    await plant.add(LOAF)
    plan = await plant.plan(ALL, Among.WAITING, vectors)
    (line,) = plan.services
    assert plan.p50_usd == plan.money.p50_usd + line.sure.money.p50_usd > plan.of_calls.p50_usd
    await plant.drain()
    await worker.work()
    assert line.sure.money.p50_usd == pytest.approx(await spent(plant) - bought, rel=Decimal("0.3"))


async def test_vectors_of_answers_that_may_differ_are_in_the_upper_forecast_alone(
    plant: Plant, worker: Worker
) -> None:
    """They are no part of what the plan itself may cost: nothing of them is charged to it."""
    for recording in (BREAD, LOAF, KICK):
        await plant.add(recording)
    await plant.drain()
    await worker.work()
    plant.edit("extract", "Be brief.")
    plan = await plant.plan(STALE, vectors=watch(worker))
    (line,) = plan.services
    assert (line.sure.items, line.may_follow.items > 0) == (0, True)
    assert plan.p50_usd == plan.of_calls.p50_usd
    assert plan.p90_usd - plan.of_calls.p90_usd == line.may_follow.money.p50_usd > 0
    assert plan.of_calls.summary()["p90_usd"] == str(plan.of_calls.p90_usd)


async def test_a_plan_that_may_cost_nothing_more_holds_up_no_vectors(
    plant: Plant, worker: Worker
) -> None:
    """Those of its items are made beside it: they are no part of what was agreed to."""
    await plant.add(BREAD)
    await plant.drain()
    plant.edit("extract", "Be brief.")
    plan = await plant.plan(STALE)
    await apply_plan(plant.idle_deps(), STALE, plan, Decimal(0))
    await worker.work()
    assert (await worker.waits(), await spent(plant) > 0) == ([(None, None), (None, None)], True)


class Listening(Plant):
    """A plant where a video waits for its words, as everywhere but in the other tests here."""

    async def add(self, recording: Recording) -> int:
        """Return the id of a new video whose first run has begun."""
        video = await super().add(recording)
        await rows_of(
            self.database,
            """INSERT INTO runs (item_kind, item_id, run_number, trigger, status, started_at)
               VALUES ('video', :id, 1, 'manual', 'running', :now) RETURNING 1""",
            id=video,
            now=self.clock.now(),
        )
        return video

    def profile(self) -> Profile:
        """Return the profile of today with the stage that gets the words."""
        profile = super().profile()
        stage = TranscribeStage(read_transcript, self.clock)
        return replace(profile, video_stages=(stage, *profile.video_stages[1:]))


async def later(plant: Plant) -> list[ServiceLine]:
    """Return what a plan of the backlog tells of videos without words."""
    plan = await plant.plan(ALL, Among.WAITING)
    paying = set() if plant.model.is_free else {"techniques"}
    return await wordless_lines(plant.database, plan.forecasts, paying)


async def bought(plant: Plant, about: str = "%") -> tuple[int, Decimal]:
    """Return how many calls were bought so far about such items, and for how much (USD)."""
    rows = await rows_of(
        plant.database,
        "SELECT count(*), COALESCE(sum(cost_usd), 0) FROM llm_calls WHERE item_kind LIKE :about",
        about=about,
    )
    return int(rows[0][0]), Decimal(rows[0][1])


async def test_calls_about_words_to_come_have_a_price_by_what_others_took(plant: Plant) -> None:
    """By the hour of speech, once three videos are done; none where the models are free."""
    plant = Listening(plant.database, plant.folder)
    await plant.add(BREAD)
    await plant.drain()
    await unheard(plant, "first", 1)
    (line,) = await later(plant)
    assert (line.name, line.sure.items, line.unpriced) == ("techniques", 0, 1)
    for number in range(3):
        lines = tuple(f"{line} in bowl {number}" for line in BREAD.lines)
        await plant.add(Recording(f"bread {number}", lines, creator=f"Ada {number}"))
    await plant.drain()
    calls, usd = await bought(plant)
    minutes = len(BREAD.lines) * CUE_MS / 60_000
    await unheard(plant, "second", minutes)
    (line,) = await later(plant)
    videos = (1 + minutes) / minutes
    assert (line.sure.items, line.unpriced) == (2, 0)
    assert line.sure.size == pytest.approx(calls / 4 * videos)
    assert float(line.sure.money.p50_usd) == pytest.approx(float(usd) / 4 * videos)
    assert line.sure.money.p90_usd > line.sure.money.p50_usd
    await rows_of(  # from then on pages may be those of videos that are redone
        plant.database,
        """INSERT INTO plans (scope, forecast, applied_at) VALUES ('{}', '{}', '2026-01-01')
           RETURNING 1""",
    )
    (line,) = await later(plant)
    calls, usd = await bought(plant, "video")
    assert line.sure.size == pytest.approx(calls / 4 * videos)
    assert float(line.sure.money.p50_usd) == pytest.approx(float(usd) / 4 * videos)
    for model in plant.models:
        model.is_free = True
    assert await later(plant) == []


class Own(ShortStretches):
    """A recogniser of this machine."""

    def prices_at(self, at: datetime) -> SpeechPrices | None:
        """Return that it costs nothing."""
        return None if at else super().prices_at(at)


async def unheard(plant: Plant, name: str, minutes: float | None, item: str | None = None) -> int:
    """Return a transcription of a recording without words, which a video waits for."""
    rows = await rows_of(
        plant.database,
        """WITH made AS (
             INSERT INTO media (identity, creator_id, title, duration_ms, item)
             SELECT :name, min(id), :name, :ms, CAST(:item AS jsonb) FROM creators
             RETURNING id, creator_id
           ), waits AS (
             INSERT INTO videos (media_id, profile, creator_id, status)
             SELECT id, 'techniques', creator_id, 'discovered' FROM made)
           INSERT INTO transcriptions (media_id, status) SELECT id, 'wanted' FROM made
           RETURNING id""",
        name=name,
        ms=None if minutes is None else round(minutes * 60_000),
        item=item,
    )
    return int(rows[0][0])


@asynccontextmanager
async def heard(plant: Plant, *, is_own: bool) -> AsyncGenerator[ServiceLine | None]:
    """Yield what is told of speech by one who hears for money, or here for nothing."""
    recognizer = recognizer_at(NOWHERE)
    if is_own:
        recognizer = Own("own", recognizer._service, recognizer._prices)  # type: ignore[attr-defined]
    async with hearing(plant.database, recognizer) as one:
        yield await speech_line(one.access.hearing)


async def test_speech_has_a_price_before_anything_is_heard(plant: Plant) -> None:
    """By the minute: known and unknown lengths, what was heard already, and what may have words."""
    await plant.add(BREAD)
    await plant.drain()
    async with heard(plant, is_own=False) as line:
        assert line is None
    ten = await unheard(plant, "ten", 10)
    await unheard(plant, "captions", 20, '{"keys": ["youtube:a"], "facts": {"title": "a"}}')
    async with heard(plant, is_own=False) as line:
        assert line is not None
        assert (line.sure.items, line.sure.size, line.may_follow.size) == (1, 10.0, 20.0)
        overlaps_min = Decimal(4 * 19) / 60
        expected = (MINUTE_USD * (10 + overlaps_min)).quantize(Decimal("1E-6"))
        assert (line.sure.money.p50_usd, line.is_exact) == (expected, True)
        assert line.sure.money.p90_usd == expected
    await rows_of(
        plant.database,
        """UPDATE llm_calls SET item_kind = 'transcription', item_id = :id, model = 'whisper-1',
             usage = '{"speech_ms": 60000}'
           WHERE id = (SELECT min(id) FROM llm_calls WHERE usable) RETURNING 1""",
        id=ten,
    )
    await unheard(plant, "nobody knows", None)
    async with heard(plant, is_own=False) as line:
        assert line is not None
        assert (line.replayed, line.sure.items, line.is_exact) == (1.0, 2, False)
        assert line.sure.size == pytest.approx(9 + 15, abs=5)
        assert line.sure.money.p90_usd > line.sure.money.p50_usd
    async with heard(plant, is_own=True) as line:
        assert line is not None
        assert (line.sure.items, line.sure.money.p90_usd) == (2, Decimal(0))
