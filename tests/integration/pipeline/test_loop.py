"""The loop on a real PostgreSQL: order, waits, fairness, limits and endings."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import (
    BudgetExceededError,
    ConfigurationError,
    PermanentError,
    TransientError,
)
from footnoted.ledger.switches.store import Switch, switch_off, switch_on
from footnoted.ledger.switches.switches import PAUSE
from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.status import ItemKind, Resource
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.loop import Loop
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.pipeline.store import release_dead
from footnoted.pipeline.watch import check_statuses
from tests.fakes.clock import START
from tests.fakes.machine import PROFILE, add_videos, machine, rows_of, video_flow
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


async def statuses(database: Database) -> list[tuple[str, str | None]]:
    """Return (status, failure code) of every video, by id."""
    rows = await rows_of(database, "SELECT status, failure_code FROM videos ORDER BY id")
    return [(row.status, row.failure_code) for row in rows]


async def test_a_drain_takes_every_video_through_every_stage(database: Database) -> None:
    """Each stage runs once per video, in order, and each run is closed."""
    cut, bake = FakeStage("cut", "cut"), FakeStage("bake", "indexed")
    ids = await add_videos(database, 7)
    report = await drain(machine(database, [video_flow(cut, bake)]))
    assert report.outcomes == {"advanced": 14}
    assert (sorted(cut.saved), sorted(bake.saved)) == (ids, ids)
    assert await statuses(database) == [("indexed", None)] * 7
    rows = await rows_of(database, "SELECT status, count(*) AS n FROM runs GROUP BY 1")
    assert [(row.status, row.n) for row in rows] == [("done", 7)]


async def test_a_second_drain_has_nothing_to_do(database: Database) -> None:
    """What is finished is not looked at again."""
    stage = FakeStage("only", "indexed")
    await add_videos(database, 3)
    await drain(machine(database, [video_flow(stage)]))
    report = await drain(machine(database, [video_flow(stage)]))
    assert (report.outcomes, len(stage.ran)) == ({}, 3)


async def test_one_pass_advances_each_due_item_by_one_stage(database: Database) -> None:
    """`--once` is one tick over what was due when it began."""
    await add_videos(database, 12)
    flow = video_flow(FakeStage("cut", "cut"), FakeStage("bake", "indexed"))
    report = await drain(machine(database, [flow]), RunPlan(Mode.ONCE))
    assert report.outcomes == {"advanced": 12}
    assert await statuses(database) == [("cut", None)] * 12


async def test_a_poisoned_video_stops_and_the_rest_goes_on(database: Database) -> None:
    """A failure ends one video under its own code and stage; no other notices."""
    ids = await add_videos(database, 3)

    def act(given: Parcel, _context: StageContext) -> Parcel:
        if given.item_id == ids[1]:
            message = "no words in it"
            raise PermanentError(message, failure_code="transcript_empty")
        return given

    await drain(machine(database, [video_flow(FakeStage("cut", "indexed", act=act))]))
    expected = [("indexed", None), ("failed", "transcript_empty"), ("indexed", None)]
    assert await statuses(database) == expected
    rows = await rows_of(database, "SELECT error_stage FROM runs WHERE status = 'failed'")
    assert [row.error_stage for row in rows] == ["cut"]


async def test_a_quarantine_and_a_skip_are_ends_of_their_own(database: Database) -> None:
    """A stage can stop an item without failing it."""
    ids = await add_videos(database, 2)

    def act(given: Parcel, _context: StageContext) -> Stopped:
        if given.item_id == ids[0]:
            return Stopped("quarantined", "quality_wpm", "too few words")
        return Stopped("skipped", "filtered", "too short")

    await drain(machine(database, [video_flow(FakeStage("cut", "indexed", act=act))]))
    assert await statuses(database) == [("quarantined", "quality_wpm"), ("skipped", None)]


async def test_a_short_wait_is_slept_through_and_costs_no_attempt(database: Database) -> None:
    """A drain waits for what will be due soon, and a wait is not a failure."""
    await add_videos(database, 1)
    looks: list[int] = []

    def act(given: Parcel, _context: StageContext) -> Parcel:
        looks.append(1)
        if len(looks) < 5:
            message = "the other side asks for patience"
            raise TransientError(message, wait_reason="rate_limit", retry_after_s=0.05)
        return given

    report = await drain(machine(database, [video_flow(FakeStage("cut", "indexed", act=act))]))
    assert report.outcomes == {"waiting": 4, "advanced": 1}
    events = await rows_of(database, "SELECT name FROM events ORDER BY id")
    assert [event.name for event in events] == ["stage.waited", "stage.advanced"]


async def test_short_waits_that_repeat_do_not_keep_a_drain_for_ever(database: Database) -> None:
    """When nothing but waiting has happened for as long as a drain may wait, it ends."""
    await add_videos(database, 1)

    def act(_given: Parcel, _context: StageContext) -> Waiting:
        return Waiting(deps.clock.now() + timedelta(seconds=0.05), "index", "away")

    deps = machine(database, [video_flow(FakeStage("cut", "indexed", act=act))], drain_wait_s=0.4)
    report = await drain(deps)
    assert report.outcomes["waiting"] > 1
    assert await statuses(database) == [("discovered", None)]


async def test_a_long_wait_ends_a_drain_and_says_until_when(database: Database) -> None:
    """What cannot be done soon is left with its reason and its time."""
    await add_videos(database, 1)

    def act(_given: Parcel, context: StageContext) -> Waiting:
        del context
        return Waiting(deps.clock.now() + timedelta(hours=2), "budget", "cap reached")

    deps = machine(database, [video_flow(FakeStage("cut", "indexed", act=act))])
    await drain(deps)
    (row,) = await rows_of(
        database, "SELECT status, wait_reason, attempts, not_before > now() AS later FROM videos"
    )
    assert tuple(row) == ("discovered", "budget", 0, True)


async def test_a_time_limit_is_a_counted_attempt(database: Database) -> None:
    """A stage that hangs is ended and tried again later."""
    await add_videos(database, 1)

    async def hang(_given: Parcel, _context: StageContext) -> None:
        await asyncio.sleep(60)

    stage = FakeStage("cut", "indexed", act=hang, time_limit_s=0.05)
    report = await drain(machine(database, [video_flow(stage)]), RunPlan(Mode.ONCE))
    assert report.outcomes == {"failed": 1}
    (row,) = await rows_of(database, "SELECT wait_reason, wait_detail, attempts FROM videos")
    assert (row.wait_reason, row.attempts) == ("backoff", 1)
    assert row.wait_detail.startswith("time_limit")


async def test_a_full_resource_does_not_starve_another(database: Database) -> None:
    """While slow work holds one resource, work on another goes on."""
    await add_videos(database, 4, status="discovered")
    await add_videos(database, 4, status="cut")
    release = asyncio.Event()

    async def slow(given: Parcel, _context: StageContext) -> Parcel:
        await release.wait()
        return given

    def quick(given: Parcel, _context: StageContext) -> Parcel:
        if len(bake.ran) == 4:
            release.set()
        return given

    cut = FakeStage("cut", "cut", act=slow, resource=Resource.CPU)
    bake = FakeStage("bake", "indexed", act=quick, resource=Resource.INDEX)
    capacity = {Resource.CPU: 1, Resource.INDEX: 1}
    await drain(machine(database, [video_flow(cut, bake)], capacity=capacity))
    assert await statuses(database) == [("indexed", None)] * 8
    assert (cut.most_at_once, bake.most_at_once) == (1, 1)


async def test_priority_comes_before_progress_and_progress_before_age(database: Database) -> None:
    """Claims take the urgent first, then what is furthest along, then by turn."""
    first, second = await add_videos(database, 2)
    (further,) = await add_videos(database, 1, status="cut")
    (urgent,) = await add_videos(database, 1)
    await rows_of(database, "UPDATE videos SET priority = 5 WHERE id = :id RETURNING 1", id=urgent)
    order: list[int] = []

    def act(given: Parcel, _context: StageContext) -> Parcel:
        order.append(given.item_id)
        return given

    flow = video_flow(FakeStage("cut", "cut", act=act), FakeStage("bake", "indexed", act=act))
    deps = machine(database, [flow], capacity={Resource.CPU: 1})
    await drain(deps, RunPlan(Mode.ONCE))
    assert order == [urgent, further, first, second]


async def test_turns_share_the_machine_between_sources(database: Database) -> None:
    """A source with many items does not stand before one with few: equal turns alternate."""
    many = await add_videos(database, 6, source="/many")
    few = await add_videos(database, 2, source="/few")
    order: list[int] = []

    def act(given: Parcel, _context: StageContext) -> Parcel:
        order.append(given.item_id)
        return given

    flow = video_flow(FakeStage("cut", "indexed", act=act))
    await drain(machine(database, [flow], capacity={Resource.CPU: 1}))
    assert order[:4] == [many[0], few[0], many[1], few[1]]


async def test_max_videos_finishes_what_it_begins_and_begins_no_more(database: Database) -> None:
    """Two of five videos go all the way; three are not touched."""
    await add_videos(database, 5)
    flow = video_flow(FakeStage("cut", "cut"), FakeStage("bake", "indexed"))
    await drain(machine(database, [flow]), RunPlan(Mode.DRAIN, max_videos=2))
    found = sorted(status for status, _ in await statuses(database))
    assert found == ["discovered", "discovered", "discovered", "indexed", "indexed"]


async def test_max_minutes_stops_claiming_and_reports_the_time(database: Database) -> None:
    """When the time is up, what is in flight still ends well."""
    await add_videos(database, 50)

    async def slow(given: Parcel, _context: StageContext) -> Parcel:
        await asyncio.sleep(0.2)
        return given

    stage = FakeStage("cut", "indexed", act=slow)
    deps = machine(database, [video_flow(stage)], capacity={Resource.CPU: 2})
    report = await drain(deps, RunPlan(Mode.DRAIN, max_minutes=0.5 / 60))
    assert report.ran_out_of_time
    assert len(stage.saved) == len(stage.ran) < 50
    (row,) = await rows_of(
        database, "SELECT count(*) AS n FROM videos WHERE lease_owner IS NOT NULL"
    )
    assert row.n == 0


async def test_a_stop_claims_nothing_more_and_lets_work_end(database: Database) -> None:
    """After `stop` what is in flight is saved, and nothing is left leased."""
    await add_videos(database, 20)

    async def slow(given: Parcel, _context: StageContext) -> Parcel:
        loop.stop()
        await asyncio.sleep(0.2)
        return given

    stage = FakeStage("cut", "indexed", act=slow)
    deps = machine(database, [video_flow(stage)], capacity={Resource.CPU: 3})
    loop = Loop(deps, RunPlan())
    async with asyncio.timeout(10):
        report = await loop.run()
    assert report.was_stopped
    assert (len(stage.ran), len(stage.saved)) == (3, 3)
    rows = await rows_of(database, "SELECT DISTINCT lease_owner, attempts, crashes FROM videos")
    assert [tuple(row) for row in rows] == [(None, 0, 0)]


async def test_what_outlives_the_grace_period_is_given_back_without_an_attempt(
    database: Database,
) -> None:
    """Cancelled work is due again at once, as if it had not been claimed."""
    await add_videos(database, 1)

    async def hang(_given: Parcel, _context: StageContext) -> None:
        loop.stop()
        await asyncio.sleep(60)

    stage = FakeStage("cut", "indexed", act=hang, time_limit_s=100)
    loop = Loop(machine(database, [video_flow(stage)], shutdown_grace_s=0.1), RunPlan())
    async with asyncio.timeout(10):
        await loop.run()
    (row,) = await rows_of(
        database, "SELECT status, lease_owner, attempts, crashes, not_before FROM videos"
    )
    assert tuple(row) == ("discovered", None, 0, 0, None)


async def test_interrupted_items_run_alone_and_first(database: Database) -> None:
    """An item that a process died with is tried with nothing beside it."""
    ids = await add_videos(database, 6)
    await rows_of(database, "UPDATE videos SET crashes = 1 WHERE id > :id RETURNING 1", id=ids[3])
    order: list[tuple[int, int]] = []

    async def act(given: Parcel, _context: StageContext) -> Parcel:
        order.append((given.item_id, stage.at_once))
        await asyncio.sleep(0.01)
        return given

    stage = FakeStage("cut", "indexed", act=act)
    await drain(machine(database, [video_flow(stage)]))
    assert order[:2] == [(ids[4], 1), (ids[5], 1)]
    rows = await rows_of(database, "SELECT DISTINCT crashes, status FROM videos")
    assert [tuple(row) for row in rows] == [(0, "indexed")]


async def test_an_item_that_keeps_killing_the_process_alone_is_quarantined(
    database: Database,
) -> None:
    """The fifth crash ends it with a reason instead of the process again."""
    await add_videos(database, 1)
    await rows_of(database, "UPDATE videos SET crashes = 5 RETURNING 1")
    stage = FakeStage("cut", "indexed")
    await drain(machine(database, [video_flow(stage)]))
    assert await statuses(database) == [("quarantined", "kills_process")]
    assert stage.ran == []


async def test_a_death_beside_an_answer_that_is_out_is_not_held_against_an_item(
    database: Database,
) -> None:
    """What waits for a provider ends no process, while its call may still be answered."""
    ids = await add_videos(database, 4)
    await rows_of(
        database,
        """UPDATE videos SET lease_owner = gen_random_uuid(), lease_expires_at = :now,
             crashes = CASE WHEN id = :fresh THEN 0 ELSE 4 END RETURNING 1""",
        now=START,
        fresh=ids[3],
    )
    for video, deadline in [(ids[0], 60), (ids[1], -60), (ids[3], 60)]:
        await rows_of(
            database,
            """INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model,
                 prompt_sha256, state, reserved_usd, reserved_at, deadline_at)
               VALUES (:hash, 'video', :id, 'cut', 'all', 'm', '0', 'sent', 0, :now, :deadline)
               RETURNING 1""",
            hash=str(video),
            id=video,
            now=START,
            deadline=START + timedelta(seconds=deadline),
        )
    async with database.transaction() as session:
        assert await release_dead(session, START) == 4
    rows = await rows_of(database, "SELECT crashes FROM videos ORDER BY id")
    assert [row.crashes for row in rows] == [4, 5, 5, 0]


async def test_leases_that_ran_out_are_taken_over_and_counted(database: Database) -> None:
    """The work of a dead process is due again, marked as interrupted, then done."""
    await add_videos(database, 2)
    await rows_of(
        database,
        """UPDATE videos SET lease_owner = gen_random_uuid(), lease_expires_at = now()
           RETURNING 1""",
    )
    report = await drain(machine(database, [video_flow(FakeStage("cut", "indexed"))]))
    assert report.outcomes == {"advanced": 2}


async def test_a_removed_item_is_no_failure_and_starves_nobody(database: Database) -> None:
    """A row that goes while its stage runs is simply gone."""
    ids = await add_videos(database, 3)

    async def act(given: Parcel, _context: StageContext) -> Parcel:
        if given.item_id == ids[0]:
            await rows_of(database, "DELETE FROM videos WHERE id = :id RETURNING 1", id=ids[0])
        return given

    report = await drain(machine(database, [video_flow(FakeStage("cut", "indexed", act=act))]))
    assert report.outcomes == {"lost": 1, "advanced": 2}


async def test_an_unknown_status_stops_the_start_with_one_sentence(database: Database) -> None:
    """A status no release of ours made must not be walked past."""
    await add_videos(database, 1, status="stage5")
    deps = machine(database, [video_flow(FakeStage("cut", "indexed"))])
    with pytest.raises(ConfigurationError, match="'stage5'"):
        await check_statuses(deps)


async def test_videos_of_a_removed_profile_are_parked(database: Database) -> None:
    """No flow, no fault: they wait until their profile is back."""
    await add_videos(database, 1)
    deps = machine(database, [video_flow(FakeStage("c", "indexed"), profile="x")])
    await check_statuses(deps)
    assert (await Loop(deps, DRAIN).run()).outcomes == {}


async def test_pages_wait_for_their_creators_videos(database: Database) -> None:
    """A page group is composed once its creator has nothing due upstream, not once per video."""
    await add_videos(database, 5)
    await rows_of(
        database,
        """INSERT INTO page_groups (profile, creator_id, category, wanted, wanted_at, status)
           SELECT :profile, id, 'Mixing', 1, now(), 'stale' FROM creators RETURNING 1""",
        profile=PROFILE,
    )
    order: list[str] = []

    def noted(name: str) -> FakeStage:
        def act(given: Parcel, _context: StageContext) -> Parcel:
            order.append(name)
            return given

        kind = ItemKind.PAGE_GROUP if name == "compose" else ItemKind.VIDEO
        gives = "current" if name == "compose" else "indexed"
        return FakeStage(name, gives, kind=kind, act=act)

    flows = [
        video_flow(noted("cut")),
        Flow(ItemKind.PAGE_GROUP, PROFILE, "stale", (noted("compose"),)),
    ]
    await drain(machine(database, flows))
    assert order == ["cut"] * 5 + ["compose"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (BudgetExceededError("no room", until=START + timedelta(days=9_000)), True),
        (TransientError("later", wait_reason="rate_limited", retry_after_s=7_200), True),
        (TransientError("later", wait_reason="provider_stopped", retry_after_s=900), True),
        (TransientError("later", wait_reason="call_in_flight", retry_after_s=900), True),
        (TransientError("later", wait_reason="captions_pending", retry_after_s=900), False),
    ],
)
async def test_a_drain_that_leaves_work_to_a_cap_or_a_limit_says_so(
    database: Database, error: Exception, *, expected: bool
) -> None:
    """Also the next one, which finds nothing to begin."""

    def act(_: Parcel, __: StageContext) -> object:
        raise error

    await add_videos(database, 1)
    deps = machine(database, [video_flow(FakeStage("only", "indexed", act=act))])
    assert [(await drain(deps)).is_held_up for _ in range(2)] == [expected] * 2


async def test_paused_work_is_not_begun_and_goes_on_afterwards(
    database: Database, logged: Callable[[], list[str]]
) -> None:
    """A drain ends at once and says that it was held up, and by whom; nothing is lost."""
    await add_videos(database, 2)
    deps = machine(database, [video_flow(FakeStage("cut", "indexed"))])
    async with database.transaction() as session:
        await switch_on(session, Switch(PAUSE, None, deps.clock.now()))
    held = await drain(deps)
    async with database.transaction() as session:
        await switch_off(session, PAUSE)
    assert (held.outcomes, held.is_held_up, held.is_paused) == ({}, True, True)
    assert logged().count("work.paused") == 1
    after = await drain(deps)
    assert (after.outcomes, after.is_paused) == ({"advanced": 2}, False)


async def test_a_busy_loop_begins_nothing_more_once_it_is_paused(database: Database) -> None:
    """The pause is seen at its next look, and what is under way ends."""
    await add_videos(database, 60)
    clock = machine(database, []).clock

    async def pause(given: Parcel, _context: StageContext) -> Parcel:
        async with database.transaction() as session:
            await switch_on(session, Switch(PAUSE, None, clock.now()))
        await asyncio.sleep(0.1)
        return given

    deps = machine(database, [video_flow(FakeStage("cut", "indexed", act=pause))])
    report = await drain(deps)
    assert 0 < report.outcomes["advanced"] < 60
    assert (set(report.outcomes), report.is_held_up) == ({"advanced"}, True)
