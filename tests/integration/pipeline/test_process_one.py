"""One claim, one stage: fences, pinned work orders, and saves that are all or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from footnoted.model.outcome import Advanced, Failed, Lost
from footnoted.model.status import ItemKind
from footnoted.pipeline import store
from footnoted.pipeline.flows import Flows
from footnoted.pipeline.process_one import process_one
from tests.fakes.machine import add_videos, machine, rows_of, video_flow
from tests.fakes.stages import FakeStage, Parcel

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.session import Database
    from footnoted.model.claim import Claim
    from footnoted.pipeline.deps import Deps
    from footnoted.stages.port import StageContext


async def take(database: Database, deps: Deps, count: int = 1) -> list[Claim]:
    """Claim videos as the loop does."""
    lease = store.Lease(uuid4(), deps.clock.now(), timedelta(seconds=60), timedelta(0))
    lanes = [lane for lane in Flows(deps.flows).lanes() if lane.kind is ItemKind.VIDEO]
    async with database.transaction() as session:
        return await store.claim(session, lanes, lease, store.Wanted(count))


async def take_over(database: Database) -> None:
    """Do as if another process had claimed every video since."""
    await rows_of(database, "UPDATE videos SET fence = fence + 1 RETURNING 1")


async def test_two_claimers_never_get_the_same_item(database: Database) -> None:
    """SKIP LOCKED and the lease keep claims apart, in one transaction or many."""
    ids = await add_videos(database, 6)
    deps = machine(database, [video_flow(FakeStage("cut", "indexed"))])
    first, second = await take(database, deps, 4), await take(database, deps, 4)
    assert sorted(claim.id for claim in first + second) == ids
    assert {claim.fence for claim in first + second} == {1}


async def test_a_claim_that_lost_its_fence_writes_nothing(database: Database) -> None:
    """A zombie that wakes after its lease finds its save refused, output and event included."""
    await add_videos(database, 1)

    async def note_in_database(session: AsyncConnection, _item_id: int) -> None:
        del session
        saves.append(1)

    saves: list[int] = []
    stage = FakeStage("cut", "indexed", on_save=note_in_database)
    deps = machine(database, [video_flow(stage)])
    (claim,) = await take(database, deps)
    await take_over(database)
    assert await process_one(claim, deps) == Lost()
    assert saves == []
    (row,) = await rows_of(database, "SELECT status, (SELECT count(*) FROM events) FROM videos")
    assert tuple(row) == ("discovered", 0)


async def test_a_lost_claim_cannot_fail_or_park_the_item_either(database: Database) -> None:
    """The verdict of a zombie is as worthless as its output."""
    await add_videos(database, 1)

    def act(_given: Parcel, _context: StageContext) -> None:
        message = "a verdict"
        raise RuntimeError(message)

    deps = machine(database, [video_flow(FakeStage("cut", "indexed", act=act))])
    (claim,) = await take(database, deps)
    await take_over(database)
    assert await process_one(claim, deps) == Lost()
    (row,) = await rows_of(database, "SELECT attempts, wait_reason FROM videos")
    assert tuple(row) == (0, None)


async def test_a_save_that_fails_leaves_nothing_behind(database: Database) -> None:
    """Status, output and event are one transaction."""
    await add_videos(database, 1)

    async def break_it(session: AsyncConnection, item_id: int) -> None:
        del session
        message = f"cannot save {item_id}"
        raise RuntimeError(message)

    deps = machine(database, [video_flow(FakeStage("cut", "indexed", on_save=break_it))])
    (claim,) = await take(database, deps)
    outcome = await process_one(claim, deps)
    assert outcome == Failed("unexpected", f"RuntimeError: cannot save {claim.id}")
    (row,) = await rows_of(
        database, "SELECT status, attempts, (SELECT max(name) FROM events) FROM videos"
    )
    assert tuple(row) == ("discovered", 1, "stage.failed")


async def test_a_stage_that_asks_is_replayed_with_what_it_was_given_first(
    database: Database,
) -> None:
    """After a failed try the input is the pinned one, although the world has changed."""
    await add_videos(database, 1)

    def act(given: Parcel, _context: StageContext) -> Parcel:
        if len(stage.ran) == 1:
            message = "once"
            raise RuntimeError(message)
        return given

    stage = FakeStage("ask", "indexed", asks=True, act=act, note="first")
    deps = machine(database, [video_flow(stage)])
    (claim,) = await take(database, deps)
    await process_one(claim, deps)
    stage.note = "second"
    await rows_of(database, "UPDATE videos SET not_before = NULL RETURNING 1")
    (claim,) = await take(database, deps)
    assert await process_one(claim, deps) == Advanced("indexed")
    assert [given.note for given in stage.given] == ["first", "first"]
    (row,) = await rows_of(
        database, "SELECT closed_at IS NOT NULL, given, output_sha256 <> '' FROM work_orders"
    )
    assert tuple(row) == (True, None, True)


async def test_a_changed_configuration_pins_the_input_anew(database: Database) -> None:
    """An order pinned under another taxonomy does not fit any more."""
    await add_videos(database, 1)

    def act(given: Parcel, _context: StageContext) -> Parcel:
        if len(stage.ran) == 1:
            message = "once"
            raise RuntimeError(message)
        return given

    stage = FakeStage("ask", "indexed", asks=True, act=act, note="first")
    deps = machine(database, [video_flow(stage)])
    (claim,) = await take(database, deps)
    await process_one(claim, deps)
    stage.note, stage.parts = "second", {"taxonomy": "new"}
    await rows_of(database, "UPDATE videos SET not_before = NULL RETURNING 1")
    (claim,) = await take(database, deps)
    await process_one(claim, deps)
    assert [given.note for given in stage.given] == ["first", "second"]


async def test_an_event_tells_what_a_stage_counted(database: Database) -> None:
    """Every advance is told in an event of the item's run."""
    ids = await add_videos(database, 1)
    deps = machine(database, [video_flow(FakeStage("cut", "indexed"))])
    (claim,) = await take(database, deps)
    await process_one(claim, deps)
    (row,) = await rows_of(
        database,
        """SELECT e.item_id, e.name, e.stage, e.fields, r.run_number
           FROM events e JOIN runs r ON r.id = e.run_id""",
    )
    assert tuple(row) == (ids[0], "stage.advanced", "cut", {"to": "indexed"}, 1)


async def test_the_event_of_a_stage_tells_what_it_rejected(database: Database) -> None:
    """What was thrown out of an answer can be read afterwards, by reason."""

    class Sorted(Parcel):
        counts: dict[str, int]

    def act(given: Parcel, _context: StageContext) -> Sorted:
        return Sorted(item_id=given.item_id, counts={"moments": 3, "rejected_content_type": 1})

    await add_videos(database, 1)
    deps = machine(database, [video_flow(FakeStage("cut", "indexed", act=act))])
    (claim,) = await take(database, deps)
    await process_one(claim, deps)
    (row,) = await rows_of(database, "SELECT fields FROM events WHERE name = 'stage.advanced'")
    assert row.fields["counts"] == {"moments": 3, "rejected_content_type": 1}


async def test_a_stage_is_not_run_again_on_what_it_has_done(database: Database) -> None:
    """Put back before it, with the same input and configuration, an item passes at once.

    Below another output everything is done again: its save may have taken away what was there.
    """
    (video,) = await add_videos(database, 1)
    cut, bake = FakeStage("cut", "cut", asks=True), FakeStage("bake", "indexed", asks=True)
    deps = machine(database, [video_flow(cut, bake)])
    outcomes = []
    for note in ("", "", "another"):
        cut.note = note
        await rows_of(database, "UPDATE videos SET status = 'discovered' RETURNING 1")
        for _ in range(2):
            (claim,) = await take(database, deps)
            outcomes.append(type(await process_one(claim, deps)).__name__)
    assert outcomes == ["Advanced"] * 6
    assert (cut.ran, bake.ran) == ([video, video], [video, video])
    assert cut.saved == [video, video]
