"""The loop when something around it breaks: stages with bugs, connections, leases, clocks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from footnoted.errors import PermanentError
from footnoted.model.outcome import Stopped
from footnoted.model.status import ItemKind, Resource
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.loop import Loop
from footnoted.pipeline.plan import Mode, RunPlan
from tests.fakes.clock import FakeClock
from tests.fakes.machine import PROFILE, FakeDrainer, add_videos, machine, rows_of, video_flow
from tests.fakes.stages import FakeStage, Parcel

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.db.session import Database
    from footnoted.pipeline.deps import Deps
    from footnoted.pipeline.plan import Report
    from footnoted.stages.port import StageContext

DRAIN = RunPlan(Mode.DRAIN)


async def drain(deps: Deps, plan: RunPlan = DRAIN) -> Report:
    """Return the report of one run, which must end within 30 s."""
    async with asyncio.timeout(30):
        return await Loop(deps, plan).run()


async def states(database: Database) -> list[tuple[Any, ...]]:
    """Return (status, attempts, crashes, whether leased) of every video, by id."""
    rows = await rows_of(
        database,
        """SELECT status, attempts, crashes, lease_owner IS NOT NULL AS leased
           FROM videos ORDER BY id""",
    )
    return [tuple(row) for row in rows]


DONE = ("indexed", 0, 0, False)


async def test_words_no_database_can_hold_are_told_with_a_mark_in_their_place(
    database: Database,
) -> None:
    """A file name of odd bytes in the reason of a failure ends the video, not the daemon."""
    await add_videos(database, 2)

    def act(given: Parcel, _context: StageContext) -> Any:
        if given.item_id % 2:
            message = "name\udcff\udcfe.srt is binary"
            raise PermanentError(message, failure_code="transcript_binary")
        return Stopped("quarantined", "quality_wpm", "nul\x00 and \udc80")

    await drain(machine(database, [video_flow(FakeStage("cut", "indexed", act=act))]))
    rows = await rows_of(database, "SELECT failure_detail FROM videos ORDER BY failure_detail")
    assert [row.failure_detail for row in rows] == [
        "name\ufffd\ufffd.srt is binary",
        "nul\ufffd and \ufffd",
    ]


async def test_a_connection_that_ends_under_the_last_item_leaves_no_work_undone(
    database: Database,
) -> None:
    """A drain does not take an item whose save was cut off for one that is done."""
    await add_videos(database, 3)
    cut: list[int] = []

    async def lose_it(session: Any, item_id: int) -> None:
        if item_id not in cut:
            cut.append(item_id)
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await drain(machine(database, [video_flow(FakeStage("cut", "indexed", on_save=lose_it))]))
    assert await states(database) == [DONE] * 3


async def test_a_busy_loop_gives_back_what_a_lost_connection_left(database: Database) -> None:
    """Other work that goes on for long does not keep an item leased that nobody works on."""
    first, *_ = await add_videos(database, 60)
    cut: list[int] = []
    order: list[int] = []

    async def lose_it(session: Any, item_id: int) -> None:
        if item_id == first and not cut:
            cut.append(item_id)
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        order.append(item_id)

    async def slow(given: Parcel, _context: StageContext) -> Parcel:
        await asyncio.sleep(0.02)
        return given

    stage = FakeStage("cut", "indexed", act=slow, on_save=lose_it)
    await drain(machine(database, [video_flow(stage)], capacity={Resource.CPU: 2}))
    assert order.index(first) < 40
    assert await states(database) == [DONE] * 60


async def test_an_error_of_a_stages_own_network_is_no_lost_database(database: Database) -> None:
    """What a stage cannot reach costs an attempt; it is not tried again and again for nothing."""
    await add_videos(database, 3)
    errors = [ConnectionResetError("peer"), TimeoutError(110, "timed out"), TimeoutError()]
    stage = FakeStage("cut", "indexed")

    def act(given: Parcel, _context: StageContext) -> Any:
        raise errors[(given.item_id - 1) % 3]

    stage.act = act
    await drain(machine(database, [video_flow(stage)]), RunPlan(Mode.ONCE))
    rows = await rows_of(database, "SELECT attempts, wait_detail FROM videos ORDER BY id")
    assert len(stage.ran) == 3
    assert [row.attempts for row in rows] == [1] * 3
    assert not any(row.wait_detail.startswith("time_limit") for row in rows)


@pytest.mark.parametrize("raised", [GeneratorExit, type("PanicException", (BaseException,), {})])
async def test_a_stage_that_panics_costs_an_attempt(
    database: Database, raised: type[BaseException]
) -> None:
    """Native code panics with a BaseException; that is a failure like any other."""
    await add_videos(database, 2)

    def act(given: Parcel, _context: StageContext) -> Parcel:
        if given.item_id % 2:
            raise raised
        return given

    stage = FakeStage("cut", "indexed", act=act)
    report = await drain(machine(database, [video_flow(stage)]), RunPlan(Mode.ONCE))
    assert report.outcomes == {"failed": 1, "advanced": 1}


async def test_garbage_from_a_stage_costs_an_attempt(database: Database) -> None:
    """A stage that returns what it must not is a bug of its own, not of the loop."""
    await add_videos(database, 1)
    stage = FakeStage("cut", "indexed", act=lambda _given, _context: "garbage")
    report = await drain(machine(database, [video_flow(stage)]), RunPlan(Mode.ONCE))
    assert report.outcomes == {"failed": 1}


async def test_an_interrupted_item_that_cannot_run_yet_is_not_forgotten(
    database: Database,
) -> None:
    """A page group its process died with waits for its creator's videos, and then is composed."""
    await add_videos(database, 3)
    await rows_of(
        database,
        """INSERT INTO page_groups (profile, creator_id, category, wanted, wanted_at, status,
             crashes)
           SELECT :profile, id, 'Mixing', 1, now(), 'stale', 1 FROM creators RETURNING 1""",
        profile=PROFILE,
    )
    compose = FakeStage("compose", "current", kind=ItemKind.PAGE_GROUP)
    flows = [
        video_flow(FakeStage("cut", "indexed")),
        Flow(ItemKind.PAGE_GROUP, PROFILE, "stale", (compose,)),
    ]
    await drain(machine(database, flows))
    assert len(compose.saved) == 1
    rows = await rows_of(database, "SELECT status, crashes FROM page_groups")
    assert [tuple(row) for row in rows] == [("current", 0)]


async def test_leases_are_renewed_without_standing_in_the_way_of_a_save(database: Database) -> None:
    """Whoever saves holds its video and wants page groups; a renewal that waits holds none."""
    await add_videos(database, 1)
    await rows_of(
        database,
        """INSERT INTO page_groups (profile, creator_id, category, wanted, wanted_at, status)
           SELECT :profile, id, 'Mixing', 1, now(), 'stale' FROM creators RETURNING 1""",
        profile="other",
    )

    async def wants_groups(_given: Parcel, _context: StageContext) -> Any:
        async with database.transaction() as session:
            await session.execute(text("SET LOCAL lock_timeout = '400ms'"))
            await session.execute(text("SELECT 1 FROM videos FOR UPDATE"))
            await asyncio.sleep(0.4)  # several renewals long
            await session.execute(text("UPDATE page_groups SET category = category"))
        return _given

    async def waits(given: Parcel, _context: StageContext) -> Any:
        await asyncio.sleep(0.8)
        return given

    compose = FakeStage("compose", "current", kind=ItemKind.PAGE_GROUP, act=waits)
    flows = [
        video_flow(FakeStage("cut", "indexed", act=wants_groups)),
        Flow(ItemKind.PAGE_GROUP, "other", "stale", (compose,)),
    ]
    deps = machine(
        database, flows, lease=timedelta(seconds=0.3), group_delay=timedelta(0), drain_wait_s=0
    )
    assert (await drain(deps)).outcomes == {"advanced": 2}


async def test_a_machine_that_slept_past_its_leases_keeps_its_own_work(database: Database) -> None:
    """The clock jumps by hours, as after a suspend; nobody crashed and nothing runs twice."""
    await add_videos(database, 2)
    clock = FakeClock()

    async def sleep_long(given: Parcel, _context: StageContext) -> Parcel:
        clock.advance(7_200)
        await asyncio.sleep(0.3)
        return given

    stage = FakeStage("cut", "indexed", act=sleep_long)
    report = await drain(machine(database, [video_flow(stage)], clock=clock))
    assert (report.outcomes, len(stage.ran)) == ({"advanced": 2}, 2)
    assert await states(database) == [DONE] * 2


class SteppingClock(FakeClock):
    """A clock that can be set, as by a person or a time server."""

    def step(self, seconds: float) -> None:
        """Change the wall clock alone."""
        self._now += timedelta(seconds=seconds)


async def test_a_clock_set_back_by_hours_stops_no_source_from_being_looked_at(
    database: Database,
) -> None:
    """A look planned while the clock was wrong by years is made within the interval."""
    clock = SteppingClock()
    await rows_of(
        database,
        """INSERT INTO sources (kind, locator, title, status, poll_interval_s, next_poll_at)
           VALUES ('folder', '/x', 'x', 'followed', 300, :at) RETURNING 1""",
        at=clock.now() + timedelta(days=4_000),
    )

    async def plan_next(session: Any, _source_id: int) -> None:
        at = clock.now() + timedelta(seconds=300)
        await session.execute(text("UPDATE sources SET next_poll_at = :at"), {"at": at})

    poll = FakeStage("poll", "followed", kind=ItemKind.SOURCE, on_save=plan_next)
    await drain(machine(database, [Flow(ItemKind.SOURCE, "", "due", (poll,))], clock=clock))
    assert len(poll.ran) == 1


class BrokenDrainer(FakeDrainer):
    """An index with a bug: it raises what nobody expects."""

    calls = 0

    async def drain_once(self) -> int:
        """Raise."""
        self.calls += 1
        message = "a bug in the index"
        raise ValueError(message)


async def put_in_outbox(database: Database) -> None:
    """Note a document for the index."""
    await rows_of(
        database, "INSERT INTO index_outbox (document_id) VALUES (gen_random_uuid()) RETURNING 1"
    )


async def test_a_bug_of_the_index_is_told_at_once_and_stops_no_video(
    database: Database, logged: Callable[[], list[str]]
) -> None:
    """The index is behind, the log says why, and videos go on."""
    await add_videos(database, 2)
    await put_in_outbox(database)
    drainer = BrokenDrainer()
    deps = machine(database, [video_flow(FakeStage("cut", "indexed"))])
    report = await drain(replace(deps, drainer=drainer))
    assert (report.outcomes, report.index_behind) == ({"advanced": 2}, True)
    assert (drainer.calls, logged().count("index.lost")) == (1, 1)
