"""Composing while recordings come, change and go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.errors import PermanentError
from footnoted.knowledge.groups.store import contribute
from footnoted.llm.tasks import ExtractTask
from footnoted.model.identity import deterministic_id
from footnoted.pipeline.controls.removal.removal import purge
from footnoted.pipeline.upkeep.upkeep import mend_evidence
from footnoted.profiles.techniques.types import ComposeOutput
from footnoted.stages.port import StageContext
from tests.fakes.asker import FakeAsker, answer_by_rules
from tests.fakes.workshop import Recording, transcript_of

if TYPE_CHECKING:
    from footnoted.stages.port import AnyStage
    from tests.fakes.workshop import Workshop

ONE = Recording("one", ("Let the bread rise until it has doubled",))
TWO = Recording("two", ("Bake the bread with steam for ten minutes",), day=1)


def _stage(workshop: Workshop) -> AnyStage:
    return workshop.profile.group_stages[0]


async def _load_and_run(workshop: Workshop) -> ComposeOutput:
    """Return what composing would save, from what is there now."""
    group = await workshop.scalar("SELECT id FROM page_groups ORDER BY id LIMIT 1")
    async with workshop.database.transaction() as session:
        given = await _stage(workshop).load(session, group)
    context = StageContext(workshop.asker, workshop.profile.prompts)
    out = await _stage(workshop).run(given, context)
    assert isinstance(out, ComposeOutput)
    return out


async def _save(workshop: Workshop, out: ComposeOutput) -> None:
    async with workshop.database.transaction() as session:
        await workshop.save(session, _stage(workshop), out.group.id, out)


async def _status(workshop: Workshop) -> tuple[Any, ...]:
    return tuple((await workshop.rows("SELECT status, wanted - done FROM page_groups"))[0])


async def test_what_comes_meanwhile_is_composed_next(workshop: Workshop) -> None:
    """The pages are published, and the group is stale at once."""
    await workshop.process(await workshop.add(ONE))
    out = await _load_and_run(workshop)
    await workshop.process(await workshop.add(TWO))
    await _save(workshop, out)
    first = await workshop.claims()
    status = await _status(workshop)
    await workshop.compose()
    assert status == ("stale", 1)
    assert {claim[2] for claim in first} == set(ONE.lines)
    assert {claim[2] for claim in await workshop.claims()} == {*ONE.lines, *TWO.lines}
    assert await _status(workshop) == ("current", 0)


async def test_what_goes_meanwhile_is_not_published(workshop: Workshop) -> None:
    """Nothing is written of pages that cite what is gone; the group is composed anew."""
    video = await workshop.add(ONE)
    await workshop.process(video)
    await workshop.process(await workshop.add(TWO))
    out = await _load_and_run(workshop)
    await workshop.remove(video)
    await _save(workshop, out)
    status = await _status(workshop)
    assert await workshop.claims() == set()
    await workshop.compose()
    assert status == ("stale", 1)
    assert {claim[2] for claim in await workshop.claims()} == set(TWO.lines)


async def test_evidence_that_was_never_there_fails_the_group(workshop: Workshop) -> None:
    """When nothing changed meanwhile, missing evidence is a fault and is never published."""
    await workshop.process(await workshop.add(ONE))
    out = await _load_and_run(workshop)
    claim = out.pages[0].claims[0]
    support = claim.support[0].model_copy(update={"evidence_id": deterministic_id("lie")})
    lie = claim.model_copy(update={"support": (support,)})
    page = out.pages[0].model_copy(update={"claims": (lie,)})
    failure = None
    try:
        await _save(workshop, out.model_copy(update={"pages": (page,)}))
    except PermanentError as error:
        failure = error.failure_code
    assert failure == "claim_without_evidence"
    assert await workshop.scalar("SELECT count(*) FROM pages") == 0
    assert await _status(workshop) == ("stale", 1)


async def _extract_nothing(workshop: Workshop, video: int) -> None:
    """Extract again and find no moment."""
    extract = workshop.profile.video_stages[2]
    empty = extract.given_type.model_validate(
        {"video_id": video, "transcript_id": None, "language": None, "cues": (), "topics": ()}
    )
    context = StageContext(workshop.asker, workshop.profile.prompts)
    nothing = await extract.run(empty, context)
    async with workshop.database.transaction() as session:
        await workshop.save(session, extract, video, nothing)


async def test_a_moment_that_left_stays_until_no_page_cites_it(workshop: Workshop) -> None:
    """Retired, it supports the published page; composed anew, it is gone."""
    video = await workshop.add(ONE)
    await workshop.process(video)
    await workshop.compose()
    await _extract_nothing(workshop, video)
    between = await workshop.rows(
        "SELECT (SELECT count(*) FROM technique_moments WHERE retired_at IS NOT NULL),"
        " (SELECT count(*) FROM evidence), (SELECT count(*) FROM documents WHERE kind = 'moment')"
    )
    holds = (await workshop.verify()).holds
    await workshop.compose()
    moments = await workshop.scalar("SELECT count(*) FROM technique_moments")
    pages = await workshop.scalar("SELECT count(*) FROM pages WHERE retired_at IS NULL")
    documents = await workshop.scalar("SELECT count(*) FROM documents WHERE kind = 'page'")
    assert tuple(between[0]) == (1, 1, 0)
    assert holds
    assert (moments, pages, documents) == (0, 0, 0)


async def test_a_moment_that_leaves_while_its_page_is_composed_stays_cited(
    workshop: Workshop,
) -> None:
    """The page that was on its way is published whole; the next one does without."""
    video = await workshop.add(ONE)
    await workshop.process(video)
    await workshop.compose()
    out = await _load_and_run(workshop)
    await _extract_nothing(workshop, video)
    await _save(workshop, out)
    retired = await workshop.scalar("SELECT count(*) FROM technique_moments")
    status = await _status(workshop)
    assert (retired, status) == (1, ("stale", 1))
    assert (await workshop.verify()).holds


def _extract_task(recording: Recording) -> ExtractTask:
    cues = transcript_of(recording.lines).cues
    return ExtractTask(language="en", topic="t", cues=cues, content_types=("technique",))


async def test_a_page_loses_what_a_recording_does_not_say_any_more(workshop: Workshop) -> None:
    """The group is wanted though other moments of the recording stay in it.

    The version that cited the lost words keeps its evidence.
    """
    both = Recording("both", (*ONE.lines, *TWO.lines))
    video = await workshop.add(both)
    await workshop.process(video)
    await workshop.compose()
    fewer = answer_by_rules(_extract_task(ONE))
    asker = workshop.asker
    assert isinstance(asker, FakeAsker)
    asker.will_answer("topic-0", fewer, fewer)
    await workshop.process(video)
    await workshop.compose()
    await workshop.process(video)
    cited = await workshop.rows("""
      SELECT v.version, count(*) FROM page_versions v JOIN claims c ON c.page_version_id = v.id
      JOIN claim_evidence e ON e.claim_id = c.id GROUP BY v.version ORDER BY v.version""")
    assert {claim[2] for claim in await workshop.claims()} == set(ONE.lines)
    assert [tuple(row) for row in cited] == [(1, 2), (2, 1)]


async def test_moments_are_composed_in_the_order_of_publication(workshop: Workshop) -> None:
    """Whenever they arrived."""
    for recording in (TWO, Recording("three", TWO.lines, day=2), ONE):
        await workshop.process(await workshop.add(recording))
    out_of_order = await workshop.scalar("SELECT id FROM page_groups")
    async with workshop.database.transaction() as session:
        given = await _stage(workshop).load(session, out_of_order)
    assert [moment.recording for moment in given.moments] == ["one", "two", "three"]


async def test_contributors_in_any_order_never_wait_in_a_circle(workshop: Workshop) -> None:
    """Every wish is counted and none is lost to a deadlock."""
    videos = [await workshop.add(Recording(f"v{n}", ())) for n in range(8)]
    names = [f"c{n}" for n in range(6)]

    async def give(number: int, video: int) -> None:
        order = names[number % 6 :] + names[: number % 6]
        for wish in range(4):
            async with workshop.database.transaction() as session:
                await contribute(session, video, order, order if wish else ())

    await asyncio.gather(*(give(number, video) for number, video in enumerate(videos)))
    rows = await workshop.rows("SELECT wanted FROM page_groups")
    assert [row.wanted for row in rows] == [32] * 6


async def _until_somebody_waits(workshop: Workshop) -> None:
    """Return when a transaction waits for a lock of another one."""
    async with asyncio.timeout(30):
        waiting = """SELECT count(*) FROM pg_sleep(0.01), pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        while not await workshop.scalar(waiting):
            pass


async def test_whoever_waits_for_a_page_that_is_published_holds_none_of_its_moments(
    workshop: Workshop,
) -> None:
    """Publishing holds the group, and then deletes moments that nobody cites any more."""
    video = await workshop.add(ONE)
    await workshop.process(video)
    await workshop.compose()
    await _extract_nothing(workshop, video)
    async with workshop.database.transaction() as session:
        await session.execute(text("SELECT id FROM page_groups FOR NO KEY UPDATE"))
        coming_back = asyncio.create_task(workshop.process(video))
        await _until_somebody_waits(workshop)
        held = text("SELECT id FROM technique_moments FOR UPDATE NOWAIT")
        assert len((await session.execute(held)).all()) == 1
    await coming_back
    await workshop.compose()
    assert {claim[2] for claim in await workshop.claims()} == set(ONE.lines)


class _MadeLater:
    """Has nothing made again by itself."""

    async def why_not(self, session: object, video_id: int) -> str | None:
        """Return that every video can be."""
        del session, video_id

    async def make(self, session: object, video_id: int) -> None:
        """Leave it to the test."""


async def test_a_repair_that_waits_for_a_page_holds_none_of_its_evidence(
    workshop: Workshop,
) -> None:
    """Publishing holds the group, and then looks at the evidence of what it publishes."""
    await workshop.process(await workshop.add(ONE))
    await workshop.compose()
    async with workshop.database.transaction() as session:
        await session.execute(text("UPDATE evidence SET last_cue = last_cue + 1000"))
    async with workshop.database.transaction() as session:
        await session.execute(text("SELECT id FROM page_groups FOR NO KEY UPDATE"))
        mending = asyncio.create_task(
            mend_evidence(workshop.database, SystemClock(), _MadeLater(), None)
        )
        await _until_somebody_waits(workshop)
        held = text("SELECT id FROM evidence FOR KEY SHARE NOWAIT")
        assert len((await session.execute(held)).all()) == 1
    assert len((await mending).faults) == 1
    assert await workshop.claims() == set()


async def test_whoever_erases_a_video_takes_the_groups_of_its_creator_in_their_order(
    workshop: Workshop,
) -> None:
    """A save of another video takes them from the first on: the other order is a deadlock."""
    await workshop.process(await workshop.add(Recording("kick", ("Tune the kick to the song",))))
    video = await workshop.add(ONE)
    await workshop.process(video)
    async with workshop.database.transaction() as session:
        lock = "SELECT id FROM page_groups ORDER BY id LIMIT 1 FOR NO KEY UPDATE"
        await session.execute(text(lock))
        erasing = asyncio.create_task(purge(workshop.database, [video], clock=SystemClock()))
        await _until_somebody_waits(workshop)
        held = text("SELECT id FROM page_groups FOR NO KEY UPDATE NOWAIT")
        assert len((await session.execute(held)).all()) == 2
    await erasing
    await workshop.compose()
    assert {claim[2] for claim in await workshop.claims()} == {"Tune the kick to the song"}


async def test_two_groups_that_ask_for_one_address_get_two(workshop: Workshop) -> None:
    """Composed at the same time, neither fails and neither writes over the other."""
    both = Recording("both", ("Let the bread rise for long", "Tune the kick to the song"))
    await workshop.process(await workshop.add(both))
    groups = [row.id for row in await workshop.rows("SELECT id FROM page_groups ORDER BY id")]
    outs = []
    for group in groups:
        async with workshop.database.transaction() as session:
            given = await _stage(workshop).load(session, group)
        out = await _stage(workshop).run(
            given, StageContext(workshop.asker, workshop.profile.prompts)
        )
        pages = [page.model_copy(update={"slug": "same", "title": "Same"}) for page in out.pages]
        outs.append(out.model_copy(update={"pages": tuple(pages)}))
    await asyncio.gather(*(_save(workshop, out) for out in outs))
    rows = await workshop.rows("SELECT slug, title FROM pages ORDER BY slug")
    assert len(rows) == 2
    assert {row.title for row in rows} == {"Same"}
