"""The pause between two videos that called a paid model."""

from __future__ import annotations

import asyncio

import pytest

from footnoted.errors import TransientError
from footnoted.llm.limits.spacing import Spacing
from tests.fakes.stepping import SteppingClock, settle


@pytest.fixture
def clock() -> SteppingClock:
    """Return a clock that jumps."""
    return SteppingClock()


async def test_calls_of_one_item_flow(clock: SteppingClock) -> None:
    """At once, and one after the other."""
    spacing = Spacing(clock, 30)
    await spacing.enter("a")
    await spacing.enter("a")
    spacing.left("a")
    spacing.left("a")
    await spacing.enter("a")


async def test_another_item_is_parked_until_the_pause_is_over(clock: SteppingClock) -> None:
    """The time counts from the last call of the item before."""
    spacing = Spacing(clock, 30)
    await spacing.enter("a")
    clock.advance(100)
    spacing.left("a")
    clock.advance(10)
    with pytest.raises(TransientError) as caught:
        await spacing.enter("b")
    assert (caught.value.wait_reason, caught.value.retry_after_s) == ("inter_video_sleep", 20)
    clock.advance(20)
    await spacing.enter("b")


async def test_nobody_enters_while_another_item_is_inside(clock: SteppingClock) -> None:
    """Its last call is not over, however long ago it began."""
    spacing = Spacing(clock, 30)
    await spacing.enter("a")
    clock.advance(100)
    with pytest.raises(TransientError):
        await spacing.enter("b")


async def test_a_short_rest_of_the_pause_is_waited_for(clock: SteppingClock) -> None:
    """Of two that wait, one enters and the other is parked."""
    spacing = Spacing(clock, 30)
    await spacing.enter("a")
    spacing.left("a")
    clock.advance(28)
    waiting = [asyncio.create_task(spacing.enter(item)) for item in ("b", "c")]
    await settle()
    assert [task.done() for task in waiting] == [False, False]
    await clock.step()
    assert waiting[0].exception() is None
    assert isinstance(waiting[1].exception(), TransientError)


async def test_an_item_that_did_not_call_spaces_nothing(clock: SteppingClock) -> None:
    """Its answers were replayed, or its call was withdrawn."""
    spacing = Spacing(clock, 30)
    await spacing.enter("a")
    spacing.left("a", called=False)
    await spacing.enter("b")


async def test_no_pause_lets_everybody_pass(clock: SteppingClock) -> None:
    """The default."""
    spacing = Spacing(clock, 0)
    await spacing.enter("a")
    await spacing.enter("b")
    spacing.left("a")
    await spacing.enter("c")
