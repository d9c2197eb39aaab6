"""When the alert of a cap is over: nothing waits for it any more, or the cap is another now."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.ledger.budgets.budget import CapReachedError, Caps, Charge, Scope
from footnoted.pipeline.alerts.alert import cost_cap_reached
from footnoted.pipeline.alerts.caps import follow_caps
from footnoted.pipeline.alerts.delivery.desk import AlertDesk
from footnoted.pipeline.alerts.money import MoneyWitness
from footnoted.pipeline.alerts.store import open_alerts, raise_alert
from footnoted.pipeline.controls.changing import change_source
from footnoted.sources.net.asking import Asked
from tests.fakes.clock import FakeClock
from tests.fakes.machine import add_videos, rows_of

if TYPE_CHECKING:
    from footnoted.db.session import Database

TODAY = "2026-03-01"
WAIT = """UPDATE videos SET wait_reason = 'budget', not_before = '2026-03-02' WHERE id = ANY(:ids)
          RETURNING source_id"""
WORK = """UPDATE videos SET lease_owner = gen_random_uuid(), lease_expires_at = '2026-03-02'
          WHERE id = ANY(:ids) RETURNING source_id"""


async def reached(database: Database, clock: FakeClock, *keys: tuple[str, str]) -> None:
    """Raise the alerts of caps of $1."""
    async with database.transaction() as session:
        for key in keys:
            await raise_alert(session, cost_cap_reached(*key, Decimal(1)), clock.now())


async def told(database: Database) -> set[str]:
    """Return what open alerts concern."""
    async with database.transaction() as session:
        return {alert.concerns for alert in await open_alerts(session)}


@pytest.mark.parametrize("how", [WAIT, WORK], ids=["waits", "is at work"])
async def test_a_cap_is_over_when_nothing_is_held_up_by_it(database: Database, how: str) -> None:
    """That of a source, when nothing of it waits or is at work; a day's, when nothing at all is."""
    clock, desk = FakeClock(), AlertDesk(database, FakeClock(), [])
    held = await add_videos(database, 1, source="/held")
    await add_videos(database, 1, source="/free")
    ((source,),) = await rows_of(database, how, ids=held)
    day, own, other = ("day", TODAY), f"{source}/{TODAY}", f"{source + 1}/{TODAY}"
    await reached(database, clock, day, ("source_day", own), ("source_day", other))
    await desk.finish()
    assert await told(database) == {f"day {TODAY}", f"source_day {own}"}
    await rows_of(
        database,
        """UPDATE videos SET not_before = NULL, lease_owner = NULL, lease_expires_at = NULL
           RETURNING 1""",
    )
    await desk.finish()
    assert await told(database) == set()


async def test_a_cap_that_is_reached_again_is_told_again(database: Database) -> None:
    """Also by a process that told it before; while it is open, once however many calls wait."""
    clock = FakeClock()
    witness, desk = MoneyWitness(database, clock), AlertDesk(database, clock, [])
    error = CapReachedError("no room", Charge(Scope.DAY, TODAY, Decimal(1)), until=clock.now())
    for _ in range(2):
        await witness.cap_reached(error)
        await witness.cap_reached(error)
        async with database.transaction() as session:
            assert [alert.times for alert in await open_alerts(session)] == [1]
        await desk.finish()
        assert await told(database) == set()


async def test_the_cap_of_a_source_is_over_when_it_is_changed(database: Database) -> None:
    """What waited for it goes on at once; the caps of other sources are not touched."""
    clock = FakeClock()
    videos = await add_videos(database, 1, source="/held")
    ((source,),) = await rows_of(database, WAIT, ids=videos)
    other = f"{source}1/{TODAY}"
    await reached(database, clock, ("source_day", f"{source}/{TODAY}"), ("source_day", other))
    await change_source(database, source, Asked(priority=1), clock=clock)
    assert len(await told(database)) == 2
    await change_source(database, source, Asked(daily_cap_usd="2"), clock=clock)
    assert await told(database) == {f"source_day {other}"}


@pytest.mark.parametrize(
    ("caps", "left"),
    [
        (Caps(day=Decimal("1.00"), month=Decimal(1), source_day=Decimal(2)), 3),
        (Caps(day=Decimal(2), month=Decimal(1), source_day=Decimal(2)), 2),
        (Caps(day=Decimal(1), month=None, source_day=Decimal(2)), 2),
        (Caps(day=Decimal(1), month=Decimal(1), source_day=Decimal("0.5")), 2),
    ],
    ids=["as before", "a day has more", "a month has none", "sources have less"],
)
async def test_a_cap_that_was_changed_before_the_start_is_over(
    database: Database, caps: Caps, left: int
) -> None:
    """Then what waits for money is tried again; it is not where every cap is as it was."""
    clock = FakeClock()
    videos = await add_videos(database, 1, source="/held")
    ((source,),) = await rows_of(database, WAIT, ids=videos)
    await rows_of(database, "UPDATE sources SET daily_cap_usd = 1 RETURNING 1")
    keys = (("day", TODAY), ("month", "2026-03"), ("source_day", f"{source}/{TODAY}"))
    await reached(database, clock, *keys, ("run", "12"))
    await follow_caps(database, caps, clock)
    assert len(await told(database)) == left + 1
    assert await rows_of(database, "SELECT not_before IS NULL FROM videos") == [(left < 3,)]
