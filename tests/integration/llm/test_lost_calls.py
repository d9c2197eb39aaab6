"""Processes that die and answers that never come: nothing is bought twice, nothing is forgotten.

A process dies here as it does when it is killed: its call is cut off where it stands, and what it
has committed stays as it is.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.errors import TransientError
from footnoted.ledger import store
from footnoted.ledger.budgets.budget import Caps
from footnoted.ledger.faults import CallFailedError, Fault, FaultKind
from footnoted.pipeline.alerts.alert import LOST_ANSWERS, SPENDING_UNKNOWN
from footnoted.pipeline.alerts.store import dismiss_alerts
from tests.fakes.machine import rows_of
from tests.fakes.model import FakeModel
from tests.fakes.shop import TIMEOUT_S, one_topic, question, raw

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tests.fakes.shop import Process, Shop

DAY = "2026-03-01"
LOST = Fault(FaultKind.BROKEN, "connection_lost", "it was cut off", may_be_billed=True)
ORPHAN_AGE_S = store.ORPHAN_AGE.total_seconds()


async def kill_while_asking(process: Process, model: FakeModel, label: str) -> None:
    """Cut a process off while the model works on its call."""
    model.scripted.setdefault(label, []).insert(0, asyncio.CancelledError())
    with pytest.raises(TransientError):
        await process.ask(question(label))


async def kill_before_sending(process: Process, label: str) -> None:
    """Cut a process off between its reservation and the call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "mark_sent", _die)
        with pytest.raises(TransientError):
            await process.ask(question(label))


async def _die(*_: Any) -> bool:
    raise asyncio.CancelledError


async def waits(process: Process, *labels: str) -> tuple[str, float | None]:
    """Return what a process that asks is told to wait for, and how long."""
    with pytest.raises(TransientError) as caught:
        await process.ask(*(question(label) for label in labels))
    return caught.value.wait_reason, caught.value.retry_after_s


async def _reason(ended: Awaitable[object]) -> str:
    with pytest.raises(TransientError) as caught:
        await ended
    return caught.value.wait_reason


@pytest.mark.parametrize("dies_after", ["reserving", "marking it sent"])
async def test_a_process_that_stops_in_peace_holds_no_money_for_what_it_never_sent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, dies_after: str
) -> None:
    """Told to stop between two commits, it gives back what the next start could not know of."""
    process = await shop.opened(FakeModel("dear"))
    if dies_after == "reserving":
        await kill_before_sending(process, "a")
    else:
        monkeypatch.setattr(process.purchaser, "_ask", _die)
        assert (await waits(process, "a"))[0] == "stopping"
    held = await shop.books()
    await process.gateway.settled()
    assert held == [(DAY, 0, 10)]
    assert (await shop.calls(), await shop.books()) == ([("a", "released", 0)], [(DAY, 0, 0)])


async def test_an_answer_that_is_lost_stays_held_and_is_bought_anew(shop: Shop) -> None:
    """It may have been billed: the books count it at its worst, for good."""
    model = FakeModel("dear")
    model.say("a", CallFailedError(LOST), raw(one_topic("a"), 3))
    process = await shop.opened(model)
    assert (await waits(process, "a"))[0] == "provider_resting"
    assert (await shop.calls(), await shop.books()) == ([("a", "unknown", 0)], [(DAY, 0, 10)])
    shop.clock.advance(5)
    assert await process.ask(question("a")) == [["a"]]
    assert await shop.calls() == [("a", "unknown", 0), ("a", "usable", 1)]
    assert await shop.books() == [(DAY, 3, 10)]


async def test_a_person_hears_of_lost_answers_and_dismisses_what_was_seen(shop: Shop) -> None:
    """One alert for all of them; after it was dismissed, for those that were lost since."""
    model = FakeModel("dear")
    for label in "abc":
        model.say(label, CallFailedError(LOST))
    process = await shop.opened(model)
    for label in "ab":
        shop.clock.advance(60)
        await waits(process, label)
    ((message,),) = await rows_of(shop.database, "SELECT message FROM alerts")
    assert message.startswith("2 calls may have been billed and their answers were lost; $20")
    async with shop.database.transaction() as session:
        await dismiss_alerts(session, SPENDING_UNKNOWN, shop.clock.now())
    shop.clock.advance(60)
    await waits(process, "c")
    assert await shop.alerts() == [(SPENDING_UNKNOWN, LOST_ANSWERS)]
    ((message,),) = await rows_of(shop.database, "SELECT message FROM alerts")
    assert message.startswith("1 call may have been billed and its answer was lost; $10")


async def test_a_person_hears_of_calls_whose_process_died(shop: Shop) -> None:
    """When their deadline has passed, and not before."""
    model = FakeModel("dear")
    await kill_while_asking(await shop.opened(model), model, "a")
    other = await shop.opened(model)
    await other.ask(question("b"))
    assert await shop.alerts() == []
    shop.clock.advance(TIMEOUT_S + 61)
    await other.ask(question("c"))
    assert await shop.alerts() == [(SPENDING_UNKNOWN, LOST_ANSWERS)]


async def test_a_call_of_a_dead_process_is_unknown_only_after_its_own_deadline(shop: Shop) -> None:
    """Not because another starts: the answer might still be journaled."""
    model = FakeModel("dear")
    await kill_while_asking(await shop.opened(model), model, "a")
    other = await shop.opened(model)
    assert (await waits(other, "a"))[0] == "call_in_flight"
    assert await shop.calls() == [("a", "sent", 0)]
    shop.clock.advance(TIMEOUT_S)
    assert (await waits(other, "a"))[0] == "call_in_flight"
    shop.clock.advance(61)
    assert await other.ask(question("a")) == [[]]
    assert await shop.calls() == [("a", "unknown", 0), ("a", "usable", 1)]
    assert await shop.books() == [(DAY, 1, 10)]


async def test_a_call_that_proves_unbilled_after_its_deadline_is_unknown_no_more(
    shop: Shop,
) -> None:
    """A slow machine may give it up before its refusal is read; its money comes back with it."""
    model = FakeModel("dear", held=asyncio.Event())
    refusal = Fault(FaultKind.UNAVAILABLE, "server_error", "500", may_be_billed=False)
    model.say("a", CallFailedError(refusal))
    slow = await shop.opened(model)
    asking = asyncio.create_task(waits(slow, "a"))
    while not model.asked:  # noqa: ASYNC110 - a fake that is asked tells nobody
        await asyncio.sleep(0.01)
    shop.clock.advance(TIMEOUT_S + 61)
    await (await shop.opened(FakeModel("dear"))).ask(question("b"))
    assert await shop.calls() == [("a", "unknown", 0), ("b", "usable", 0)]
    assert model.held is not None
    model.held.set()
    await asking
    assert await shop.calls() == [("a", "released", 0), ("b", "usable", 0)]
    assert await shop.books() == [(DAY, 1, 0)]


async def test_an_answer_that_does_not_come_in_time_is_a_lost_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time limit of a call ends the waiting for it, not what it holds."""
    monkeypatch.setattr("tests.fakes.shop.TIMEOUT_S", 0.05)
    model = FakeModel("dear", held=asyncio.Event())
    assert (await waits(await shop.opened(model), "a"))[0] == "provider_resting"
    assert (await shop.calls(), await shop.books()) == ([("a", "unknown", 0)], [(DAY, 0, 10)])


async def test_a_reservation_of_the_dead_is_taken_over_and_held_once(shop: Shop) -> None:
    """It was never sent; after a while somebody else's call takes its row, and its money back."""
    model = FakeModel("dear")
    await kill_before_sending(await shop.opened(model), "a")
    assert (await shop.calls(), await shop.books()) == ([("a", "reserved", 0)], [(DAY, 0, 10)])
    other = await shop.opened(model)
    assert (await waits(other, "a"))[0] == "call_in_flight"
    shop.clock.advance(ORPHAN_AGE_S + 1)
    await other.ask(question("a"))
    assert (await shop.calls(), await shop.books()) == ([("a", "usable", 0)], [(DAY, 1, 0)])
    assert model.asked == ["a"]


async def test_the_only_daemon_gives_back_what_the_dead_reserved(shop: Shop) -> None:
    """At its start, without waiting for their age; a call that was sent stays held."""
    model = FakeModel("dear")
    await kill_before_sending(await shop.opened(model), "a")
    await kill_while_asking(await shop.opened(model), model, "b")
    async with shop.database.transaction() as session:
        assert await store.release_orphans(session, ["extractive"]) == 1
    assert await shop.calls() == [("a", "released", 0), ("b", "sent", 0)]
    assert await shop.books() == [(DAY, 0, 10)]


async def test_what_was_answered_before_a_kill_is_replayed_for_nothing(shop: Shop) -> None:
    """F12: a crash after the call pays nothing twice; only what was never asked is bought."""
    model = FakeModel("dear")
    model.say("a", raw(one_topic("a"), 3))
    dead = await shop.opened(model)
    await dead.ask(question("a"))
    model.asked.clear()
    await kill_while_asking(dead, model, "b")
    shop.clock.advance(TIMEOUT_S + 61)
    after = await shop.opened(model)
    assert await after.ask(question("a"), question("b"), question("c")) == [["a"], [], []]
    assert sorted(model.asked) == ["b", "b", "c"]
    assert await shop.books() == [(DAY, 5, 10)]


async def test_two_processes_that_ask_the_same_at_once_buy_it_once(shop: Shop) -> None:
    """One sends; the other waits and replays, whatever item asks."""
    model = FakeModel("dear", held=asyncio.Event())
    processes = [await shop.opened(model) for _ in range(4)]
    asking = [
        asyncio.create_task(process.ask(question("a"), item=number))
        for number, process in enumerate(processes)
    ]
    ended = asyncio.as_completed(asking, timeout=5)
    reasons = [await _reason(next(ended)) for _ in range(3)]
    assert model.held is not None
    model.held.set()
    assert (reasons, await next(ended)) == (["call_in_flight"] * 3, [[]])
    for number, process in enumerate(processes):
        assert await process.ask(question("a"), item=number) == [[]]
    assert (model.asked, await shop.books()) == (["a"], [(DAY, 1, 0)])


async def test_money_that_lost_answers_hold_is_never_spent_again(shop: Shop) -> None:
    """C22: a cap of $25 buys two calls of $10 whose answers are lost, and no third."""
    model = FakeModel("dear")
    for label in "ab":
        model.say(label, CallFailedError(LOST))
    process = await shop.opened(model, caps=Caps(day=Decimal(25)))
    for label in "ab":
        shop.clock.advance(60)
        await waits(process, label)
    shop.clock.advance(60)
    with pytest.raises(Exception, match=r"\$20 held for lost answers"):
        await process.ask(question("c"))
    assert await shop.books() == [(DAY, 0, 20)]
