"""Retry and cancel from outside the loop, against videos that run, wait and have stopped."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from footnoted.clock import SystemClock
from footnoted.errors import PermanentError, UsageError
from footnoted.model.outcome import Lost, Stopped, Waiting
from footnoted.model.status import ItemKind
from footnoted.pipeline import store
from footnoted.pipeline.alerts.alert import Alert
from footnoted.pipeline.alerts.store import open_alerts, raise_alert
from footnoted.pipeline.controls.pausing import pause_source
from footnoted.pipeline.controls.removal.removal import purge
from footnoted.pipeline.controls.selection import Handled, Selection
from footnoted.pipeline.controls.taking_up import cancel, keep, retry
from footnoted.pipeline.loop import Loop
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.pipeline.process_one import process_one
from tests.fakes.machine import PROFILE, add_videos, machine, rows_of, video_flow
from tests.fakes.stages import FakeStage, Parcel

if TYPE_CHECKING:
    from footnoted.db.session import Database
    from footnoted.model.claim import Claim
    from footnoted.pipeline.deps import Deps
    from footnoted.stages.port import StageContext

CLOCK = SystemClock()


async def drain(deps: Deps) -> None:
    """Let the loop work until nothing is due, for 30 s at most."""
    async with asyncio.timeout(30):
        await Loop(deps, RunPlan(Mode.DRAIN)).run()


async def take_up(database: Database, *video_ids: int, **options: Any) -> Handled:
    """Retry what the options of the command select."""
    return await retry(database, Selection(video_ids, **options), clock=CLOCK)


async def take(database: Database, deps: Deps) -> Claim:
    """Claim one video as the loop does."""
    lease = store.Lease(uuid4(), deps.clock.now(), timedelta(seconds=60), timedelta(0))
    lanes = [lane for lane in deps.flows.lanes() if lane.kind is ItemKind.VIDEO]
    async with database.transaction() as session:
        (claim,) = await store.claim(session, lanes, lease, store.Wanted(1))
    return claim


async def stop(database: Database, video_id: int, status: str, code: str) -> None:
    """Do as if a video had stopped after `cut`."""
    await rows_of(
        database,
        """UPDATE videos SET status = :status, failure_code = :code, failure_detail = 'why',
             resume_from = 'cut', attempts = 3, crashes = 2 WHERE id = :id RETURNING 1""",
        status=status,
        code=code,
        id=video_id,
    )


async def states(database: Database) -> list[tuple[Any, ...]]:
    """Return status, failure code and attempts of every video, by id."""
    rows = await rows_of(
        database, "SELECT status, failure_code, attempts + crashes FROM videos ORDER BY id"
    )
    return [tuple(row) for row in rows]


def broken(gives: str, *, status: str = "failed", code: str = "oven_cold") -> FakeStage:
    """Return a stage that stops the first video it gets, and works afterwards."""

    def act(given: Parcel, _context: StageContext) -> Parcel | Stopped:
        if len(stage.ran) == 1:
            return Stopped(status, code, "the oven is cold")
        return given

    stage = FakeStage("bake", gives, act=act)
    return stage


async def test_a_retry_goes_on_where_the_video_stopped(database: Database) -> None:
    """Stages before the one that failed are not run again; the second run is its own."""
    await add_videos(database, 1)
    cut, bake = FakeStage("cut", "cut"), broken("indexed")
    deps = machine(database, [video_flow(cut, bake)])
    await drain(deps)
    assert await states(database) == [("failed", "oven_cold", 0)]
    handled = await take_up(database, all_failed=True)
    assert [(item.before, item.now, item.code) for item in handled.touched] == [
        ("failed", "cut", "oven_cold")
    ]
    await drain(deps)
    assert await states(database) == [("indexed", None, 0)]
    assert (len(cut.ran), len(bake.ran)) == (1, 2)
    runs = await rows_of(database, "SELECT run_number, trigger, status FROM runs ORDER BY 1")
    assert [tuple(run) for run in runs] == [(1, "manual", "failed"), (2, "manual", "done")]
    (told,) = await rows_of(
        database,
        """SELECT e.fields, r.run_number FROM events e JOIN runs r ON r.id = e.run_id
           WHERE name = 'video.retried'""",
    )
    assert tuple(told) == ({"before": "failed", "now": "cut", "code": "oven_cold"}, 2)


async def test_attempts_and_crashes_are_forgotten(database: Database) -> None:
    """A video that was given up has all its tries again."""
    (video,) = await add_videos(database, 1)
    await stop(database, video, "quarantined", "kills_process")
    await take_up(database, video)
    assert await states(database) == [("cut", None, 0)]


async def test_a_reason_takes_up_only_what_stopped_with_it(database: Database) -> None:
    """The command that `status` prints touches nothing else."""
    first, second = await add_videos(database, 2)
    await stop(database, first, "failed", "oven_cold")
    await stop(database, second, "failed", "no_flour")
    handled = await take_up(database, reason="no_flour")
    assert [item.id for item in handled.touched] == [second]
    assert await states(database) == [("failed", "oven_cold", 5), ("cut", None, 0)]


async def test_bad_words_wait_for_a_person_who_accepts_them(database: Database) -> None:
    """Reading the same file again would end the same way, so --all-failed leaves it."""
    gated, failed = await add_videos(database, 2)
    await stop(database, gated, "quarantined", "quality_wpm")
    await stop(database, failed, "failed", "oven_cold")
    assert [item.id for item in (await take_up(database, all_failed=True)).touched] == [failed]
    await take_up(database, all_failed=True, accepts_quality=True)
    rows = await rows_of(database, "SELECT status, quality_accepted FROM videos ORDER BY id")
    assert [tuple(row) for row in rows] == [("cut", True), ("cut", False)]


async def test_accepting_quality_accepts_nothing_else(database: Database) -> None:
    """A video that stopped for another reason is judged by the gate as before."""
    (video,) = await add_videos(database, 1)
    await stop(database, video, "failed", "oven_cold")
    await take_up(database, video, accepts_quality=True)
    (row,) = await rows_of(database, "SELECT status, quality_accepted FROM videos")
    assert tuple(row) == ("cut", False)


async def test_a_named_video_that_waits_is_woken(database: Database) -> None:
    """Whoever put back a file need not wait until tomorrow."""
    (video,) = await add_videos(database, 1)

    def act(_given: Parcel, _context: StageContext) -> Waiting:
        return Waiting(CLOCK.now() + timedelta(days=1), "transcript_missing")

    deps = machine(database, [video_flow(FakeStage("cut", "indexed", act=act))])
    await drain(deps)
    assert (await take_up(database, video)).woken == (video,)
    (row,) = await rows_of(database, "SELECT not_before, wait_reason FROM videos")
    assert tuple(row) == (None, None)


async def test_what_is_worked_on_is_not_touched(database: Database) -> None:
    """A retry of a running video does nothing and says so."""
    (video,) = await add_videos(database, 1)
    stage = FakeStage("cut", "indexed")
    deps = machine(database, [video_flow(stage)])
    claim = await take(database, deps)
    handled = await take_up(database, video)
    assert (handled.touched, handled.woken) == ((), ())
    assert [item.id for item in handled.untouched] == [video]
    await process_one(claim, deps)
    assert await states(database) == [("indexed", None, 0)]


@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(accepts_quality=True),
        Selection((1, 999)),
        Selection(all_failed=True, source_id=999),
    ],
)
async def test_a_selection_of_nothing_changes_nothing(
    database: Database, selection: Selection
) -> None:
    """No video named, or one that does not exist: a sentence, and all stays as it is."""
    (video,) = await add_videos(database, 1)
    await stop(database, video, "failed", "oven_cold")
    with pytest.raises(UsageError):
        await retry(database, selection, clock=CLOCK)
    assert await states(database) == [("failed", "oven_cold", 5)]


async def test_a_reason_that_is_none_is_refused_and_one_of_before_is_not(
    database: Database,
) -> None:
    """The nearest are named; known ones and those an older release wrote find nothing to do."""
    (video,) = await add_videos(database, 1)
    await stop(database, video, "failed", "oven_cold")
    with pytest.raises(UsageError, match="'no_caption': did you mean no_captions"):
        await take_up(database, reason="no_caption")
    with pytest.raises(UsageError, match="'zzzz'; `footnoted status` shows"):
        await take_up(database, reason="zzzz")
    assert await take_up(database, reason="no_captions") == Handled()
    assert await states(database) == [("failed", "oven_cold", 5)]
    assert len((await take_up(database, reason="oven_cold")).touched) == 1
    assert await take_up(database, reason="oven_cold") == Handled()


async def test_page_groups_and_sources_are_taken_up_too(database: Database) -> None:
    """They have no number a person would type; a reason or --all-failed means them."""
    await add_videos(database, 1, source="/x")
    await rows_of(
        database,
        """INSERT INTO page_groups (profile, creator_id, category, wanted, status, failure_code)
           SELECT :profile, id, 'Bread', 1, 'failed', 'unexpected' FROM creators RETURNING 1""",
        profile=PROFILE,
    )
    await rows_of(
        database,
        "UPDATE sources SET status = 'failed', failure_code = 'unexpected' RETURNING 1",
    )
    handled = await take_up(database, reason="unexpected")
    assert [(item.kind, item.title, item.now) for item in handled.touched] == [
        (ItemKind.PAGE_GROUP, "pages of Fake in Bread", "stale"),
        (ItemKind.SOURCE, "/x", "due"),
    ]


async def test_an_alert_ends_when_somebody_took_the_video_up(database: Database) -> None:
    """It would otherwise top `status` for ever."""
    (video,) = await add_videos(database, 1)
    await stop(database, video, "quarantined", "kills_process")
    async with database.transaction() as session:
        alert = Alert("kills_process", f"video {video}", "it died")
        await raise_alert(session, alert, CLOCK.now())
    await take_up(database, video)
    async with database.transaction() as session:
        assert await open_alerts(session) == []


async def test_a_cancelled_video_is_lost_to_whoever_works_on_it(database: Database) -> None:
    """Its output is not saved, its run ends, and nobody claims it again."""
    (video,) = await add_videos(database, 1)
    stage = FakeStage("cut", "indexed")
    deps = machine(database, [video_flow(stage)])
    claim = await take(database, deps)
    await cancel(database, [video], clock=CLOCK)
    assert await process_one(claim, deps) == Lost()
    await drain(deps)
    assert (await states(database), stage.saved) == ([("cancelled", None, 0)], [])
    (run,) = await rows_of(database, "SELECT status, finished_at IS NULL FROM runs")
    assert tuple(run) == ("cancelled", False)


async def test_a_cancelled_video_can_be_taken_up_again(database: Database) -> None:
    """It goes on at the milestone it had reached."""
    (video,) = await add_videos(database, 1, status="cut")
    await cancel(database, [video], clock=CLOCK)
    await take_up(database, video)
    assert await states(database) == [("cut", None, 0)]


async def test_a_video_taken_up_again_is_lost_to_who_worked_on_it_before(
    database: Database,
) -> None:
    """It stands at the same status again, and only the fence tells the two apart."""
    (video,) = await add_videos(database, 1)
    stage = FakeStage("cut", "indexed")
    deps = machine(database, [video_flow(stage)])
    claim = await take(database, deps)
    await cancel(database, [video], clock=CLOCK)
    await take_up(database, video)
    assert await process_one(claim, deps) == Lost()
    assert (await states(database), stage.saved) == ([("discovered", None, 0)], [])


async def test_a_failed_video_that_is_cancelled_keeps_its_place(database: Database) -> None:
    """Cancelling what failed takes it off the list of failures, no more."""
    (video,) = await add_videos(database, 1)
    await stop(database, video, "failed", "oven_cold")
    await cancel(database, [video], clock=CLOCK)
    assert await states(database) == [("cancelled", None, 0)]
    await take_up(database, video)
    assert await states(database) == [("cut", None, 0)]


async def test_cancel_leaves_what_is_finished_and_keep_does_not(database: Database) -> None:
    """`remove --keep` follows a finished video no longer; `cancel` has nothing to cancel."""
    (video,) = await add_videos(database, 1, status="indexed")
    handled = await cancel(database, [video], clock=CLOCK)
    assert [item.why for item in handled.untouched] == ["it is indexed already"]
    handled = await keep(database, [video], clock=CLOCK)
    assert [(item.before, item.now) for item in handled.touched] == [("indexed", "cancelled")]
    await take_up(database, video)
    assert await states(database) == [("indexed", None, 0)]


async def test_a_permanent_error_keeps_the_milestone_too(database: Database) -> None:
    """Every way to stop remembers where."""
    await add_videos(database, 1)

    def act(_given: Parcel, _context: StageContext) -> None:
        message = "no such oven"
        raise PermanentError(message, failure_code="no_oven")

    stages = (FakeStage("cut", "cut"), FakeStage("bake", "indexed", act=act))
    await drain(machine(database, [video_flow(*stages)]))
    (row,) = await rows_of(database, "SELECT status, resume_from FROM videos")
    assert tuple(row) == ("failed", "cut")


async def test_a_video_that_is_purged_while_it_runs_starves_nobody(database: Database) -> None:
    """Its output is lost, every other video is finished, and the loop ends."""
    videos = await add_videos(database, 5)

    async def act(given: Parcel, _context: StageContext) -> Parcel:
        if given.item_id == videos[0] and not purged:
            purged.extend((await purge(database, [videos[0], videos[4]], clock=CLOCK)).videos)
        return given

    purged: list[tuple[int, str]] = []
    cut, bake = FakeStage("cut", "cut", act=act), FakeStage("bake", "indexed")
    await drain(machine(database, [video_flow(cut, bake)]))
    rows = await rows_of(database, "SELECT id, status FROM videos ORDER BY id")
    assert [video for video, _ in purged] == [videos[0], videos[4]]
    assert [tuple(row) for row in rows] == [(video, "indexed") for video in videos[1:4]]
    assert videos[0] not in cut.saved


async def test_a_paused_source_that_was_away_is_told_of_no_more(database: Database) -> None:
    """Nobody looks at it, so its alert could not end by itself; that of another one stays."""
    for name in ("one", "two"):
        await add_videos(database, 1, source=name)
    ids = [row.id for row in await rows_of(database, "SELECT id FROM sources ORDER BY id")]
    async with database.transaction() as session:
        for source_id in ids:
            away = Alert("source_unreachable", f"source {source_id}", "it is away")
            await raise_alert(session, away, CLOCK.now())
    assert (await pause_source(database, ids[0], clock=CLOCK)).paused
    async with database.transaction() as session:
        assert [alert.concerns for alert in await open_alerts(session)] == [f"source {ids[1]}"]
    with pytest.raises(UsageError, match="there is no source 99"):
        await pause_source(database, 99, clock=CLOCK)


async def test_a_source_and_a_time_narrow_what_is_taken_up(database: Database) -> None:
    """Another source's videos, and those that stopped before, stay as they are."""
    old, new = await add_videos(database, 2, source="one")
    (other,) = await add_videos(database, 1, source="two")
    for video in (old, new, other):
        await stop(database, video, "failed", "unexpected")
    await rows_of(
        database,
        "UPDATE videos SET updated_at = now() - interval '3 days' WHERE id = :id RETURNING 1",
        id=old,
    )
    (row,) = await rows_of(database, "SELECT source_id FROM videos WHERE id = :id", id=new)
    yesterday = CLOCK.now() - timedelta(days=1)
    handled = await take_up(database, source_id=row.source_id, since=yesterday)
    assert [item.id for item in handled.touched] == [new]
    handled = await take_up(database, source_id=row.source_id)
    assert [item.id for item in handled.touched] == [old]
