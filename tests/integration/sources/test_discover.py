"""Files taken once, sources as a person handles them, and facts set by hand."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import connect
from footnoted.errors import UsageError
from footnoted.pipeline.alerts.alert import SOURCE_FAILED, Alert
from footnoted.pipeline.alerts.store import open_alerts, raise_alert
from footnoted.pipeline.controls.looking import look_now, resume_source
from footnoted.sources.discover import attach_transcript
from footnoted.sources.edit import edit_media
from footnoted.sources.folder import FolderScanner
from footnoted.sources.follow import (
    NewSource,
    add_source,
    list_sources,
    pause_source,
    preview_source,
)
from footnoted.sources.port import FoundMedia
from footnoted.sources.record import Origin, record
from footnoted.stages.poll import PollOutput
from tests.integration.sources.conftest import captions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from footnoted.sources.store import Source
    from tests.integration.sources.conftest import Desk

VIDEOS = "SELECT v.*, m.title FROM videos v JOIN media m ON m.id = v.media_id ORDER BY v.id"


async def test_added_files_have_no_source(desk: Desk) -> None:
    """A one-off is looked at once; its video is opened by hand."""
    desk.write("a.vtt", captions())
    desk.write("notes.pdf", b"%PDF")
    report = await desk.add("a.vtt", "notes.pdf", "nothing.vtt", creator="Grace Hopper")
    (video,) = await desk.rows(VIDEOS)
    (run,) = await desk.rows("SELECT trigger FROM runs")
    assert (report.added, report.known, video.source_id, run.trigger) == (1, 0, None, "manual")
    assert [row.name for row in await desk.rows("SELECT name FROM creators")] == ["Grace Hopper"]
    assert report.ignored == (
        (str(desk.folder / "notes.pdf"), "neither transcript nor recording (.pdf)"),
        (str(desk.folder / "nothing.vtt"), "there is no such file or folder"),
    )


async def test_adding_twice_adds_nothing(desk: Desk) -> None:
    """The second time everything is known."""
    desk.write("sub/a.vtt", captions("a"))
    desk.write("b.vtt", captions("b"))
    first, second = await desk.add(""), await desk.add("", "b.vtt")
    assert (first.added, first.known) == (2, 0)
    assert (second.added, second.known, second.changed) == (0, 2, 0)
    assert len(await desk.rows(VIDEOS)) == 2


async def test_adding_under_another_profile_opens_videos(desk: Desk) -> None:
    """The recording is known, the video is not."""
    desk.write("a.vtt", captions())
    await desk.add("a.vtt")
    report = await desk.add("a.vtt", profiles=["techniques", "stocks"])
    assert (report.added, report.known) == (0, 1)
    assert [row.profile for row in await desk.rows(VIDEOS)] == ["techniques", "stocks"]


async def test_adding_a_changed_file_reopens_its_video(desk: Desk) -> None:
    """The same path with other words."""
    desk.write("a.vtt", captions())
    await desk.add("a.vtt")
    await desk.change("UPDATE videos SET status = 'indexed'")
    desk.write("a.vtt", captions("more"), age_s=30)
    report = await desk.add("a.vtt")
    (video,) = await desk.rows(VIDEOS)
    assert (report.changed, video.status) == (1, "discovered")


async def test_adding_a_moved_file_follows_it(desk: Desk) -> None:
    """Nothing is at the old path, so it is the same file."""
    path = desk.write("a.vtt", captions())
    await desk.add("a.vtt")
    path.rename(desk.folder / "b.vtt")
    report = await desk.add("b.vtt")
    assert (report.renamed, await desk.files()) == (1, {"b.vtt": ("b", False)})


async def test_a_translation_added_later_joins_its_recording(desk: Desk) -> None:
    """The file beside it, not named this time, still says whose it is."""
    desk.write("talk.en.vtt", captions())
    await desk.add("talk.en.vtt")
    desk.write("talk.fr.vtt", captions("bonjour"))
    await desk.add("talk.fr.vtt")
    assert await desk.files() == {"talk.en.vtt": ("talk", False), "talk.fr.vtt": ("talk", False)}
    assert len(await desk.rows(VIDEOS)) == 1


async def test_following_what_was_added_doubles_nothing(desk: Desk) -> None:
    """A folder with one-offs in it can be followed afterwards."""
    desk.write("a.vtt", captions())
    await desk.add("a.vtt")
    await desk.follow()
    await desk.poll()
    assert len(await desk.rows(VIDEOS)) == 1


async def test_a_file_still_being_written_is_waited_for(desk: Desk) -> None:
    """`add` has no next look, so it takes its time."""
    desk.write("a.vtt", captions(), age_s=0)
    adding = asyncio.create_task(desk.add("a.vtt"))
    await desk.clock.until_slept_on(adding)
    assert not adding.done()
    desk.clock.advance(3)
    assert (await adding).added == 1


async def test_a_file_that_is_written_on_and_on_is_told(desk: Desk) -> None:
    """Three looks, then a person is told."""
    desk.write("a.vtt", captions(), age_s=0)
    adding = asyncio.create_task(desk.add("a.vtt"))
    for _ in range(2):
        await desk.clock.until_slept_on(adding)
        desk.clock.advance(3)
        desk.write("a.vtt", captions(), age_s=0)
    report = await adding
    assert report.ignored == ((str(desk.folder / "a.vtt"), "it is still being written"),)


async def test_adding_tells_the_daemon(desk: Desk, database_url: str) -> None:
    """A NOTIFY shortens the daemon's wait."""
    desk.write("a.vtt", captions())
    heard = asyncio.Event()
    connection = await connect(database_url, application_name="listener")
    await connection.add_listener("footnoted_work", lambda *_: heard.set())
    await desk.add("a.vtt")
    async with asyncio.timeout(5):
        await heard.wait()
    await connection.close()


async def test_many_files_are_added_in_parts(desk: Desk) -> None:
    """More than one look takes: all of them arrive, each once."""
    for number in range(450):
        desk.write(f"{number:03d}.vtt", f"WEBVTT\n\n00:00.000 --> 00:01.000\nnumber {number}\n")
    report = await desk.add("")
    assert (report.added, report.known, len(await desk.rows(VIDEOS))) == (450, 0, 450)


async def test_a_corrected_transcript_is_used_from_now_on(desk: Desk) -> None:
    """It stays a person's, whatever later looks find."""
    desk.write("a.vtt", captions())
    report = await desk.add("a.vtt")
    (video,) = await desk.rows(VIDEOS)
    await desk.transcribe(video.id)
    path = desk.write("corrected.vtt", captions("as it was really said"))
    (media_id,) = report.media_ids
    await attach_transcript(desk.database, FolderScanner(), media_id, path, clock=desk.clock)
    await desk.add("corrected.vtt")
    await desk.transcribe(video.id)
    versions = await desk.rows("SELECT version, origin FROM transcripts ORDER BY version")
    assert [tuple(row) for row in versions] == [(1, "imported"), (2, "edited")]
    assert len(await desk.rows(VIDEOS)) == 1


async def test_a_place_is_followed_once(desk: Desk) -> None:
    """Whatever name it is given; the first wins."""
    link = desk.folder.parent / "link"
    link.symlink_to(desk.folder)
    new = NewSource(str(link), ["techniques"], 300, title="Mine")
    first = await add_source(desk.database, new, clock=desk.clock)
    again = NewSource(f"{desk.folder}/../Ada Lovelace/", ["stocks"], 300)
    second = await add_source(desk.database, again, clock=desk.clock)
    assert (first.is_new, second.is_new, second.source.title) == (True, False, "Mine")
    assert [source.locator for source in await list_sources(desk.database)] == [str(desk.folder)]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("a.vtt", "is a file"), ("none", "there is no folder"), ("none/*.vtt", "there is no folder")],
)
async def test_only_folders_can_be_followed(desk: Desk, name: str, sentence: str) -> None:
    """A file, or nothing, is refused with the way out."""
    desk.write("a.vtt", captions())
    new = NewSource(str(desk.folder / name), ["techniques"], 300)
    with pytest.raises(UsageError, match=sentence):
        await add_source(desk.database, new, clock=desk.clock)


async def test_a_paused_source_is_not_claimed_and_resumes_at_once(desk: Desk) -> None:
    """Whoever is polling it loses it."""
    source_id = await desk.follow()
    paused = await pause_source(desk.database, source_id, clock=desk.clock)
    (row,) = await desk.rows("SELECT status, fence FROM sources")
    assert (paused.paused, row.status, row.fence) == (True, "followed", 1)
    with pytest.raises(UsageError, match=f"is paused, .* `footnoted source resume {source_id}`"):
        await look_now(desk.database, source_id, clock=desk.clock)
    resumed = await resume_source(desk.database, source_id, clock=desk.clock)
    assert (resumed.paused, resumed.status, resumed.next_poll_at) == (
        False,
        "due",
        desk.clock.now(),
    )
    with pytest.raises(UsageError, match="no source 99"):
        await pause_source(desk.database, 99, clock=desk.clock)


@pytest.mark.parametrize("take_up", [look_now, resume_source])
async def test_a_failed_source_is_taken_up_again_by_whoever_asks_for_a_look(
    desk: Desk, take_up: Callable[..., Awaitable[Source]]
) -> None:
    """It was left as it was, though it said that it would be looked at now."""
    source_id = await desk.follow()
    async with desk.database.transaction() as session:
        alert = Alert(SOURCE_FAILED, f"source {source_id}", "source_gone: it is gone")
        await raise_alert(session, alert, desk.clock.now())
    await desk.change(
        """UPDATE sources SET status = 'failed', failure_code = 'source_gone', failure_detail = 'x',
             next_poll_at = next_poll_at + interval '1 day', attempts = 3"""
    )
    await desk.follow("*.vtt")
    await desk.change("UPDATE sources SET status = 'failed', failure_code = 'x' WHERE id > 1")
    taken_up = await take_up(desk.database, source_id, clock=desk.clock)
    assert (taken_up.status, taken_up.failure_code) == ("due", None)
    other = await desk.rows("SELECT status FROM sources WHERE id <> :id", id=source_id)
    assert [row.status for row in other] == ["failed"]
    async with desk.database.transaction() as session:
        assert await open_alerts(session) == []


async def test_a_preview_says_what_would_be_taken_and_writes_nothing(desk: Desk) -> None:
    """And what not, and why."""
    desk.write("a.vtt", captions())
    desk.write("b.mp4", b"x")
    desk.write("README.md", "hello")
    desk.write(".hidden.vtt", captions())
    preview = await preview_source(FolderScanner(), str(desk.folder), clock=desk.clock)
    assert [(take.title, take.creator, take.has_transcript) for take in preview.takes] == [
        ("a", "Ada Lovelace", True),
        ("b", "Ada Lovelace", False),
    ]
    assert dict(preview.ignored) == {
        str(desk.folder / ".hidden.vtt"): "hidden",
        str(desk.folder / "README.md"): "documentation by its name, not a transcript",
    }
    assert await desk.rows("SELECT 1 FROM media") == []


async def test_edited_fields_survive_every_look(desk: Desk) -> None:
    """A person's word counts more than a sidecar's."""
    desk.write("a.vtt", captions())
    desk.write("a.info.json", '{"title": "Old", "channel": "Ada"}')
    await desk.follow()
    await desk.poll()
    (video,) = await desk.rows(VIDEOS)
    changed = await edit_media(
        desk.database,
        video.media_id,
        {
            "title": "Mine",
            "creator": "Grace",
            "published_at": "2024-05-06",
            "tags": "x; y",
            "url": "",
            "duration_s": "1:00:00",
            "chapters": "0:00 Intro; 1:30 Setup",
        },
        clock=desk.clock,
    )
    sidecar = {
        "title": "New",
        "channel": "Eve",
        "language": "en",
        "duration": 99,
        "chapters": [{"start_time": 5, "title": "Theirs"}],
    }
    desk.write("a.info.json", json.dumps(sidecar), age_s=30)
    await desk.poll()
    (row,) = await desk.rows(
        """SELECT m.*, c.name FROM media m JOIN creators c ON c.id = m.creator_id"""
    )
    assert changed == ("chapters", "creator", "duration_s", "published_at", "tags", "title")
    assert (row.title, row.name, row.tags, row.language) == ("Mine", "Grace", ["x", "y"], "en")
    assert row.published_at == datetime(2024, 5, 6, tzinfo=UTC)
    assert row.duration_ms == 3_600_000
    assert [(one["start_ms"], one["title"]) for one in row.chapters] == [
        (0, "Intro"),
        (90_000, "Setup"),
    ]


async def test_a_changed_creator_moves_the_videos_and_makes_pages_due(desk: Desk) -> None:
    """The pages of the creator who lost a recording are composed again."""
    desk.write("a.vtt", captions())
    await desk.add("a.vtt")
    (video,) = await desk.rows(VIDEOS)
    await desk.change(
        """INSERT INTO page_groups (profile, creator_id, category, status, wanted, done)
           VALUES ('techniques', :creator, 'c', 'current', 3, 3)""",
        creator=video.creator_id,
    )
    await edit_media(desk.database, video.media_id, {"creator": "Grace"}, clock=desk.clock)
    (moved,) = await desk.rows("SELECT c.name FROM videos v JOIN creators c ON c.id = v.creator_id")
    (group,) = await desk.rows("SELECT status, wanted, done FROM page_groups")
    assert (moved.name, tuple(group)) == ("Grace", ("stale", 4, 3))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"titel": "x"}, "did you mean title"),
        ({"title": " "}, "needs a title"),
        ({"url": "javascript:alert(1)"}, "no http or https address"),
        ({"published_at": "soon"}, "no date like 2026-01-31"),
        ({"language": "klingon"}, "no language tag"),
        ({"duration_s": "long"}, "no time in seconds"),
        ({"chapters": "Intro"}, "a chapter that is not like `1:30 Title`"),
    ],
)
async def test_a_bad_edit_is_refused(desk: Desk, changes: dict[str, str], sentence: str) -> None:
    """With a sentence, before anything is written."""
    with pytest.raises(UsageError, match=sentence):
        await edit_media(desk.database, 1, changes, clock=desk.clock)


async def test_creators_with_one_slug_are_kept_apart(desk: Desk) -> None:
    """C, C++ and C# are three; case and spacing make no difference."""
    for number, name in enumerate(["C", "C++", "C#", " c++ "]):
        desk.write(f"{number}.vtt", captions(str(number)))
        await desk.add(f"{number}.vtt", creator=name)
    rows = await desk.rows("SELECT slug, name FROM creators ORDER BY id")
    assert [tuple(row) for row in rows] == [("c", "C"), ("c-2", "C++"), ("c-3", "C#")]


async def test_two_discoveries_at_once_double_nothing(desk: Desk) -> None:
    """The same folder added twice at the same time, while it is polled."""
    for number in range(20):
        desk.write(f"{number}.vtt", captions(str(number)))
    await desk.follow()
    await asyncio.gather(desk.add(""), desk.poll(), desk.add(""), desk.poll())
    rows = await desk.rows("SELECT count(*) AS n, count(DISTINCT media_id) AS m FROM videos")
    assert [tuple(row) for row in rows] == [(20, 20)]


async def test_recording_one_look_twice_changes_nothing(desk: Desk) -> None:
    """Every effect is safe to repeat."""
    desk.write("a.vtt", captions())
    desk.write("a.info.json", '{"title": "T", "chapters": [{"start_time": 1, "title": "c"}]}')
    await desk.follow()
    out = await desk.poll()
    assert isinstance(out, PollOutput)
    assert out.chosen is not None
    scan = out.chosen.scan
    before = await desk.rows("SELECT * FROM media_files, media, videos, runs, events")
    async with desk.database.transaction() as session:
        origin = Origin(desk.source_id, ["techniques"], None, "scheduled")
        recorded = await record(session, scan, origin, desk.clock.now())
    assert isinstance(scan.found[0], FoundMedia)
    assert (recorded.counts(), recorded.known) == ({}, 1)
    assert await desk.rows("SELECT * FROM media_files, media, videos, runs, events") == before


async def test_real_captions_are_all_taken_or_named(desk: Desk, shared_data: Path) -> None:
    """Every file of the real inputs belongs to a recording or is ignored with a reason."""
    folder = desk.folder / "real"
    for name in ("captions-youtube-auto", "captions-misc", "captions-ytt-srv3", "asr-json"):
        shutil.copytree(shared_data / name, folder / name)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    report = await desk.add("real")
    taken = {row.path for row in await desk.rows("SELECT path FROM media_files")}
    ignored = {path for path, _ in report.ignored}
    everything = {str(path) for path in folder.rglob("*") if path.is_file()}
    assert everything == taken | ignored
    assert taken.isdisjoint(ignored)
