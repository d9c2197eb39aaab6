"""A process dies before its answer comes: what was answered before is never bought again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import TransientError
from tests.fakes.hearing import recognizer_at, working
from tests.fakes.machine import rows_of
from tests.fakes.speech_server import Act, Answer, SpeechServer, Truth
from tests.integration.speech.test_recognize import PRICES, books, said, states, words_of

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.db.session import Database


async def test_a_killed_process_costs_what_was_on_its_way(
    database: Database, database_url: str, service: SpeechServer, recording: Path, truth: Truth,
    project_root: Path,
) -> None:  # fmt: skip
    """Answered stretches are replayed at $0; the lost one is held, waited for, and bought anew."""
    died = asyncio.Event()

    async def kill() -> None:
        os.kill(process.pid, signal.SIGKILL)
        died.set()

    service.next.extend([Answer(), Answer(), Act(kill)])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.hearing", database_url, service.base_url, str(recording),
        cwd=project_root,
    )  # fmt: skip
    await asyncio.wait_for(process.wait(), 60)
    await asyncio.wait_for(died.wait(), 5)
    before = list(service.asked)
    answered = await _answered(database)
    assert "sent" in await states(database)

    async with working(database, recognizer_at(service.base_url)) as worker:
        with pytest.raises(TransientError) as error:
            await worker.hear(recording)
    assert error.value.wait_reason == "call_in_flight"
    async with working(database, recognizer_at(service.base_url), ahead_s=1_000.0) as worker:
        hearing = await worker.hear(recording)

    assert words_of(hearing) == said(truth)
    again = [asked.samples.tobytes() for asked in service.asked[len(before) :]]
    assert not {asked.samples.tobytes() for asked in before[: len(answered)]} & set(again)
    spent, held = await books(database)
    (unknown,) = await rows_of(
        database, "SELECT count(*), sum(reserved_usd) FROM llm_calls WHERE state = 'unknown'"
    )
    cost = await rows_of(database, "SELECT sum(cost_usd) FROM llm_calls WHERE state = 'answered'")
    assert (spent, held) == (cost[0][0], unknown[1])
    assert 1 <= unknown[0] <= 2
    assert spent + held >= PRICES.cost(service.billed_ms)


async def _answered(database: Database) -> list[int]:
    rows = await rows_of(database, "SELECT id FROM llm_calls WHERE state = 'answered'")
    return [row[0] for row in rows]
