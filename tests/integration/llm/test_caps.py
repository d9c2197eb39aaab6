"""Caps that no interleaving exceeds, and what work that finds no room is told to wait for.

Fault F12 of docs/faults.md (a cap that was checked against what was stored, not against what was on
its way) and C22 (bills beyond their caps) are tried here.
"""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import (
    ContractViolationError,
    DependencyDownError,
    TransientError,
)
from footnoted.ledger.budgets.budget import CapReachedError, Caps, Scope
from footnoted.ledger.faults import CallFailedError, Fault, FaultKind
from footnoted.pipeline.alerts.alert import CALL_COST_MORE, COST_CAP_REACHED, MODEL_PRICES
from tests.fakes.clock import FakeClock
from tests.fakes.machine import add_videos
from tests.fakes.model import FakeModel
from tests.fakes.shop import open_shop, question, raw

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.db.session import Database
    from tests.fakes.shop import Process, Shop

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
LOST = Fault(FaultKind.BROKEN, "connection_lost", "it was cut off", may_be_billed=True)


async def refused(process: Process, label: str, item: int = 1) -> CapReachedError:
    """Return the cap that leaves no room for a call."""
    with pytest.raises(CapReachedError) as caught:
        await process.ask(question(label), item=item)
    return caught.value


async def holding(shop: Shop, model: FakeModel, label: str, caps: Caps) -> asyncio.Task[object]:
    """Return a call that is on its way, from a process of its own."""
    model.held = asyncio.Event()
    process = await shop.opened(model, caps=caps)
    asking = asyncio.create_task(process.ask(question(label)))
    async with asyncio.timeout(5):
        while label not in model.asked:  # noqa: ASYNC110 - a fake that is asked tells nobody
            await asyncio.sleep(0.01)
    return asking


async def test_a_call_is_sent_only_with_room_for_its_worst_case(shop: Shop) -> None:
    """A cap of $13: after $4 there is no room for $10, until the day is over."""
    model = FakeModel("dear")
    model.say("a", raw('{"topics": []}', 4))
    process = await shop.opened(model, caps=Caps(day=Decimal(13)))
    await process.ask(question("a"))
    error = await refused(process, "b")
    assert (error.charge.scope, error.until) == (Scope.DAY, MIDNIGHT)
    assert model.asked == ["a"]
    assert await shop.alerts() == [(COST_CAP_REACHED, "day 2026-03-01")]
    shop.clock.advance(12 * 3_600)
    await process.ask(question("b"))
    assert await shop.books() == [("2026-03-01", 4, 0), ("2026-03-02", 1, 0)]


async def test_where_only_reservations_are_in_the_way_a_settlement_is_waited_for(
    shop: Shop,
) -> None:
    """Not midnight: the calls on their way will cost less than they hold."""
    caps, slow, quick = Caps(day=Decimal(15)), FakeModel("dear"), FakeModel("dear")
    slow.say("a", raw('{"topics": []}', 3))
    asking = await holding(shop, slow, "a", caps)
    process = await shop.opened(quick, caps=caps)
    with pytest.raises(TransientError) as caught:
        await process.ask(question("b"))
    assert (caught.value.wait_reason, quick.asked) == ("budget_reserved", [])
    assert slow.held is not None
    slow.held.set()
    await asking
    await process.ask(question("b"))
    assert await shop.books() == [("2026-03-01", 4, 0)]


async def test_what_is_open_at_midnight_is_held_against_both_days(
    database: Database, tmp_path: Path
) -> None:
    """Whichever day the provider counts it to, its cap holds."""
    shop = open_shop(database, FakeClock(datetime(2026, 3, 1, 23, 59, tzinfo=UTC)), tmp_path)
    caps, slow, quick = Caps(day=Decimal(15)), FakeModel("dear"), FakeModel("dear")
    slow.say("a", raw('{"topics": []}', 6))
    asking = await holding(shop, slow, "a", caps)
    shop.clock.advance(120)
    process = await shop.opened(quick, caps=caps)
    with pytest.raises(TransientError) as caught:
        await process.ask(question("b"))
    assert (caught.value.wait_reason, quick.asked) == ("budget_reserved", [])
    assert slow.held is not None
    slow.held.set()
    await asking
    assert await shop.books() == [("2026-03-01", 6, 0)]
    await process.ask(question("b", most=9))
    assert await shop.books() == [("2026-03-01", 6, 0), ("2026-03-02", 1, 0)]


async def test_a_call_that_settles_after_midnight_counts_on_both_days(
    database: Database, tmp_path: Path
) -> None:
    """Once a call of the new day has made it a budget, what was open holds and costs there too."""
    shop = open_shop(database, FakeClock(datetime(2026, 3, 1, 23, 59, tzinfo=UTC)), tmp_path)
    caps, slow, quick = Caps(day=Decimal(40)), FakeModel("dear"), FakeModel("dear")
    slow.say("a", raw('{"topics": []}', 6))
    asking = await holding(shop, slow, "a", caps)
    shop.clock.advance(120)
    await (await shop.opened(quick, caps=caps)).ask(question("b"))
    assert await shop.books() == [("2026-03-01", 0, 10), ("2026-03-02", 1, 10)]
    assert slow.held is not None
    slow.held.set()
    await asking
    assert await shop.books() == [("2026-03-01", 6, 0), ("2026-03-02", 7, 0)]
    assert await shop.books("month") == [("2026-03", 7, 0)]


async def test_the_cap_of_a_source_leaves_the_others_alone(shop: Shop) -> None:
    """Its videos wait until midnight; those of another source go on."""
    (one,) = await add_videos(shop.database, 1, source="one")
    (two,) = await add_videos(shop.database, 1, source="two")
    model = FakeModel("dear")
    process = await shop.opened(model, caps=Caps(source_day=Decimal(10)))
    await process.ask(question("a"), item=one)
    error = await refused(process, "b", item=one)
    assert (error.charge.scope, error.until) == (Scope.SOURCE_DAY, MIDNIGHT)
    await process.ask(question("b"), item=two)
    assert model.asked == ["a", "b"]


async def test_the_cap_of_a_month_lasts_to_its_end(shop: Shop) -> None:
    """Also when the day has room."""
    process = await shop.opened(FakeModel("dear"), caps=Caps(day=Decimal(100), month=Decimal(10)))
    await process.ask(question("a"))
    error = await refused(process, "b")
    assert (error.charge.scope, error.until) == (Scope.MONTH, datetime(2026, 4, 1, tzinfo=UTC))


async def test_the_cap_of_a_run_ends_with_it(shop: Shop) -> None:
    """It raises no alert: the run ends, and the next one has its own."""
    first = await shop.opened(FakeModel("dear"), caps=Caps(run=Decimal(10), run_id="1"))
    await first.ask(question("a"))
    assert not first.witness.run_is_spent
    assert (await refused(first, "b")).charge.scope is Scope.RUN
    assert (first.witness.run_is_spent, await shop.alerts()) == (True, [])
    second = await shop.opened(FakeModel("dear"), caps=Caps(run=Decimal(10), run_id="2"))
    await second.ask(question("b"))


async def test_a_call_that_cost_more_than_it_held_is_booked_and_told(shop: Shop) -> None:
    """The books are right though the bound was not, and a person hears of it."""
    model = FakeModel("dear")
    model.say("a", raw('{"topics": []}', 12))
    await (await shop.opened(model)).ask(question("a"))
    assert await shop.books() == [("2026-03-01", 12, 0)]
    assert await shop.alerts() == [(CALL_COST_MORE, MODEL_PRICES)]


async def test_a_failed_but_billed_call_counts(shop: Shop) -> None:
    """F12: bad JSON is paid for, and the cap knows."""
    model = FakeModel("dear")
    model.say("a", raw("no", 5))
    process = await shop.opened(model, caps=Caps(day=Decimal(14)))
    error = await refused(process, "a")
    assert (error.charge.scope, model.asked) == (Scope.DAY, ["a"])
    assert await shop.books() == [("2026-03-01", 5, 0)]


@pytest.mark.parametrize("seed", range(3))
async def test_no_interleaving_of_processes_exceeds_a_cap(shop: Shop, seed: int) -> None:
    """C22: forty calls of four processes, lost and bad answers among them; the cap is used up."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    caps, asking = Caps(day=Decimal(120)), []
    for number in range(4):
        model = FakeModel("dear")
        process = await shop.opened(model, caps=caps)
        for call in range(10):
            label = f"{number}-{call}"
            said = chance.choice(['{"topics": []}', "no"])
            lost = chance.random() < 0.1
            model.say(label, CallFailedError(LOST) if lost else raw(said, chance.randint(1, 10)))
            asking.append(_insisting(process, label))
    passing = asyncio.create_task(_pass_time(shop))  # a lost answer makes the others rest
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    passing.cancel()
    unexpected = [
        outcome
        for outcome in outcomes
        if isinstance(outcome, BaseException)
        and not isinstance(outcome, CapReachedError | ContractViolationError)
    ]
    assert unexpected == []
    ((_, spent, held),) = await shop.books()
    assert 110 < spent + held <= 120


async def _insisting(process: Process, label: str) -> list[list[str]]:
    """Return the answer to a call that comes back after every wait."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await process.ask(question(label))
            except TransientError:
                await asyncio.sleep(0.02)


async def _pass_time(shop: Shop) -> None:
    while True:
        await asyncio.sleep(0.02)
        shop.clock.advance(1)


async def test_without_the_database_nothing_is_sent(shop: Shop) -> None:
    """No reservation, no call: it fails closed."""
    model = FakeModel("dear")
    process = await shop.opened(model)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(shop.database), "transaction", _away)
        with pytest.raises(DependencyDownError):
            await process.ask(question("a"))
    assert model.asked == []


def _away(_: Database) -> None:
    message = "the database is away"
    raise DependencyDownError(message)
