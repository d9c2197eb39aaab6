"""What the limiter remembers over a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.errors import TransientError
from footnoted.ledger.faults import Allowance, Allowances, FaultKind
from footnoted.llm.limits.limiter import Demand, Limiter
from footnoted.llm.port import Usage
from tests.fakes.clock import START
from tests.fakes.stepping import SteppingClock, fault, limited

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HAIKU = Demand("claude-haiku-5-5", 100, 100, "extract", 300)
SONNET = Demand("claude-sonnet-5-5", 100, 100)
UNAUTHORIZED = fault(FaultKind.STOPPED, "key_refused")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return the database of this test."""
    engine = make_engine(database_url, application_name="test")
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
def clock() -> SteppingClock:
    """Return a clock that jumps."""
    return SteppingClock()


async def started(database: Database, clock: SteppingClock, key: str | None = "k") -> Limiter:
    """Return the limiter of a process that has just started."""
    limiter = Limiter(database, clock, provider="anthropic", key_sha256=key)
    await limiter.load()
    return limiter


async def parked(limiter: Limiter, demand: Demand = HAIKU) -> tuple[str, float | None]:
    """Return the wait a call is parked with, and how long."""
    with pytest.raises(TransientError) as caught:
        await limiter.admit(demand)
    return caught.value.wait_reason, caught.value.retry_after_s


async def stored(database: Database, query: str) -> list[tuple[object, ...]]:
    """Return what a query finds."""
    async with database.transaction() as session:
        return [tuple(row) for row in await session.execute(text(query))]


async def test_a_rest_of_hours_survives_a_restart_and_ends_with_one_probe(
    database: Database, clock: SteppingClock
) -> None:
    """Also one that ended while nothing ran."""
    before = await started(database, clock)
    await before.failed(await before.admit(HAIKU), limited(7_200))
    clock.advance(600)
    assert await parked(await started(database, clock)) == ("provider_resting", 6_600)
    clock.advance(7_000)
    after = await started(database, clock)
    probe = await after.admit(HAIKU)
    assert probe.is_probe
    await after.answered(probe, Usage(input_tokens=100, output_tokens=80), None)
    rows = await stored(database, "SELECT model_class, paused_until, pause_code FROM model_limits")
    assert rows == [("claude-haiku-5-5", None, None)]
    assert not (await (await started(database, clock)).admit(HAIKU)).is_probe


async def test_a_rest_is_stored_with_its_reason(database: Database, clock: SteppingClock) -> None:
    """`status` shows it."""
    limiter = await started(database, clock)
    await limiter.failed(await limiter.admit(HAIKU), limited(7_200))
    rows = await stored(database, "SELECT paused_until, pause_code, pause_detail FROM model_limits")
    assert rows == [(START + timedelta(hours=2), "rate_limited", "it said: rate_limited")]


async def test_limits_and_averages_survive_a_restart(
    database: Database, clock: SteppingClock
) -> None:
    """The next process begins with what this one learned."""
    before = await started(database, clock)
    told = Allowances(Allowance(50, 49), Allowance(30_000, 29_000), Allowance(8_000, 8_000))
    usage = Usage(input_tokens=100, output_tokens=80)
    await before.answered(await before.admit(HAIKU), usage, told)
    after = await started(database, clock)
    pool = after.lane("claude-haiku-5-5").pool
    limits = (pool.requests.limit, pool.input_tokens.limit, pool.output_tokens.limit)
    assert limits == (50, 30_000, 8_000)
    assert after.expected_input(HAIKU.model, 300) == 100
    assert after.expected_output(HAIKU.model, "extract", 4_000) == 80


async def test_a_stop_survives_a_restart_and_another_key_ends_it(
    database: Database, clock: SteppingClock
) -> None:
    """A person acted."""
    before = await started(database, clock)
    await before.failed(await before.admit(HAIKU), UNAUTHORIZED)
    again = await started(database, clock)
    assert again.stop == before.stop
    assert await parked(again, SONNET) == ("provider_stopped", 900)
    renewed = await started(database, clock, "another")
    assert renewed.stop is None
    await renewed.admit(HAIKU)
    assert await stored(database, "SELECT * FROM provider_stops") == []


async def test_an_answered_probe_ends_a_stop_for_good(
    database: Database, clock: SteppingClock
) -> None:
    """The next process knows nothing of it."""
    before = await started(database, clock)
    await before.failed(await before.admit(HAIKU), UNAUTHORIZED)
    clock.advance(900)
    again = await started(database, clock)
    await again.failed(await again.admit(HAIKU), UNAUTHORIZED)
    rows = await stored(database, "SELECT since, probe_at FROM provider_stops")
    assert rows == [(START, START + timedelta(minutes=45))]
    clock.advance(1_800)
    await again.answered(await again.admit(HAIKU), Usage(input_tokens=1), None)
    assert await stored(database, "SELECT * FROM provider_stops") == []


async def test_what_could_not_be_written_is_written_later(
    database: Database, clock: SteppingClock
) -> None:
    """The database was away when the rest began."""
    limiter = await started(database, clock)
    ticket = await limiter.admit(HAIKU)
    closed = await limiter.admit(HAIKU)
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE model_limits RENAME TO gone"))
    await limiter.failed(ticket, limited(7_200))
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE gone RENAME TO model_limits"))
    assert await stored(database, "SELECT * FROM model_limits") == []
    clock.advance(5)
    await limiter.withdraw(closed)
    assert (await parked(limiter))[0] == "provider_resting"
    rows = await stored(database, "SELECT paused_until FROM model_limits")
    assert rows == [(START + timedelta(hours=2),)]
