"""Alerts reach their receivers: once per opening, once when over, at least once over restarts."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.outage import DatabaseDownError
from footnoted.pipeline.alerts.alert import Alert, cost_cap_reached
from footnoted.pipeline.alerts.delivery import desk as desks
from footnoted.pipeline.alerts.delivery.delivery import Delivery
from footnoted.pipeline.alerts.delivery.desk import AlertDesk
from footnoted.pipeline.alerts.delivery.store import silent_receivers
from footnoted.pipeline.alerts.store import open_alerts, raise_alert, resolve_alert
from tests.fakes.clock import FakeClock
from tests.fakes.machine import add_videos, rows_of
from tests.fakes.receiver import FakeReceiver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

    from footnoted.db.session import Database

AWAY = Alert("source_unreachable", "source 3", "/mnt/x: no such folder")
DEAD = Alert("kills_process", "video 7", "it died")
OPEN = ("source_unreachable", "source 3", "open")
OVER = ("source_unreachable", "source 3", "over")


async def raise_(database: Database, clock: FakeClock, *alerts: Alert) -> None:
    """Raise alerts."""
    async with database.transaction() as session:
        for alert in alerts:
            await raise_alert(session, alert, clock.now())


async def end(database: Database, clock: FakeClock, alert: Alert = AWAY) -> None:
    """End an alert."""
    async with database.transaction() as session:
        await resolve_alert(session, alert.code, alert.concerns, clock.now())


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    """Return when something is so, within ten seconds."""
    for _ in range(500):
        if await condition():
            return
        await asyncio.sleep(0.02)
    message = "it did not come to it within ten seconds"
    raise AssertionError(message)


async def _so(value: object) -> object:
    return value


async def _passing(clock: FakeClock, value: object) -> object:
    clock.advance(6)
    return value


async def stopped(task: asyncio.Task[None]) -> bool:
    """Cancel what runs in the background; return whether that is how it ended."""
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


async def registered(database: Database, clock: FakeClock, *receivers: FakeReceiver) -> AlertDesk:
    """Return the desk of a process that has begun, with nothing to tell."""
    desk = AlertDesk(database, clock, receivers)
    await desk.finish()
    return desk


async def test_an_alert_is_told_once_when_it_opens_and_once_when_it_is_over(
    database: Database,
) -> None:
    """Being raised again while it lasts is no news; being raised after it was over is."""
    clock, receiver = FakeClock(), FakeReceiver()
    desk = await registered(database, clock, receiver)
    for step in ("raise", "raise", "end", "nothing", "raise"):
        if step == "raise":
            await raise_(database, clock, AWAY)
        elif step == "end":
            await end(database, clock)
        clock.advance(10)
        await desk.finish()
    assert receiver.told() == [[OPEN], [OVER], [OPEN]]
    assert receiver.taken[0]["text"] == (
        "footnoted: source_unreachable (source 3): /mnt/x: no such folder"
    )


async def test_what_was_told_is_not_told_again_after_a_restart(database: Database) -> None:
    """And what a process that died had not told is."""
    clock, receiver = FakeClock(), FakeReceiver()
    await raise_(database, clock, AWAY)
    await registered(database, clock, receiver)
    await raise_(database, clock, DEAD)
    await registered(database, clock, receiver)
    assert receiver.told() == [[OPEN], [("kills_process", "video 7", "open")]]


async def test_a_process_that_dies_while_it_tells_leaves_the_message_to_the_next(
    database: Database,
) -> None:
    """Sent and not noted is sent again: at least once."""
    clock, hanging = FakeClock(), FakeReceiver()
    desk = await registered(database, clock, hanging)
    hanging.hangs = True
    await raise_(database, clock, AWAY)
    dying = asyncio.create_task(desk.finish())
    await until(lambda: _so(hanging.asked))
    assert await stopped(dying)
    receiver = FakeReceiver()
    await registered(database, clock, receiver)
    assert receiver.told() == [[OPEN]]


async def test_a_receiver_that_does_not_answer_is_tried_again_later_and_said_once(
    database: Database, logged: Callable[[], list[str]]
) -> None:
    """Each pause is twice as long; the first message it takes has everything that waited."""
    clock, receiver = FakeClock(), FakeReceiver(refusal="it answered 500")
    await registered(database, clock, receiver)
    delivery = Delivery(database, clock, receiver)
    await raise_(database, clock, AWAY)
    tries = []
    for _ in range(8):
        await delivery.tell()
        tries.append(receiver.asked)
        clock.advance(10)
    async with database.transaction() as session:
        (silent,) = await silent_receivers(session)
    await raise_(database, clock, DEAD)
    receiver.refusal = None
    clock.advance(900)
    await delivery.tell()
    assert tries == [1, 1, 2, 2, 2, 3, 3, 3]  # with no jitter: after 15, 30 and 60 seconds
    assert silent[0::2] == ("FOOTNOTED_ALERT_URL", "it answered 500")
    assert silent.waiting == 1
    assert receiver.told() == [[OPEN, ("kills_process", "video 7", "open")]]
    assert logged() == ["alert.undelivered", "alert.delivered"]
    async with database.transaction() as session:
        assert await silent_receivers(session) == []


async def test_a_burst_is_two_messages_five_seconds_apart(database: Database) -> None:
    """The first tells of the first; the second of all that came since, counted beyond twenty."""
    clock, receiver = FakeClock(), FakeReceiver()
    await registered(database, clock, receiver)
    delivery = Delivery(database, clock, receiver)
    await raise_(database, clock, AWAY)
    await delivery.tell()
    await raise_(database, clock, *(Alert("kills_process", f"video {n}", "x") for n in range(70)))
    for _ in range(9):
        clock.advance(1)
        await delivery.tell()
    sizes = [(len(message["alerts"]), message["omitted"]) for message in receiver.taken]
    assert sizes == [(1, 0), (20, 50)]
    assert receiver.taken[1]["text"].splitlines()[0::21] == [
        "footnoted: 70 alerts",
        "- and 50 more: `footnoted status` shows all",
    ]


async def test_one_receiver_that_fails_does_not_make_the_other_hear_twice(
    database: Database,
) -> None:
    """What was told is kept for each."""
    clock = FakeClock()
    down, well = FakeReceiver(refusal="it answered 500"), FakeReceiver("FOOTNOTED_ALERT_COMMAND")
    await raise_(database, clock, AWAY)
    await registered(database, clock, down, well)
    await registered(database, clock, down, well)
    assert (down.asked, well.told()) == (2, [[OPEN]])


async def test_what_was_over_before_a_receiver_was_known_stays_untold(database: Database) -> None:
    """What opened and ended while it was known and away is told as over."""
    clock, receiver = FakeClock(), FakeReceiver()
    await raise_(database, clock, DEAD)
    await end(database, clock, DEAD)
    clock.advance(60)
    desk = await registered(database, clock, receiver)
    clock.advance(60)
    await raise_(database, clock, AWAY)
    await end(database, clock)
    await desk.finish()
    await desk.finish()
    assert receiver.told() == [[OVER]]


async def test_an_alert_that_opens_again_while_it_is_told_is_told_again(
    database: Database,
) -> None:
    """What is noted is what was sent, not what has become of it meanwhile."""
    clock, receiver = FakeClock(), FakeReceiver()
    desk = await registered(database, clock, receiver)
    await raise_(database, clock, AWAY)

    async def deliver(message: object) -> None:
        if receiver.asked == 0:
            await end(database, clock)
            await raise_(database, clock, AWAY)
        await FakeReceiver.deliver(receiver, message)  # type: ignore[arg-type] # a message

    receiver.deliver = deliver  # type: ignore[method-assign,assignment] # what happens in between
    await desk.finish()
    await desk.finish()
    await desk.finish()
    assert receiver.told() == [[OPEN], [OPEN]]


async def test_two_processes_tell_a_message_once(database: Database) -> None:
    """With a Qdrant server several daemons share the alerts."""
    clock, receiver = FakeClock(), FakeReceiver()
    await registered(database, clock, receiver)
    await raise_(database, clock, AWAY)
    await asyncio.gather(*(Delivery(database, clock, receiver).tell() for _ in range(4)))
    assert receiver.told() == [[OPEN]]


async def test_a_receiver_that_was_taken_away_is_not_shown_as_silent(database: Database) -> None:
    """Nobody waits for it any more."""
    clock = FakeClock()
    await raise_(database, clock, AWAY)
    await registered(database, clock, FakeReceiver(refusal="it answered 500"))
    await registered(database, clock)
    async with database.transaction() as session:
        assert await silent_receivers(session) == []


async def test_a_receiver_that_hangs_holds_up_the_end_of_a_run_no_longer_than_it_may(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are told meanwhile."""
    monkeypatch.setattr(desks, "FINISH_S", 0.3)
    clock, well = FakeClock(), FakeReceiver("FOOTNOTED_ALERT_COMMAND")
    await raise_(database, clock, AWAY)
    started_s = asyncio.get_running_loop().time()
    await registered(database, clock, FakeReceiver(hangs=True), well)
    assert asyncio.get_running_loop().time() - started_s < 5
    assert well.told() == [[OPEN]]


async def test_a_bug_in_a_receiver_is_a_line_in_the_log_without_its_words(
    database: Database, logged: Callable[[], list[str]]
) -> None:
    """What fails there may have the address in its words."""
    clock = FakeClock()
    receiver = FakeReceiver(error=RuntimeError("https://hooks.example/secret"))
    await raise_(database, clock, AWAY)
    await registered(database, clock, receiver)
    assert logged() == ["alert.undelivered"]


async def test_an_absent_database_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk begins when it is back, and nothing is raised."""
    clock, receiver = FakeClock(), FakeReceiver()
    await raise_(database, clock, AWAY)

    def away() -> None:
        message = "away"
        raise DatabaseDownError(message)

    desk = AlertDesk(database, clock, [receiver])
    with monkeypatch.context() as patch:
        patch.setattr(database, "transaction", away)
        running = asyncio.create_task(desk.run())
        await asyncio.sleep(0.05)
    clock.advance(1)
    await until(lambda: _so(receiver.taken))
    assert await stopped(running)
    assert receiver.told() == [[OPEN]]


async def test_a_cap_is_over_when_its_day_is_and_a_runs_when_the_next_begins(
    database: Database,
) -> None:
    """Nobody needs to come and say so."""
    clock = FakeClock()  # 2026-03-01, noon
    videos = await add_videos(database, 1)
    waits = "UPDATE videos SET source_id = 7, wait_reason = 'budget', not_before = '2026-03-02'"
    await rows_of(
        database,
        """INSERT INTO sources (id, kind, locator, title, status, poll_interval_s)
           OVERRIDING SYSTEM VALUE VALUES (7, 'folder', '/x', 'x', 'followed', 300) RETURNING 1""",
    )
    await rows_of(database, f"{waits} WHERE id = ANY(:ids) RETURNING 1", ids=videos)
    keys = (
        ("day", "2026-03-01"),
        ("day", "2026-02-28"),
        ("month", "2026-03"),
        ("month", "2026-02"),
        ("source_day", "7/2026-03-01"),
        ("source_day", "7/2026-02-28"),
        ("run", "12"),
        ("plan", "3"),
    )
    await raise_(database, clock, *(cost_cap_reached(*key, Decimal("1.50")) for key in keys), DEAD)
    await registered(database, clock)
    async with database.transaction() as session:
        left = {alert.concerns for alert in await open_alerts(session)}
    in_force = {"day 2026-03-01", "month 2026-03", "source_day 7/2026-03-01", "plan 3"}
    assert left == in_force | {"video 7"}


async def test_a_runs_cap_lasts_as_long_as_the_run(database: Database) -> None:
    """The sweep of the same process leaves it, and ends the day that is over."""
    clock = FakeClock()
    desk = AlertDesk(database, clock, [])
    running = asyncio.create_task(desk.run())
    await asyncio.sleep(0.3)  # it has begun, and ended what runs before it left
    await raise_(
        database,
        clock,
        cost_cap_reached("run", "12", Decimal(1)),
        cost_cap_reached("day", "2026-03-01", Decimal(1)),
    )
    clock.advance(86_400)
    await until(lambda: rows_of(database, "SELECT 1 FROM alerts WHERE resolved_at IS NOT NULL"))
    assert await stopped(running)
    async with database.transaction() as session:
        assert [alert.concerns for alert in await open_alerts(session)] == ["run 12"]


async def test_another_daemon_with_other_settings_silences_nobody(database: Database) -> None:
    """Its start takes our receiver for removed; our next sweep puts it back."""
    clock, receiver = FakeClock(), FakeReceiver()
    desk = AlertDesk(database, clock, [receiver])
    running = asyncio.create_task(desk.run())
    await until(lambda: rows_of(database, "SELECT name FROM alert_receivers"))
    await registered(database, clock)
    await raise_(database, clock, AWAY)
    await asyncio.sleep(0.1)  # the tasks sleep on the clock now
    clock.advance(61)
    await until(lambda: _passing(clock, receiver.taken))
    assert await stopped(running)
    assert receiver.told() == [[OPEN]]


async def test_what_a_delivery_leaves_goes_with_its_alert(database: Database) -> None:
    """Deliveries are rows per alert and receiver, and no more."""
    clock, receiver = FakeClock(), FakeReceiver()
    await raise_(database, clock, AWAY)
    await registered(database, clock, receiver)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM alerts"))
    assert await rows_of(database, "SELECT 1 FROM alert_deliveries") == []
