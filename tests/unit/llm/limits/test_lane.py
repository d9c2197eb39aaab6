"""The queue before one class of models."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.errors import TransientError
from footnoted.ledger.faults import Allowance, Allowances, Fault, FaultKind
from footnoted.llm.limits.classes import Limits
from footnoted.llm.limits.lane import Lane
from footnoted.llm.limits.tickets import Bounds, Demand
from footnoted.llm.port import Usage
from tests.emulator.configuration import Limits as ProviderLimits
from tests.fakes.stepping import SteppingClock, StrictProvider, fault, limited, settle

if TYPE_CHECKING:
    from footnoted.llm.limits.tickets import Ticket

LIMITS = Limits(requests=600, input_tokens=60_000, output_tokens=6_000)
WIDE = Bounds(burst_s=1.0, start_concurrent=64)
SMALL = Demand("m", 10, 10)


@pytest.fixture
def clock() -> SteppingClock:
    """Return a clock that jumps."""
    return SteppingClock()


def lane(clock: SteppingClock, bounds: Bounds = WIDE, limits: Limits = LIMITS) -> Lane:
    """Return a lane with ten requests, 1,000 input and 100 output tokens a second."""
    return Lane("m", limits, clock, bounds)


async def admit(one: Lane, demand: Demand = SMALL) -> Ticket:
    """Return a ticket."""
    return await one.admit(demand, probes_stop=False)


async def admitted_at(one: Lane, clock: SteppingClock, demand: Demand) -> float:
    """Return when a call was let out."""
    await admit(one, demand)
    return clock.monotonic_s()


def refusal_of(waiting: asyncio.Task[Ticket]) -> TransientError:
    """Return what a waiter was parked with."""
    error = waiting.exception()
    assert isinstance(error, TransientError)
    return error


async def test_calls_wake_exactly_when_their_turn_has_come(clock: SteppingClock) -> None:
    """100 output tokens are there; the rest comes at 100 a second; nobody polls."""
    one = lane(clock)
    demand = Demand("m", 1, 50)
    times = await clock.run(*(admitted_at(one, clock, demand) for _ in range(5)))
    assert times == pytest.approx([0, 0, 0.5, 1.0, 1.5], abs=0.001)


async def test_a_large_call_is_not_starved_by_small_ones(clock: SteppingClock) -> None:
    """It came before them, so it goes before them."""
    one = lane(clock)
    await admit(one, Demand("m", 1, 100))
    order: list[str] = []

    async def go(name: str, demand: Demand) -> None:
        await admit(one, demand)
        order.append(name)

    await clock.run(
        go("large", Demand("m", 1, 90)), *(go(f"small {n}", Demand("m", 1, 1)) for n in range(5))
    )
    assert order == ["large", *(f"small {n}" for n in range(5))]


async def test_a_call_larger_than_a_bucket_goes_alone_when_the_bucket_is_full(
    clock: SteppingClock,
) -> None:
    """It is neither parked nor held for ever, even if it takes longer than others may wait."""
    one = lane(clock, Bounds(max_wait_s=1.0, burst_s=1.0))
    await admit(one, Demand("m", 1, 60))
    (at_s,) = await clock.run(admitted_at(one, clock, Demand("m", 1, 5_000)))
    assert at_s == pytest.approx(0.6, abs=0.001)


async def test_a_turn_that_is_too_far_away_parks_the_call(clock: SteppingClock) -> None:
    """With its time, spread by the jitter."""
    one = lane(clock)
    clock.jitter_value = 0.5
    await admit(one, Demand("m", 1, 8_100))
    with pytest.raises(TransientError) as caught:
        await admit(one)
    assert caught.value.wait_reason == "rate_limited"
    assert caught.value.retry_after_s == pytest.approx(80 + 0.5 * 8)


async def test_those_who_wait_are_charged_what_calls_like_theirs_took(clock: SteppingClock) -> None:
    """Not the most they may take, which was all that was known when they came; only they are."""
    one = lane(clock)
    first = await admit(one, Demand("m", 1, 100, stage="extract"))
    alike = asyncio.create_task(admitted_at(one, clock, Demand("m", 1, 100, stage="extract")))
    other = asyncio.create_task(admitted_at(one, clock, Demand("m", 1, 100, stage="compose")))
    await settle()
    one.answered(first, Usage(input_tokens=1, output_tokens=20), None)
    while not other.done():
        await clock.step()
    assert await alike == pytest.approx(0.0, abs=0.001)
    assert await other == pytest.approx(0.4, abs=0.001)


async def test_a_cancelled_waiter_leaves_the_line(clock: SteppingClock) -> None:
    """Those behind it move up."""
    one = lane(clock)
    await admit(one, Demand("m", 1, 100))
    large = asyncio.create_task(admit(one, Demand("m", 1, 100)))
    small = asyncio.create_task(admitted_at(one, clock, Demand("m", 1, 10)))
    await settle()
    large.cancel()
    await clock.step()
    assert await small == pytest.approx(0.1, abs=0.001)
    assert large.cancelled()


async def test_a_waiter_cancelled_as_its_turn_comes_gives_its_ticket_back(
    clock: SteppingClock,
) -> None:
    """The ticket was made and nobody can hand it back but the lane."""
    one = lane(clock, Bounds(start_concurrent=1, max_concurrent=1))
    first = await admit(one)
    waiting = asyncio.create_task(admit(one))
    await settle()
    one.withdraw(first)
    waiting.cancel()
    await settle()
    assert waiting.cancelled()
    await clock.run(admit(one))


async def test_no_more_calls_are_out_than_the_window_allows(clock: SteppingClock) -> None:
    """The next goes when one comes back."""
    one = lane(clock, Bounds(start_concurrent=2, max_concurrent=2))
    first, _ = await admit(one), await admit(one)
    third = asyncio.create_task(admit(one))
    await settle()
    assert not third.done()
    one.answered(first, Usage(input_tokens=10, output_tokens=10), None)
    assert (await third).is_open


async def test_who_waits_for_a_free_place_is_parked_at_last(clock: SteppingClock) -> None:
    """A stage must not run into its time limit because a limit is used up."""
    one = lane(clock, Bounds(start_concurrent=1, max_concurrent=1, patience_s=50))
    await admit(one)
    waiting = asyncio.create_task(admit(one))
    await clock.step()
    assert refusal_of(waiting).wait_reason == "rate_limited"
    assert clock.monotonic_s() == pytest.approx(50)


async def test_after_a_rest_one_call_probes_and_the_others_follow_its_answer(
    clock: SteppingClock,
) -> None:
    """Exactly one."""
    one = lane(clock)
    one.failed(await admit(one), limited(10))
    tasks = [asyncio.create_task(admit(one)) for _ in range(5)]
    await settle()
    assert [task.done() for task in tasks] == [False] * 5
    await clock.step()
    assert clock.monotonic_s() == pytest.approx(10)
    assert [task.done() for task in tasks] == [True] + [False] * 4
    one.answered(tasks[0].result(), Usage(input_tokens=10, output_tokens=10), None)
    await settle()
    assert [task.done() for task in tasks] == [True] * 5


async def test_a_probe_that_is_withdrawn_or_rejected_makes_way(clock: SteppingClock) -> None:
    """It told nothing about the limit."""
    one = lane(clock)
    one.failed(await admit(one), limited(10))
    clock.advance(10)
    first = await admit(one)
    second = asyncio.create_task(admit(one))
    third = asyncio.create_task(admit(one))
    await settle()
    assert (first.is_probe, second.done()) == (True, False)
    one.withdraw(first)
    await settle()
    assert (second.result().is_probe, third.done()) == (True, False)
    one.failed(second.result(), fault(FaultKind.REJECTED))
    await settle()
    assert third.result().is_probe


async def test_a_long_rest_parks_everybody_with_its_time(clock: SteppingClock) -> None:
    """Those who wait, those who come; a running wait is not slept out."""
    one = lane(clock, Bounds(start_concurrent=1, max_concurrent=1))
    first = await admit(one)
    waiting = asyncio.create_task(admit(one))
    await settle()
    one.failed(first, limited(7_200))
    await settle()
    assert refusal_of(waiting).wait_reason == "provider_resting"
    assert refusal_of(waiting).retry_after_s == 7_200
    with pytest.raises(TransientError, match="rests"):
        await admit(one)


async def test_refusals_that_come_together_halve_the_window_once(clock: SteppingClock) -> None:
    """Sixteen calls were out; eight may be, not one."""
    one = lane(clock, Bounds(start_concurrent=16, burst_s=10))
    tickets = [await admit(one) for _ in range(16)]
    for ticket in tickets:
        one.failed(ticket, limited(1))
    clock.advance(1)
    one.answered(await admit(one), Usage(input_tokens=10, output_tokens=10), None)
    out = [asyncio.create_task(admit(one)) for _ in range(16)]
    await settle()
    assert sum(task.done() for task in out) == 8
    for task in out:
        task.cancel()


@pytest.mark.parametrize("kind", [FaultKind.REJECTED, FaultKind.TOO_LARGE])
async def test_a_bad_request_takes_nothing_and_rests_nobody(
    clock: SteppingClock, kind: FaultKind
) -> None:
    """It is the request's fault."""
    one = lane(clock)
    ticket = await admit(one, Demand("m", 1, 100))
    one.failed(ticket, fault(kind))
    assert one.pool.output_tokens.level(0.0) == 100
    await admit(one)


async def test_a_call_that_may_have_been_billed_keeps_its_charge(clock: SteppingClock) -> None:
    """The provider may have counted it."""
    one = lane(clock)
    ticket = await admit(one, Demand("m", 1, 100))
    one.failed(ticket, Fault(FaultKind.BROKEN, "timeout", "", may_be_billed=True))
    assert one.pool.output_tokens.level(0.0) == 0


async def test_an_answer_puts_what_it_used_in_the_place_of_what_was_expected(
    clock: SteppingClock,
) -> None:
    """Cache reads don't count, cache writes do; output may go into debt."""
    one = lane(clock)
    usage = Usage(
        input_tokens=100, cache_creation_5m_tokens=200, cache_read_tokens=9_000, output_tokens=150
    )
    one.answered(await admit(one, Demand("m", 900, 50)), usage, None)
    levels = (one.pool.input_tokens.level(0.0), one.pool.output_tokens.level(0.0))
    assert levels == (700, -50)


async def test_calls_in_flight_are_no_proof_of_room(clock: SteppingClock) -> None:
    """The provider counts output as it is produced.

    So what was out when a call was let out, or went out after it, may not be counted in what its
    answer tells; what had been answered before is.
    """
    one = lane(clock)
    answered = await admit(one, Demand("m", 1, 10))
    one.answered(answered, Usage(input_tokens=1, output_tokens=10), None)
    _out, asked = await admit(one, Demand("m", 1, 40)), await admit(one, Demand("m", 1, 30))
    _later = await admit(one, Demand("m", 1, 20))
    told = Allowances(output_tokens=Allowance(6_000, 1_090))
    one.answered(asked, Usage(input_tokens=1, output_tokens=30), told)
    assert one.pool.output_tokens.capacity == pytest.approx((1_090 - 40 - 30 - 20) * 0.95)


async def test_a_refusal_takes_back_what_was_believed_of_the_burst(clock: SteppingClock) -> None:
    """The provider refused what should have fitted; a lost connection says nothing of it."""
    one = lane(clock)
    told = Allowances(output_tokens=Allowance(6_000, 6_000))
    one.answered(await admit(one), Usage(input_tokens=10, output_tokens=10), told)
    one.failed(await admit(one), fault(FaultKind.BROKEN))
    clock.advance(1)
    believed = one.pool.output_tokens.capacity
    one.failed(await admit(one), limited(1))
    assert believed > 5_000
    assert one.pool.output_tokens.capacity == 100


CALLS = st.lists(
    st.tuples(
        st.floats(0, 0.5),  # comes so long after the one before
        st.integers(1, 900),  # input tokens
        st.integers(1, 90),  # output tokens
        st.floats(0, 1),  # share of it that was produced
        st.floats(0.01, 5),  # takes so long
    ),
    min_size=1,
    max_size=60,
)


async def drained(
    calls: list[tuple[float, int, int, float, float]], burst_s: float
) -> tuple[StrictProvider, SteppingClock]:
    """Return a provider after all calls were made through a lane, in virtual time."""
    clock = SteppingClock()
    one = lane(clock, Bounds(max_wait_s=1e9, patience_s=1e9, start_concurrent=4))
    sizes = ProviderLimits(rpm=LIMITS.requests, itpm=LIMITS.input_tokens, otpm=LIMITS.output_tokens)
    provider = StrictProvider(clock, sizes, burst_s)

    async def work(at_s: float, demand: Demand, share: float, latency_s: float) -> None:
        await clock.sleep(at_s)
        ticket = await admit(one, demand)
        produced = max(1, int(demand.output_tokens * share))
        usage = Usage(input_tokens=demand.input_tokens, output_tokens=produced)
        told = await provider.call(usage, latency_s)
        if isinstance(told, Fault):
            one.failed(ticket, told)
        else:
            one.answered(ticket, usage, told)

    at_s, works = 0.0, []
    for gap_s, tokens_in, tokens_out, share, latency_s in calls:
        at_s += gap_s
        works.append(work(at_s, Demand("m", tokens_in, tokens_out), share, latency_s))
    await clock.run(*works)
    return provider, clock


@given(CALLS, st.sampled_from([1.0, 5.0, 60.0]))
def test_a_provider_that_keeps_its_limits_refuses_nothing(
    calls: list[tuple[float, int, int, float, float]], burst_s: float
) -> None:
    """By the emulator's buckets, whether it holds a limit over a second or over a minute."""
    provider, _ = asyncio.run(drained(calls, burst_s))
    assert provider.refused == []


@pytest.mark.parametrize("burst_s", [1.0, 60.0])
def test_a_backlog_is_served_at_the_limit(burst_s: float) -> None:
    """The makespan is within a twentieth of what the limit and its burst allow."""
    count, tokens, latency_s = 200, 90, 2.0
    calls = [(0.0, 10, tokens, 1.0, latency_s)] * count
    provider, clock = asyncio.run(drained(calls, burst_s))
    burst = LIMITS.output_tokens * burst_s / 60
    least_s = (count * tokens - burst) / (LIMITS.output_tokens / 60)
    assert provider.refused == []
    assert provider.output_tokens == count * tokens
    assert clock.monotonic_s() <= 1.05 * least_s + latency_s
