"""The limiter as the gateway sees it, with a database that is away all the time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from structlog.testing import capture_logs

from footnoted import telemetry
from footnoted.errors import TransientError
from footnoted.ledger.faults import Allowance, Allowances, FaultKind
from footnoted.llm.limits.limiter import Bounds, Demand, Limiter
from footnoted.llm.port import Usage
from tests.fakes.clock import START
from tests.fakes.stepping import AwayDatabase, SteppingClock, fault, limited, settle

if TYPE_CHECKING:
    from footnoted.db.session import Database

HAIKU = Demand("claude-haiku-5-5", 100, 100, "extract", 300)
SONNET = Demand("claude-sonnet-5-5", 100, 100)
ANSWER = Usage(input_tokens=100, output_tokens=80)
UNAUTHORIZED = fault(FaultKind.STOPPED, "key_refused")


@pytest.fixture
def clock() -> SteppingClock:
    """Return a clock that jumps."""
    return SteppingClock()


@pytest.fixture
def database() -> AwayDatabase:
    """Return a database nobody can reach."""
    return AwayDatabase()


@pytest.fixture
def limiter(clock: SteppingClock, database: AwayDatabase) -> Limiter:
    """Return a limiter that knows nothing."""
    return Limiter(cast("Database", database), clock, provider="anthropic", key_sha256="k")


async def parked(limiter: Limiter, demand: Demand = HAIKU) -> TransientError:
    """Return what a call is parked with."""
    with pytest.raises(TransientError) as caught:
        await limiter.admit(demand)
    return caught.value


async def test_a_rest_of_one_class_leaves_the_others_alone(limiter: Limiter) -> None:
    """Limits are per class of models."""
    await limiter.failed(await limiter.admit(HAIKU), limited(7_200))
    assert (await parked(limiter)).wait_reason == "provider_resting"
    await limiter.admit(SONNET)


async def test_a_wrong_key_stops_every_class_once(limiter: Limiter, clock: SteppingClock) -> None:
    """Ten calls come back with the same 401: one stop, one line, all parked until the probe."""
    tickets = [await limiter.admit(demand) for demand in (HAIKU, SONNET) * 4]
    with capture_logs() as lines:
        for ticket in tickets:
            await limiter.failed(ticket, UNAUTHORIZED)
            clock.advance(1)
    stops = [line for line in lines if line["event"] == telemetry.PROVIDER_STOPPED]
    assert [line["log_level"] for line in stops] == ["error"]
    error = await parked(limiter, SONNET)
    assert error.wait_reason == "provider_stopped"
    assert error.retry_after_s == 900 - 8
    assert limiter.stop is not None
    assert (limiter.stop.code, limiter.stop.since) == ("key_refused", START)


async def test_a_stop_parks_those_who_wait(clock: SteppingClock, database: AwayDatabase) -> None:
    """They would be refused, too."""
    bounds = Bounds(start_concurrent=1, max_concurrent=1)
    limiter = Limiter(
        cast("Database", database), clock, provider="a", key_sha256=None, bounds=bounds
    )
    first = await limiter.admit(HAIKU)
    waiting = asyncio.create_task(limiter.admit(HAIKU))
    await settle()
    await limiter.failed(first, UNAUTHORIZED)
    await settle()
    error = waiting.exception()
    assert isinstance(error, TransientError)
    assert error.wait_reason == "provider_stopped"


async def test_one_call_probes_a_stop_and_its_answer_ends_it(
    limiter: Limiter, clock: SteppingClock
) -> None:
    """While it is out the others stay parked."""
    await limiter.failed(await limiter.admit(HAIKU), UNAUTHORIZED)
    clock.advance(900)
    probe = await limiter.admit(HAIKU)
    assert (await parked(limiter)).wait_reason == "provider_stopped"
    with capture_logs() as lines:
        await limiter.answered(probe, ANSWER, None)
    assert limiter.stop is None
    assert telemetry.PROVIDER_RESUMED in [line["event"] for line in lines]
    await limiter.admit(SONNET)


async def test_a_probe_that_is_refused_doubles_the_pause(
    limiter: Limiter, clock: SteppingClock
) -> None:
    """Without another alarm."""
    await limiter.failed(await limiter.admit(HAIKU), UNAUTHORIZED)
    clock.advance(900)
    with capture_logs() as lines:
        await limiter.failed(await limiter.admit(HAIKU), UNAUTHORIZED)
    assert limiter.stop is not None
    assert limiter.stop.probe_at == START + timedelta(minutes=45)
    assert telemetry.PROVIDER_STOPPED not in [line["event"] for line in lines]


async def test_an_answer_to_a_call_from_before_does_not_end_a_stop(limiter: Limiter) -> None:
    """A spend limit lets what is out finish."""
    first, second = await limiter.admit(HAIKU), await limiter.admit(HAIKU)
    await limiter.failed(first, fault(FaultKind.STOPPED, "spend_limit_reached"))
    await limiter.answered(second, ANSWER, None)
    assert (await parked(limiter)).retry_after_s == 3_600


async def test_a_probe_that_told_nothing_makes_way_for_another(
    limiter: Limiter, clock: SteppingClock
) -> None:
    """Withdrawn, cancelled, a bad request: the next may probe. Other trouble: after a pause."""
    await limiter.failed(await limiter.admit(HAIKU), UNAUTHORIZED)
    clock.advance(900)
    await limiter.withdraw(await limiter.admit(HAIKU))
    await limiter.failed(await limiter.admit(HAIKU), fault(FaultKind.REJECTED))
    await limiter.failed(await limiter.admit(HAIKU), limited(7_200))
    assert (await parked(limiter, SONNET)).retry_after_s == 900
    clock.advance(900)
    assert (await parked(limiter, HAIKU)).wait_reason == "provider_resting"
    await limiter.admit(SONNET)


async def test_a_ticket_counts_once(limiter: Limiter) -> None:
    """A call that is told of twice must not free two places."""
    ticket = await limiter.admit(HAIKU)
    await limiter.answered(ticket, ANSWER, None)
    await limiter.failed(ticket, limited(7_200))
    await limiter.withdraw(ticket)
    await limiter.admit(HAIKU)


async def test_what_answers_used_is_what_calls_are_expected_to_use(limiter: Limiter) -> None:
    """Per model, and per stage for what it answers."""
    cautious = (
        limiter.expected_input(HAIKU.model, 600),
        limiter.expected_output(HAIKU.model, "extract", 4_000),
    )
    await limiter.answered(await limiter.admit(HAIKU), ANSWER, None)
    learned = (
        limiter.expected_input(HAIKU.model, 600),
        limiter.expected_output(HAIKU.model, "extract", 4_000),
    )
    assert (cautious, learned) == ((300, 4_000), (200, 80))


async def test_an_outage_of_the_database_costs_neither_knowledge_nor_the_call(
    limiter: Limiter, clock: SteppingClock, database: AwayDatabase
) -> None:
    """The rest holds in memory; it is told once, and not tried at every call."""
    tickets = [await limiter.admit(HAIKU) for _ in range(4)]
    with capture_logs() as lines:
        await limiter.failed(tickets[0], limited(7_200))
        for ticket in tickets[1:]:
            await limiter.answered(ticket, Usage(), None)
        assert database.attempts == 1
        clock.advance(5)
        assert (await parked(limiter)).wait_reason == "provider_resting"
    assert database.attempts == 2
    assert [line["event"] for line in lines].count(telemetry.LIMITS_UNSAVED) == 1


async def test_a_stop_that_could_not_be_written_is_tried_again(
    limiter: Limiter, clock: SteppingClock, database: AwayDatabase
) -> None:
    """A restart must not ask a provider that refuses everything."""
    await limiter.failed(await limiter.admit(HAIKU), UNAUTHORIZED)
    clock.advance(5)
    await parked(limiter)
    assert database.attempts == 2


async def test_calls_that_teach_nothing_new_write_nothing(
    limiter: Limiter, clock: SteppingClock, database: AwayDatabase
) -> None:
    """Only what is material reaches the database, never every call."""
    plain = Demand("claude-haiku-5-5", 10, 10)
    told = Allowances(requests=Allowance(1_000, 900), output_tokens=Allowance(400_000, 399_000))
    for _ in range(50):
        ticket = await limiter.admit(plain)
        await limiter.answered(ticket, Usage(input_tokens=10), told)
        clock.advance(1)
    assert database.attempts == 0


async def test_a_rest_is_told_with_its_end(limiter: Limiter, clock: SteppingClock) -> None:
    """A warning where it is long, and a line when it is over."""
    with capture_logs() as lines:
        await limiter.failed(await limiter.admit(HAIKU), limited(7_200))
        clock.advance(7_200)
        await limiter.answered(await limiter.admit(HAIKU), ANSWER, None)
    told = [(line["event"], line["log_level"]) for line in lines if "models" in line]
    assert told == [(telemetry.MODELS_RESTED, "warning"), (telemetry.MODELS_RESUMED, "info")]
    assert lines[0]["until"] == (START + timedelta(hours=2)).isoformat()
