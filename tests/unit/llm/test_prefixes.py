"""Prefixes that calls share: cached where that pays, and written by one call before the others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from footnoted.llm.prefixes import Prefixes
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from footnoted.llm.prefixes import PrefixUse

LIFE_S = 300.0
"""How long an entry lives after its last use (Anthropic's page on prompt caching)."""


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that stands still."""
    return FakeClock()


@pytest.fixture
def prefixes(clock: FakeClock) -> Prefixes:
    """Return what remembers prefixes, with none known."""
    return Prefixes(clock)


async def settled(task: asyncio.Task[PrefixUse]) -> bool:
    """Return whether a call goes on without anybody's help."""
    for _ in range(5):
        await asyncio.sleep(0)
    return task.done()


async def test_a_prefix_that_is_used_once_is_not_cached(prefixes: Prefixes) -> None:
    """Writing costs a quarter more, and nobody would read it."""
    use = await prefixes.use("p", siblings=1)
    assert (use.caches, use.is_warm) == (False, False)


async def test_a_second_use_soon_after_the_first_pays(prefixes: Prefixes, clock: FakeClock) -> None:
    """Calls that come one after another share a prefix too; another prefix is another."""
    await prefixes.use("p", siblings=1)
    clock.advance(60)
    again, other = await prefixes.use("p", siblings=1), await prefixes.use("q", siblings=1)
    assert (again.caches, again.is_warm, other.caches) == (True, False, False)


async def test_a_second_use_after_the_life_of_an_entry_does_not_pay(
    prefixes: Prefixes, clock: FakeClock
) -> None:
    """What the first had written would be gone."""
    await prefixes.use("p", siblings=1)
    clock.advance(LIFE_S)
    assert not (await prefixes.use("p", siblings=1)).caches


async def test_of_a_fan_out_one_call_writes_and_the_others_wait_to_read(
    prefixes: Prefixes,
) -> None:
    """An entry can be read when the answer of its writer has begun."""
    first = await prefixes.use("p", siblings=3)
    others = [asyncio.create_task(prefixes.use("p", siblings=3)) for _ in range(2)]
    waited = [not await settled(other) for other in others]
    first.settle(True)  # noqa: FBT003 - a callback
    uses = [await other for other in others]
    assert (first.caches, first.is_warm, waited) == (True, False, [True, True])
    assert [(use.caches, use.is_warm) for use in uses] == [(True, True)] * 2


async def test_when_the_writer_fails_the_next_call_writes(prefixes: Prefixes) -> None:
    """The others go on waiting for that one."""
    first = await prefixes.use("p", siblings=3)
    others = [asyncio.create_task(prefixes.use("p", siblings=3)) for _ in range(2)]
    await settled(others[0])
    first.settle(False)  # noqa: FBT003 - a callback
    second = await others[0]
    assert (second.caches, second.is_warm, await settled(others[1])) == (True, False, False)
    second.settle(True)  # noqa: FBT003 - a callback
    assert (await others[1]).is_warm


async def test_what_was_told_once_is_not_told_again(prefixes: Prefixes) -> None:
    """A call that ends after its answer began tells nothing new."""
    first = await prefixes.use("p", siblings=2)
    first.settle(True)  # noqa: FBT003 - a callback
    first.settle(False)  # noqa: FBT003 - the same
    assert (await prefixes.use("p", siblings=2)).is_warm


async def test_an_entry_lives_from_its_last_use(prefixes: Prefixes, clock: FakeClock) -> None:
    """A read refreshes it; once its time is up it is written again."""
    (await prefixes.use("p", siblings=2)).settle(True)  # noqa: FBT003 - a callback
    for _ in range(3):
        clock.advance(200)
        assert (await prefixes.use("p", siblings=2)).is_warm
    clock.advance(LIFE_S)
    late = await prefixes.use("p", siblings=2)
    assert (late.caches, late.is_warm) == (True, False)


async def test_a_prefix_is_shared_by_a_wave_or_with_somebody_just_now(
    prefixes: Prefixes, clock: FakeClock
) -> None:
    """Of calls that come one by one the first cannot know of the others."""
    assert prefixes.is_shared("wave", siblings=2)
    first, second = (prefixes.is_shared("one by one", siblings=1) for _ in range(2))
    clock.advance(LIFE_S)
    assert (first, second, prefixes.is_shared("one by one", siblings=1)) == (False, True, False)
