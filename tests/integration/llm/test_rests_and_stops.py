"""A provider that rests or refuses everything: work waits for it, also over a restart.

Faults F13 and C16 of docs/faults.md (a burst of 429s that fails videos) and F14 (a pause
between videos that called nothing) are tried here.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import TransientError
from footnoted.ledger.faults import CallFailedError, FaultKind
from footnoted.llm.routes import Routes
from footnoted.model.claim import Claim
from footnoted.model.outcome import Waiting
from footnoted.model.status import ItemKind
from footnoted.pipeline.alerts.alert import MODEL_PROVIDER, PROVIDER_STOPPED
from footnoted.pipeline.gate import Limits, Moment, change, judge
from footnoted.pipeline.paid import pay_nothing
from tests.fakes.model import FakeModel
from tests.fakes.shop import question
from tests.fakes.stepping import fault

if TYPE_CHECKING:
    from tests.fakes.shop import Process, Shop

TWO_HOURS_S = 7_200.0
LIMITED = CallFailedError(fault(FaultKind.RATE_LIMITED, retry_after_s=TWO_HOURS_S))
NO_CREDIT = CallFailedError(fault(FaultKind.STOPPED, "credit_missing"))
STOPPED = (PROVIDER_STOPPED, MODEL_PROVIDER)


async def parked(process: Process, *labels: str) -> TransientError:
    """Return the wait that a wave is told of."""
    with pytest.raises(TransientError) as caught:
        await process.ask(*(question(label) for label in labels))
    return caught.value


async def test_a_429_of_hours_parks_work_over_a_restart_with_one_probe(shop: Shop) -> None:
    """C16: nothing is asked for two hours, then once, then everything."""
    model = FakeModel("dear")
    model.say("a", LIMITED)
    first = await parked(await shop.opened(model), "a")
    assert (first.wait_reason, first.retry_after_s) == ("rate_limited", TWO_HOURS_S)
    assert await shop.calls() == [("a", "released", 0)]
    shop.clock.advance(3_600)
    again = await shop.opened(model)
    wait = await parked(again, "a", "b", "c")
    assert wait.retry_after_s is not None
    assert 3_600 <= wait.retry_after_s <= 3_600 * 1.5
    assert model.asked == ["a"]
    shop.clock.advance(3_601)
    model.held = asyncio.Event()
    wave = [asyncio.create_task(again.ask(question(label))) for label in "abc"]
    async with asyncio.timeout(5):
        while model.asked == ["a"]:  # noqa: ASYNC110 - a fake that is asked tells nobody
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert len(model.asked) == 2
    model.held.set()
    await asyncio.gather(*wave, return_exceptions=True)
    for label in "abc":
        await again.ask(question(label))
    assert sorted(model.asked) == ["a", "a", "b", "c"]
    assert await shop.books() == [("2026-03-01", 3, 0)]


async def test_no_burst_of_429s_spends_an_attempt(shop: Shop) -> None:
    """F13: what the machine makes of each of them is a wait."""
    model = FakeModel("dear")
    process = await shop.opened(model)
    claim = Claim(ItemKind.VIDEO, 1, "techniques", "transcribed", fence=1, attempts=1)
    for _ in range(10):
        model.say("a", LIMITED)
        error = await parked(process, "a")
        moment = Moment(shop.clock.now(), 0.0)
        outcome = judge(error, moment, Limits(max_attempts=3))
        assert isinstance(outcome, Waiting)
        written = change(claim, outcome, moment, Limits(max_attempts=3))
        assert written is not None
        assert (written.status, written.attempts) == ("transcribed", 1)
        assert outcome.until - moment.now >= timedelta(hours=1)
        shop.clock.advance(TWO_HOURS_S + 1)
    assert [(spent, held) for _, spent, held in await shop.books()] == [(0, 0), (0, 0)]


async def test_a_stop_is_told_once_and_probed_by_one_call_a_window(shop: Shop) -> None:
    """Without credit nothing is asked of any model; an answer to the probe ends the alert."""
    model = FakeModel("dear")
    model.say("a", NO_CREDIT)
    assert (await parked(await shop.opened(model), "a")).wait_reason == "provider_stopped"
    assert (await shop.alerts(), await shop.calls()) == ([STOPPED], [("a", "released", 0)])
    restarted = await shop.opened(model)
    assert (await parked(restarted, "a", "b", "c")).wait_reason == "provider_stopped"
    assert model.asked == ["a"]
    shop.clock.advance(15 * 60 + 1)
    model.say("a", NO_CREDIT)
    model.say("b", NO_CREDIT)
    model.say("c", NO_CREDIT)
    assert (await parked(restarted, "a", "b", "c")).wait_reason == "provider_stopped"
    assert len(model.asked) == 2
    assert await shop.alerts() == [STOPPED]
    model.scripted.clear()
    shop.clock.advance(6 * 3_600)
    await parked(restarted, "a", "b", "c")  # one of them probes, and is answered
    assert len(model.asked) == 3
    await restarted.ask(*(question(label) for label in "abc"))
    assert await shop.alerts() == []


async def test_another_key_ends_a_stop_and_its_alert(shop: Shop) -> None:
    """A person acted: the first call goes out at once."""
    model = FakeModel("dear")
    model.say("a", NO_CREDIT)
    await parked(await shop.opened(model), "a")
    assert await shop.alerts() == [STOPPED]
    process = await shop.opened(model, key="another")
    assert await shop.alerts() == []
    assert await process.ask(question("a")) == [[]]


async def test_taking_the_key_away_ends_the_alert_of_a_stop(shop: Shop) -> None:
    """Nothing is asked of the provider any more, so no call could end it."""
    model = FakeModel("dear")
    model.say("a", NO_CREDIT)
    await parked(await shop.opened(model), "a")
    free = FakeModel("extractive", is_free=True)
    await pay_nothing(Routes((free,)), shop.database, shop.clock).load()
    assert await shop.alerts() == []


async def test_the_pause_between_videos_follows_only_calls_that_were_made(shop: Shop) -> None:
    """F14: what is replayed, and what finds no room, spaces nothing."""
    model = FakeModel("dear")
    await (await shop.opened(model)).ask(question("a"))
    process = await shop.opened(model, sleep_s=30)
    await process.ask(question("a"), item=2)
    await process.ask(question("b"), item=3)
    assert await process.ask(question("b"), item=4) == [[]]
    wait = await _spaced(process, "c", 4)
    assert (wait.wait_reason, wait.retry_after_s) == ("inter_video_sleep", 30)
    shop.clock.advance(30)
    await process.ask(question("c"), item=4)
    assert model.asked == ["a", "b", "c"]


async def _spaced(process: Process, label: str, item: int) -> TransientError:
    with pytest.raises(TransientError) as caught:
        await process.ask(question(label), item=item)
    return caught.value
