"""What `status` tells of a database in every state a person asks about."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from footnoted.model.outcome import Waiting
from footnoted.model.status import ItemKind
from footnoted.pipeline.alerts.alert import Alert
from footnoted.pipeline.alerts.store import open_alerts, raise_alert, resolve_alert
from footnoted.pipeline.flow import Flow
from footnoted.pipeline.loop import Loop
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.pipeline.reports.report import Example, GroupCounts, SourceCounts, StatusCount
from footnoted.pipeline.reports.status import StatusQuery, read_status
from footnoted.pipeline.reports.videos.report import Withheld
from footnoted.pipeline.reports.videos.store import read_state
from tests.fakes.machine import PROFILE, add_videos, machine, rows_of, video_flow
from tests.fakes.stages import FakeStage, Parcel

if TYPE_CHECKING:
    from footnoted.db.session import Database
    from footnoted.pipeline.reports.report import StatusReport
    from footnoted.stages.port import StageContext

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
AWAY = Alert("source_unreachable", "source 3", "/mnt/x: no such folder")


async def read(database: Database) -> StatusReport:
    """Return the state of everything at NOW."""
    return await read_status(database, StatusQuery(NOW, timedelta(minutes=15), (PROFILE,)))


async def test_what_depends_on_a_broken_profile_is_counted(database: Database) -> None:
    """Unfinished videos, page groups and sources; the others of the database are in no way."""
    await add_videos(database, 3)
    await change(database, "status = 'indexed'", 1)
    await rows_of(
        database,
        """WITH followed AS (
             INSERT INTO sources (kind, locator, title, profiles, poll_interval_s, status,
               next_poll_at)
             VALUES ('folder', '/a', 'A', ARRAY['other', CAST(:p AS text)], 60, 'due', now()),
               ('folder', '/b', 'B', ARRAY['other'], 60, 'due', now()))
           INSERT INTO page_groups (profile, creator_id, category, wanted, status)
           SELECT :p, creator_id, 'Mixing', 1, 'stale' FROM videos LIMIT 1 RETURNING id""",
        p=PROFILE,
    )
    query = StatusQuery(NOW, timedelta(minutes=15), (), {PROFILE: "why", "idle": "because"})
    report = await read_status(database, query)
    found = [(one.profile, one.videos, one.page_groups, one.sources) for one in report.broken]
    assert found == [(PROFILE, 2, 1, 1), ("idle", 0, 0, 0)]
    assert (report.broken[0].fault, len(report.videos)) == ("why", 2)
    assert (await read(database)).broken == ()


async def change(database: Database, assignments: str, video_id: int, **values: Any) -> None:
    """Set columns of a video."""
    query = f"UPDATE videos SET {assignments} WHERE id = :id RETURNING 1"  # noqa: S608 - constants
    await rows_of(database, query, id=video_id, **values)


async def give_words(database: Database) -> None:
    """Do as if the words of every video had been taken."""
    await rows_of(
        database,
        """WITH made AS (
             INSERT INTO transcripts (media_id, version, origin, format, file_sha256, text_sha256,
               cues, word_count, cue_count, is_timed, notes, quality, created_at)
             SELECT id, 1, 'captions_auto', 'vtt', 'hash', 'hash', '[]', 0, 0, true, '[]',
               '{}', :now
             FROM media RETURNING id, media_id)
           UPDATE videos v SET transcript_id = made.id FROM made WHERE made.media_id = v.media_id
           RETURNING v.id""",
        now=NOW,
    )


async def look_again(database: Database, video_id: int, assignments: str, **values: Any) -> None:
    """Do as if the recording of a video had been looked at again."""
    await rows_of(
        database,
        """INSERT INTO transcriptions (media_id, status, turn, created_at, updated_at)
           SELECT media_id, 'heard', 0, :now, :now FROM videos WHERE id = :id RETURNING 1""",
        id=video_id,
        now=NOW,
    )
    query = f"""UPDATE transcriptions SET {assignments}
                WHERE media_id = (SELECT media_id FROM videos WHERE id = :id) RETURNING 1"""  # noqa: S608 - constants
    await rows_of(database, query, id=video_id, **values)


async def want_page(database: Database, wanted_at: datetime) -> None:
    """Do as if a page group had been wanted at a time."""
    await rows_of(
        database,
        """INSERT INTO page_groups (profile, creator_id, category, wanted, status, wanted_at)
           SELECT :profile, id, 'Bread', 1, 'stale', :at FROM creators RETURNING 1""",
        profile=PROFILE,
        at=wanted_at,
    )


async def test_an_empty_database_is_empty(database: Database) -> None:
    """Nothing was added, so there is nothing to show but how to begin."""
    report = await read(database)
    assert report.is_empty
    assert (report.videos, report.waiting, report.stopped, report.alerts) == ((), (), (), ())


async def test_videos_are_counted_by_profile_and_status(database: Database) -> None:
    """Most first; what could be worked on at once is `ready`."""
    await add_videos(database, 2)
    await add_videos(database, 3, status="indexed")
    report = await read(database)
    assert report.videos == (
        StatusCount(profile=PROFILE, status="indexed", count=3),
        StatusCount(profile=PROFILE, status="discovered", count=2),
    )
    assert (report.ready, report.is_empty) == (2, False)


async def test_a_wait_says_for_what_and_until_when(database: Database) -> None:
    """Items that wait for the same thing are one line: the first, the last, three examples."""
    videos = await add_videos(database, 5)
    for number, video in enumerate(videos):
        await change(
            database,
            "wait_reason = 'backoff', wait_detail = 'busy', not_before = :at",
            video,
            at=SOON + timedelta(minutes=number),
        )
    (wait,) = (await read(database)).waiting
    assert (wait.kind, wait.reason, wait.count) == (ItemKind.VIDEO, "backoff", 5)
    assert (wait.next_at, wait.last_at) == (SOON, SOON + timedelta(minutes=4))
    assert wait.examples == tuple(
        Example(id=video, title=f"item {n}", detail="busy")
        for n, video in enumerate(videos[:3], start=1)
    )


async def test_what_nobody_woke_yet_is_ready(database: Database) -> None:
    """While no daemon runs, a wait that is over and a source that is overdue are work to do."""
    waiting, over = await add_videos(database, 2)
    await add_videos(database, 1, status="indexed", source="/x")
    await rows_of(database, "UPDATE sources SET next_poll_at = :at RETURNING 1", at=NOW)
    for video, at in ((waiting, SOON), (over, NOW)):
        await change(database, "wait_reason = 'backoff', not_before = :at", video, at=at)
    assert (await read(database)).ready == 2
    await want_page(database, NOW - timedelta(hours=1))
    assert (await read(database)).ready == 3
    assert (await read(database)).sources == SourceCounts(
        followed=1, paused=0, failed=0, next_poll_at=NOW
    )
    gone = "UPDATE sources SET status = 'failed', failure_code = 'source_gone' RETURNING 1"
    await rows_of(database, gone)
    report = await read(database)
    assert report.sources == SourceCounts(followed=0, paused=0, failed=1, next_poll_at=None)


async def test_a_stop_says_why_and_how_to_take_it_up(database: Database) -> None:
    """The command to type stands beside the reason; bad words need to be accepted."""
    first, second = await add_videos(database, 2)
    why = "status = :status, failure_code = :code, failure_detail = :why"
    await change(database, why, first, status="failed", code="oven_cold", why="it is cold")
    await change(database, why, second, status="quarantined", code="quality_wpm", why="fast")
    stops = {stop.code: stop for stop in (await read(database)).stopped}
    assert stops["oven_cold"].retry == "footnoted retry --reason oven_cold"
    assert stops["quality_wpm"].retry == "footnoted retry --reason quality_wpm --accept-quality"
    assert stops["oven_cold"].examples == (Example(id=first, title="item 1", detail="it is cold"),)


async def test_a_recording_that_is_withheld_after_its_words_were_taken_is_told(
    database: Database,
) -> None:
    """By `status` and `show`; a video without words, or followed no longer, is another matter."""
    hidden, gone, wordless, forgotten = await add_videos(database, 4, status="indexed")
    await give_words(database)
    await change(database, "status = 'discovered', transcript_id = NULL", wordless)
    await change(database, "status = 'cancelled'", forgotten)
    for video in (hidden, wordless, forgotten):
        why = (
            "status = 'wanted', wait_reason = 'private', wait_detail = 'sign in', not_before = :at"
        )
        await look_again(database, video, why, at=SOON)
    why = "status = 'failed', failure_code = 'removed_deadline', failure_detail = 'no more'"
    await look_again(database, gone, why)
    told = {line.reason: line for line in (await read(database)).withheld}
    assert {reason: (line.count, line.next_at) for reason, line in told.items()} == {
        "private": (1, SOON),
        "removed_deadline": (1, None),
    }
    assert told["private"].examples == (Example(id=hidden, title="item 1", detail="sign in"),)
    async with database.transaction() as session:
        shown = [(await read_state(session, video, NOW)).withheld for video in (hidden, forgotten)]
    assert shown == [Withheld(reason="private", detail="sign in", next_at=SOON), None]


async def test_work_in_progress_is_named_until_its_lease_ends(database: Database) -> None:
    """A lease that ran out is nobody's work."""
    alive, dead = await add_videos(database, 2)
    lease = "lease_owner = gen_random_uuid(), lease_expires_at = :at"
    await change(database, lease, alive, at=SOON)
    await change(database, lease, dead, at=NOW - timedelta(minutes=1))
    assert [(line.id, line.until) for line in (await read(database)).working] == [(alive, SOON)]


async def test_pages_gather_while_their_creator_has_work(database: Database) -> None:
    """A group is due when nothing upstream is, or when it has waited long enough."""
    await add_videos(database, 1)
    await want_page(database, NOW)
    until = NOW + timedelta(minutes=15)
    expected = GroupCounts(due=0, gathering=1, gathering_until=until)
    assert (await read(database)).page_groups == expected
    await rows_of(database, "UPDATE videos SET status = 'indexed' RETURNING 1")
    expected = GroupCounts(due=1, gathering=0, gathering_until=None)
    assert (await read(database)).page_groups == expected


async def test_pages_that_waited_long_are_due(database: Database) -> None:
    """A backlog of weeks cannot hold a page back for ever."""
    await add_videos(database, 1)
    await want_page(database, NOW - timedelta(minutes=16))
    assert (await read(database)).page_groups.due == 1


async def test_calls_and_cost_are_those_since_midnight(database: Database) -> None:
    """The day is that of UTC; what was released cost nothing."""
    rows = [("a", NOW, "answered"), ("b", NOW, "released"), ("c", NOW - timedelta(days=1), "sent")]
    for name, at, state in rows:
        await rows_of(
            database,
            """INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label, model,
                 prompt_sha256, state, usable, reserved_usd, answer, reserved_at)
               VALUES (:name, 'video', 1, 's', 'l', 'm', 'p', :state,
                 CASE WHEN :state = 'answered' THEN true END, 0.25,
                 CASE WHEN :state = 'answered' THEN '{}' END, :at) RETURNING 1""",
            name=name,
            state=state,
            at=at,
        )
    report = await read(database)
    assert (report.calls_today, str(report.cost_today_usd)) == (2, "0.250000000")


async def test_the_index_says_how_far_it_is_behind(database: Database) -> None:
    """As many documents as the outbox holds, since the oldest."""
    await rows_of(
        database,
        "INSERT INTO index_outbox (document_id, at) VALUES (gen_random_uuid(), :at) RETURNING 1",
        at=NOW,
    )
    report = await read(database)
    assert (report.index_behind, report.index_behind_since) == (1, NOW)


async def test_an_alert_is_counted_while_it_lasts(database: Database) -> None:
    """Raising it again is no news; after it ended it is."""
    async with database.transaction() as session:
        news = [await raise_alert(session, AWAY, at) for at in (NOW, SOON)]
    (line,) = (await read(database)).alerts
    assert (line.count, line.first_at, line.last_at) == (2, NOW, SOON)
    async with database.transaction() as session:
        ended = await resolve_alert(session, AWAY.code, AWAY.concerns, SOON)
        assert await open_alerts(session) == []
        again = await raise_alert(session, AWAY, SOON)
        (alert,) = await open_alerts(session)
    assert (news, ended, again, alert.times) == ([True, False], True, True, 1)


async def test_a_video_that_kills_the_process_raises_an_alert(database: Database) -> None:
    """It stands on top of `status`, with the video it is about."""
    (video,) = await add_videos(database, 1)
    await change(database, "crashes = 5", video)
    async with asyncio.timeout(30):
        deps = machine(database, [video_flow(FakeStage("cut", "indexed"))])
        await Loop(deps, RunPlan(Mode.DRAIN)).run()
    (line,) = (await read(database)).alerts
    assert (line.code, line.concerns, line.count) == ("kills_process", f"video {video}", 1)


async def test_a_source_that_is_away_is_an_alert_until_it_is_back(database: Database) -> None:
    """Counted per look while it is away; the first good look ends it."""
    await add_videos(database, 1, status="indexed", source="/mnt/x")
    until = datetime(2026, 1, 1, tzinfo=UTC)

    def act(given: Parcel, _context: StageContext) -> Parcel | Waiting:
        return Waiting(until, "source_unreachable", "gone") if len(stage.ran) <= 2 else given

    stage = FakeStage("poll", "followed", kind=ItemKind.SOURCE, act=act)
    flow = Flow(ItemKind.SOURCE, "", "due", (stage,))
    counts: list[list[int]] = []
    for _ in range(3):
        await rows_of(database, "UPDATE sources SET status = 'due', not_before = NULL RETURNING 1")
        async with asyncio.timeout(30):
            await Loop(machine(database, [flow]), RunPlan(Mode.ONCE)).run()
        counts.append([alert.count for alert in (await read(database)).alerts])
    assert counts == [[1], [2], []]
