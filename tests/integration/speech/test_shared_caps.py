"""Models and speech spend the same money: one cap of the run, of the day, and of a source."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import BudgetExceededError, TransientError
from footnoted.ledger.prices import PriceTable
from footnoted.llm.call import CallScope
from footnoted.llm.routes import Routes
from footnoted.pipeline.alerts.money import MoneyWitness
from footnoted.pipeline.paid import ModelAccess, PaidSetup
from footnoted.pipeline.speech import pay_for_speech
from footnoted.settings import Settings
from footnoted.transcripts.speech.port import SpeechRequest
from tests.fakes.hearing import ShiftedClock, Worker, recognizer_at, working
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from footnoted.db.session import Database
    from tests.fakes.speech_server import SpeechServer


async def hear_to_the_end(
    worker: Worker, recording: Path, scope: CallScope | None = None, tries: int = 5
) -> None:
    """Hear a recording, again while stretches that are on their way hold the last of a cap."""
    for _ in range(tries):
        try:
            await (worker.hear(recording, scope) if scope else worker.hear(recording))
        except TransientError as error:
            if error.wait_reason != "budget_reserved":
                raise
        else:
            return


async def test_a_run_that_speech_used_up_is_spent(
    database: Database, service: SpeechServer, recording: Path
) -> None:
    """The models' witness hears of it: the run ends, whoever reached its cap."""
    clock = ShiftedClock(0.0)
    witness = MoneyWitness(database, clock)
    setup = PaidSetup(
        Settings(data_dir=Path("/nowhere")),
        database,
        clock,
        PriceTable.load(None),
        run_cap=Decimal("0.004"),
    )
    models = ModelAccess(Routes(()), witness=witness)
    access = pay_for_speech(recognizer_at(service.base_url), setup, models)
    with pytest.raises(BudgetExceededError):
        await hear_to_the_end(Worker(access, SpeechRequest()), recording)
    await access.close()
    assert (witness.run_is_spent, len(service.asked)) == (True, 1)


async def test_a_source_pays_for_its_recordings(
    database: Database, service: SpeechServer, recording: Path
) -> None:
    """Its own cap of the day holds for hearing them too, and costs tell whose they are."""
    async with database.transaction() as session:
        await session.exec_driver_sql(_FOLLOWED)
    cap = Decimal("0.004")
    scope = CallScope("transcription", 7, "listen")
    async with working(
        database, recognizer_at(service.base_url), source_daily_cost_cap_usd=cap
    ) as worker:
        with pytest.raises(BudgetExceededError):
            await hear_to_the_end(worker, recording, scope)
    rows = await rows_of(database, "SELECT DISTINCT source_id FROM llm_calls WHERE cost_usd > 0")
    assert [row[0] for row in rows] == [3]
    rows = await rows_of(database, "SELECT key FROM budgets WHERE scope = 'source_day'")
    assert [row[0].partition("/")[0] for row in rows] == ["3"]


_FOLLOWED = """
  WITH creator AS (INSERT INTO creators (slug, name) VALUES ('a', 'a') RETURNING id),
  source AS (
    INSERT INTO sources (id, kind, locator, title, poll_interval_s, status)
    OVERRIDING SYSTEM VALUE VALUES (3, 'feed', 'x', 'x', 60, 'followed') RETURNING id),
  recording AS (
    INSERT INTO media (identity, creator_id, source_id, title)
    SELECT 'm', creator.id, source.id, 'talk' FROM creator, source RETURNING id, source_id)
  INSERT INTO transcriptions (id, media_id, source_id, status) OVERRIDING SYSTEM VALUE
  SELECT 7, id, source_id, 'obtained' FROM recording
"""
