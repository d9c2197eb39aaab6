"""What looking at a folder does to the database."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from footnoted.errors import UsageError
from footnoted.model.outcome import Waiting
from footnoted.pipeline.controls.changing import change_source
from footnoted.sources.change import Particulars
from footnoted.sources.net.asking import NOTHING_ASKED, Asked
from footnoted.sources.port import ScanLimits
from footnoted.stages.poll import PollOutput
from tests.integration.sources.conftest import captions

if TYPE_CHECKING:
    from tests.integration.sources.conftest import Desk

VIDEOS = "SELECT v.*, m.title FROM videos v JOIN media m ON m.id = v.media_id ORDER BY v.id"
EVENTS = "SELECT item_kind, name, fields FROM events ORDER BY id"


async def event_names(desk: Desk) -> list[str]:
    """Return the names of all events, in order."""
    return [row.name for row in await desk.rows(EVENTS)]


async def settle_all(desk: Desk) -> None:
    """Let every video be finished."""
    await desk.change("UPDATE videos SET status = 'indexed'")
    await desk.change("UPDATE runs SET status = 'done', finished_at = now()")


async def test_a_caption_file_becomes_a_recording_and_a_video(desk: Desk) -> None:
    """Folder names stand in where no sidecar says who and what."""
    desk.write("On_analytical engines.en.vtt", captions())
    await desk.follow()
    await desk.poll()
    (video,) = await desk.rows(VIDEOS)
    (creator,) = await desk.rows("SELECT slug, name FROM creators")
    assert (video.title, video.profile, video.status, video.source_id, video.turn) == (
        "On analytical engines",
        "techniques",
        "discovered",
        desk.source_id,
        0,
    )
    assert (creator.slug, creator.name) == ("ada-lovelace", "Ada Lovelace")


async def test_discovery_leaves_a_run_and_an_event(desk: Desk) -> None:
    """The record says why there is work."""
    desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    (run,) = await desk.rows("SELECT run_number, trigger, status FROM runs")
    assert tuple(run) == (1, "scheduled", "running")
    assert await event_names(desk) == ["video.discovered", "source.polled"]


async def test_a_second_look_changes_nothing(desk: Desk) -> None:
    """Nothing moved, so nothing is written but the time of the look."""
    desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    before = await desk.rows("SELECT * FROM media_files")
    desk.clock.advance(300)
    out = await desk.poll()
    assert isinstance(out, PollOutput)
    assert out.chosen is not None
    assert (out.chosen.scan.found, out.chosen.scan.unchanged) == ((), 1)
    assert await desk.rows("SELECT * FROM media_files") == before
    assert len(await desk.rows(EVENTS)) == 2


async def test_an_unchanged_file_is_not_read_again(desk: Desk) -> None:
    """Size and time are enough: the content is not opened."""
    path = desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"folder", b"FOLDER"))
    os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
    out = await desk.poll()
    assert isinstance(out, PollOutput)
    assert out.chosen is not None
    assert out.chosen.scan.found == ()


async def test_the_next_look_is_due_after_the_interval(desk: Desk) -> None:
    """A quiet folder is looked at as often as asked."""
    await desk.follow()
    await desk.poll()
    (source,) = await desk.rows("SELECT polled_at, next_poll_at FROM sources")
    assert source.polled_at == desk.clock.now()
    assert source.next_poll_at == desk.clock.now() + timedelta(seconds=300)


async def test_each_profile_gets_its_video(desk: Desk) -> None:
    """The same recording under two profiles is two videos."""
    desk.write("a.vtt", captions())
    await desk.follow(profiles=["techniques", "stocks"])
    await desk.poll()
    assert [row.profile for row in await desk.rows(VIDEOS)] == ["techniques", "stocks"]


async def test_a_sidecar_names_title_creator_and_dates(desk: Desk) -> None:
    """What yt-dlp wrote beside the captions counts."""
    info = {
        "title": "A Note on G",
        "channel": "The Engine Room",
        "webpage_url": "https://example.org/v/1",
        "upload_date": "20240229",
        "duration": 61.5,
        "language": "en",
        "tags": ["engines", "notes"],
        "chapters": [{"start_time": 0, "title": "Start"}, {"start_time": 30, "title": "End"}],
    }
    desk.write("g.en.vtt", captions())
    desk.write("g.info.json", json.dumps(info))
    await desk.follow()
    await desk.poll()
    (row,) = await desk.rows(
        "SELECT m.*, c.name FROM media m JOIN creators c ON c.id = m.creator_id"
    )
    assert (row.title, row.name, row.url) == (
        "A Note on G",
        "The Engine Room",
        "https://example.org/v/1",
    )
    assert (row.published_at.isoformat(), row.duration_ms, row.language, row.tags) == (
        "2024-02-29T00:00:00+00:00",
        61_500,
        "en",
        ["engines", "notes"],
    )
    assert row.chapters == [
        {"start_ms": 0, "title": "Start"},
        {"start_ms": 30_000, "title": "End"},
    ]


async def test_a_broken_sidecar_is_told_once_with_its_line(desk: Desk) -> None:
    """Nothing is lost by it, and no look repeats it."""
    desk.write("a.vtt", captions())
    desk.write("a.info.json", '{\n"title": "A",\n oops}')
    await desk.follow()
    await desk.poll()
    desk.clock.advance(300)
    await desk.poll()
    polled = [row.fields for row in await desk.rows(EVENTS) if row.name == "source.polled"]
    assert await desk.titles() == ["a"]
    (problems,) = [fields["problems"] for fields in polled]
    assert problems[0].startswith(f"{desk.folder}/a.info.json:3: is not valid JSON: ")


async def test_a_metadata_table_speaks_of_its_folder_and_below(desk: Desk) -> None:
    """Rows name files, stems or paths; a changed table is read again."""
    desk.write("a.vtt", captions("a"))
    desk.write("sub/b.vtt", captions("b"))
    desk.write("metadata.csv", "file,title,creator\na.vtt,First,Grace\nsub/b,Second,Grace\n")
    await desk.follow()
    await desk.poll()
    assert await desk.titles() == ["First", "Second"]
    assert len(await desk.rows("SELECT 1 FROM creators")) == 1
    desk.write("metadata.csv", "file,title\na.vtt,First\nsub/b,Other\n", age_s=30)
    await desk.poll()
    assert await desk.titles() == ["First", "Other"]
    desk.clock.advance(300)
    out = await desk.poll()
    assert isinstance(out, PollOutput)
    assert out.chosen is not None
    assert out.chosen.scan.found == ()


async def test_a_changed_file_goes_through_its_stages_again(desk: Desk) -> None:
    """The same recording, new words: the failure is forgotten and a second run begins."""
    desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    await settle_all(desk)
    await desk.change("UPDATE videos SET status = 'failed', failure_code = 'x', attempts = 3")
    desk.write("a.vtt", captions("one more line"), age_s=30)
    await desk.poll()
    (video,) = await desk.rows(VIDEOS)
    assert (video.status, video.failure_code, video.attempts, video.fence) == (
        "discovered",
        None,
        0,
        1,
    )
    assert [row.run_number for row in await desk.rows("SELECT * FROM runs ORDER BY id")] == [1, 2]
    assert "video.reopened" in await event_names(desk)


async def test_a_cancelled_video_stays_cancelled(desk: Desk) -> None:
    """A person's no outlives a changed file."""
    desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    await desk.change("UPDATE videos SET status = 'cancelled'")
    desk.write("a.vtt", captions("one more line"), age_s=30)
    await desk.poll()
    (video,) = await desk.rows(VIDEOS)
    assert video.status == "cancelled"


async def test_work_under_way_on_old_words_is_lost(desk: Desk) -> None:
    """A video being transcribed keeps its run, but whoever works on it loses the fence."""
    desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    await desk.change(
        """UPDATE videos SET fence = 7, lease_owner = gen_random_uuid(),
           lease_expires_at = now() + interval '1 hour'"""
    )
    desk.write("a.vtt", captions("one more line"), age_s=30)
    await desk.poll()
    (video,) = await desk.rows(VIDEOS)
    assert (video.fence, video.lease_owner) == (8, None)
    assert len(await desk.rows("SELECT 1 FROM runs")) == 1


async def test_a_renamed_file_stays_the_same_recording(desk: Desk) -> None:
    """The path and a title that came from it follow; nothing is doubled."""
    path = desk.write("first draft.vtt", captions())
    await desk.follow()
    await desk.poll()
    path.rename(desk.folder / "final.vtt")
    await desk.poll()
    assert await desk.files() == {"final.vtt": ("final", False)}
    assert len(await desk.rows(VIDEOS)) == 1


async def test_a_title_set_by_a_sidecar_survives_a_rename(desk: Desk) -> None:
    """Only a title made from the old name follows the new one."""
    desk.write("a.info.json", '{"title": "Kept"}')
    path = desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    path.rename(desk.folder / "b.vtt")
    await desk.poll()
    assert await desk.titles() == ["Kept"]


async def test_renumbered_files_keep_what_was_known_of_them(desk: Desk) -> None:
    """Content decides before path: 2 becomes 3 while 1 becomes 2."""
    for number in (1, 2):
        desk.write(f"part {number}.vtt", captions(*["a line"] * number))
    await desk.follow()
    await desk.poll()
    ids = {row.title: row.media_id for row in await desk.rows(VIDEOS)}
    (desk.folder / "part 2.vtt").rename(desk.folder / "part 3.vtt")
    (desk.folder / "part 1.vtt").rename(desk.folder / "part 2.vtt")
    await desk.poll()
    now = {row.title: row.media_id for row in await desk.rows(VIDEOS)}
    assert now == {"part 2": ids["part 1"], "part 3": ids["part 2"]}


async def test_a_copy_is_another_file_of_the_same_recording(desk: Desk) -> None:
    """No second video for the same words."""
    path = desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    shutil.copy2(path, desk.folder / "b.vtt")
    await desk.poll()
    assert await desk.files() == {"a.vtt": ("a", False), "b.vtt": ("a", False)}
    assert len(await desk.rows(VIDEOS)) == 1


async def test_two_copies_that_come_together_are_one_recording(desk: Desk) -> None:
    """The first look may meet both."""
    desk.write("a.vtt", captions())
    desk.write("sub/b.vtt", captions())
    await desk.follow()
    await desk.poll()
    assert await desk.files() == {"a.vtt": ("a", False), "sub/b.vtt": ("a", False)}


async def test_a_copy_with_words_of_its_own_becomes_a_recording(desk: Desk) -> None:
    """A file copied as a template and then rewritten is not the one it was copied from."""
    path = desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    shutil.copy2(path, desk.folder / "b.vtt")
    await desk.poll()
    await settle_all(desk)
    desk.write("b.vtt", captions("something else"), age_s=30)
    await desk.poll()
    assert await desk.files() == {"a.vtt": ("a", False), "b.vtt": ("b", False)}
    assert [row.status for row in await desk.rows(VIDEOS)] == ["indexed", "discovered"]


async def test_empty_files_are_not_copies_of_each_other(desk: Desk) -> None:
    """They have nothing in common but nothing."""
    desk.write("a.vtt", "")
    desk.write("b.vtt", "")
    await desk.follow()
    await desk.poll()
    assert await desk.titles() == ["a", "b"]


async def test_files_of_one_stem_are_one_recording(desk: Desk) -> None:
    """Languages, formats and sound of a recording belong together, whenever they come."""
    desk.write("talk.en.vtt", captions())
    desk.write("talk.fr.srt", "1\n00:00:01,000 --> 00:00:02,000\nBonjour\n")
    await desk.follow()
    await desk.poll()
    desk.write("talk.mp4", b"\0\0\0\x18ftypmp42")
    await desk.poll()
    assert {title for title, _ in (await desk.files()).values()} == {"talk"}
    assert len(await desk.rows(VIDEOS)) == 1


async def test_a_transcript_ends_the_wait_for_speech_recognition(desk: Desk) -> None:
    """It came later, beside the recording that had none."""
    desk.write("talk.mp4", b"\0\0\0\x18ftypmp42")
    await desk.follow()
    await desk.poll()
    await desk.change(
        """UPDATE videos SET wait_reason = 'speech_recognition',
           not_before = now() + interval '1 year'"""
    )
    desk.write("talk.vtt", captions())
    await desk.poll()
    (video,) = await desk.rows(VIDEOS)
    assert (video.wait_reason, video.not_before, video.status) == (None, None, "discovered")


async def test_a_converted_transcript_belongs_to_its_recording(desk: Desk) -> None:
    """Another format and content under the same stem replaces what is gone."""
    path = desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    path.unlink()
    desk.write("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    await desk.poll()
    assert await desk.files() == {"a.srt": ("a", False), "a.vtt": ("a", True)}
    assert len(await desk.rows(VIDEOS)) == 1


async def test_a_deleted_file_is_only_marked_and_unmarked(desk: Desk) -> None:
    """What was made of it stays."""
    path = desk.write("a.vtt", captions())
    desk.write("b.vtt", captions("b"))
    await desk.follow()
    await desk.poll()
    path.rename(desk.folder.parent / "elsewhere")
    await desk.poll()
    (row,) = await desk.rows("SELECT missing_at FROM media WHERE title = 'a'")
    assert row.missing_at == desk.clock.now()
    (desk.folder.parent / "elsewhere").rename(path)
    await desk.poll()
    assert await desk.files() == {"a.vtt": ("a", False), "b.vtt": ("b", False)}
    assert [row.missing_at for row in await desk.rows("SELECT missing_at FROM media")] == [
        None,
        None,
    ]
    assert len(await desk.rows(VIDEOS)) == 2


@pytest.mark.parametrize("how", ["gone", "empty"])
async def test_a_folder_that_is_away_waits_and_marks_nothing(desk: Desk, how: str) -> None:
    """A disk that is not mounted is no deletion."""
    desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    shutil.rmtree(desk.folder)
    if how == "empty":
        desk.folder.mkdir()
    out = await desk.poll()
    assert isinstance(out, Waiting)
    assert (out.reason, out.until) == (
        "source_unreachable",
        desk.clock.now() + timedelta(seconds=60),
    )
    assert await desk.files() == {"a.vtt": ("a", False)}


async def test_a_file_still_being_written_is_left_for_the_next_look(desk: Desk) -> None:
    """And the next look comes soon."""
    desk.write("a.vtt", captions(), age_s=1)
    await desk.follow()
    await desk.poll()
    (source,) = await desk.rows("SELECT next_poll_at FROM sources")
    assert await desk.titles() == []
    assert source.next_poll_at == desk.clock.now() + timedelta(seconds=3)
    desk.clock.advance(3)
    await desk.poll()
    assert await desk.titles() == ["a"]


async def test_a_large_folder_is_taken_in_parts(desk: Desk) -> None:
    """The rest is due at once."""
    desk.limits = ScanLimits(max_found=2)
    for number in range(5):
        desk.write(f"{number}.vtt", captions(str(number)))
    await desk.follow()
    taken = []
    for _ in range(3):
        await desk.poll()
        (source,) = await desk.rows("SELECT next_poll_at FROM sources")
        taken.append((len(await desk.titles()), source.next_poll_at == desk.clock.now()))
    assert taken == [(2, True), (4, True), (5, False)]


async def test_turns_interleave_two_sources(desk: Desk) -> None:
    """A source of many videos does not stand before one of few."""
    for number in range(4):
        desk.write(f"many/{number}.vtt", captions(f"many {number}"))
        desk.write(f"few/{number % 2}.vtt", captions(f"few {number % 2}"))
    many, few = await desk.follow("many"), await desk.follow("few")
    await desk.poll(many)
    await desk.poll(few)
    rows = await desk.rows("SELECT source_id, turn FROM videos ORDER BY turn, id")
    assert [(row.source_id == many, row.turn) for row in rows] == [
        (True, 0),
        (False, 0),
        (True, 1),
        (False, 1),
        (True, 2),
        (True, 3),
    ]


async def test_turns_go_on_behind_unfinished_videos(desk: Desk) -> None:
    """A latecomer stands where the queue is now, and behind its own source's work."""
    desk.write("a.vtt", captions("a"))
    await desk.follow()
    await desk.poll()
    await desk.change("UPDATE videos SET turn = 40")
    desk.write("b.vtt", captions("b"))
    await desk.poll()
    assert [row.turn for row in await desk.rows(VIDEOS)] == [40, 41]


async def test_a_glob_takes_what_matches(desk: Desk) -> None:
    """And the sidecars beside it."""
    desk.write("talks/a.vtt", captions("a"))
    desk.write("talks/a.info.json", '{"title": "Talk A"}')
    desk.write("talks/deep/b.vtt", captions("b"))
    desk.write("talks/c.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    await desk.follow("talks/*.vtt")
    await desk.poll()
    assert await desk.titles() == ["Talk A"]


async def test_an_overlapping_source_shares_recordings(desk: Desk) -> None:
    """A second source with another profile opens its own videos on the same recordings."""
    desk.write("sub/a.vtt", captions())
    first = await desk.follow()
    await desk.poll()
    second = await desk.follow("sub", profiles=["stocks"])
    await desk.poll()
    rows = await desk.rows("SELECT profile, source_id, media_id FROM videos ORDER BY id")
    assert [(row.profile, row.source_id) for row in rows] == [
        ("techniques", first),
        ("stocks", second),
    ]
    assert rows[0].media_id == rows[1].media_id
    out = await desk.poll()
    assert isinstance(out, PollOutput)
    assert out.chosen is not None
    assert out.chosen.scan.found == ()


async def test_odd_names_are_stored_and_found_again(desk: Desk) -> None:
    """A name that is no UTF-8 is kept as text from which the file can be opened."""
    odd = os.fsencode(desk.folder) + b"/caf\xe9.vtt"
    with open(odd, "wb") as file:  # noqa: ASYNC230, PTH123 - a name of bytes
        file.write(captions().encode())
    os.utime(odd, (0, 0))
    await desk.follow()
    await desk.poll()
    assert await desk.files() == {r"caf\xe9.vtt": ("caf\N{REPLACEMENT CHARACTER}", False)}
    (video,) = await desk.rows(VIDEOS)
    await desk.transcribe(video.id)
    assert [row.version for row in await desk.rows("SELECT version FROM transcripts")] == [1]
    out = await desk.poll()
    assert isinstance(out, PollOutput)
    assert out.chosen is not None
    assert (out.chosen.scan.found, out.chosen.scan.missing) == ((), ())


async def test_a_sidecar_with_characters_the_database_refuses(desk: Desk) -> None:
    """They show as replaced, and the rest is kept."""
    desk.write("a.vtt", captions())
    desk.write("a.info.json", r'{"title": "nul\u0000 and \ud800", "tags": ["x\u0000"]}')
    await desk.follow()
    await desk.poll()
    assert await desk.titles() == ["nul\ufffd and \ufffd"]


async def test_a_purged_video_is_not_opened_again(desk: Desk) -> None:
    """What a person removed stays removed, also when its file changes."""
    desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    await desk.change("DELETE FROM videos")
    desk.write("a.vtt", captions("more"), age_s=30)
    await desk.poll()
    assert await desk.rows(VIDEOS) == []


async def test_a_removed_source_is_gone(desk: Desk) -> None:
    """There is nothing to do for it."""
    source_id = await desk.follow()
    await desk.change("DELETE FROM sources")
    with pytest.raises(Exception, match=f"item {source_id} is gone"):
        await desk.poll(source_id)


async def test_a_folder_has_a_cap_a_priority_and_words_of_its_own(desk: Desk) -> None:
    """As a place on the net has; what it brings stands in the queue by its priority."""
    asked = Asked(daily_cap_usd="0.5", priority=3, glossary="Jacquard, Babbage")
    desk.write("a.vtt", captions())
    desk.write("b.mp3", b"ID3 sound")
    await desk.follow(asked=asked)
    await desk.poll()
    (source,) = await desk.rows("SELECT daily_cap_usd, priority, options FROM sources")
    assert tuple(source) == (Decimal("0.5"), 3, {"glossary": ["Jacquard", "Babbage"]})
    assert {row.priority for row in await desk.rows(VIDEOS)} == {6}
    assert [row.priority for row in await desk.rows("SELECT * FROM transcriptions")] == [6]


async def test_a_folder_refuses_what_it_does_not_know(desk: Desk) -> None:
    """When it is followed and when it is changed; nothing is dropped without a word."""
    with pytest.raises(UsageError, match="no file tells whether it is a Short"):
        await desk.follow(asked=Asked(shorts="exclude"))
    await desk.follow()
    with pytest.raises(UsageError, match="no file tells whether it is a Short"):
        await change_source(desk.database, desk.source_id, Asked(captions="de"), clock=desk.clock)
    cron, _ = await change_source(
        desk.database, desk.source_id, Asked(schedule="cron 0 6 * * *"), clock=desk.clock
    )
    paced, _ = await change_source(
        desk.database, desk.source_id, NOTHING_ASKED, Particulars(every_s=900), clock=desk.clock
    )
    assert (cron.schedule, paced.schedule, paced.poll_interval_s) == ("cron 0 6 * * *", None, 900)
    assert paced.options == {}


async def test_an_empty_word_takes_back_what_was_asked(desk: Desk) -> None:
    """A cap, a backfill and a title too: the source is as one of which nobody asked them."""
    source_id = await desk.follow()
    words = Asked(daily_cap_usd="0.5", backfill="3")
    said = Particulars("The talks", None, "Ada", "bob")
    changed, _ = await change_source(desk.database, source_id, words, said, clock=desk.clock)
    words, said = Asked(daily_cap_usd="", backfill=""), Particulars("", None, "", "")
    back, _ = await change_source(desk.database, source_id, words, said, clock=desk.clock)
    assert (changed.daily_cap_usd, changed.title) == (Decimal("0.5"), "The talks")
    assert (changed.creator_name, changed.owner) == ("Ada", "bob")
    assert (back.creator_name, back.owner) == (None, None)
    assert changed.options == {"backfill": {"newest": 3}}
    assert (back.daily_cap_usd, back.title) == (None, back.locator.rpartition("/")[2])
    assert back.options == {}


@pytest.mark.parametrize("first", [None, "every 20h"])
async def test_a_folder_has_its_own_interval_again_when_its_schedule_is_taken_back(
    desk: Desk, first: str | None
) -> None:
    """And at once: the schedule had planned the next look for another day."""
    source_id = await desk.follow(asked=Asked(schedule=first))
    for words in (Asked(schedule="cron 0 6 * * *", title_has="a"), Asked(schedule="")):
        await desk.poll()
        source, _ = await change_source(desk.database, source_id, words, clock=desk.clock)
    soon = desk.clock.now() + timedelta(seconds=300)
    assert (source.schedule, source.poll_interval_s, source.next_poll_at) == (None, 300, soon)
    assert source.options == {"rules": {"title_has": "a"}}


async def test_a_new_schedule_holds_from_now_on(desk: Desk) -> None:
    """Not from after the look that the old one planned, which may be a day away."""
    source_id = await desk.follow(asked=Asked(schedule="every 20h"))
    await desk.poll()
    now = desk.clock.now()
    looks = [
        (await change_source(desk.database, source_id, Asked(schedule=words), clock=desk.clock))[0]
        for words in ("cron 0 15 * * *", "every 10m")
    ]
    cron, often = (look.next_poll_at - now for look in looks)
    assert timedelta(hours=3) <= cron < timedelta(hours=3, minutes=1)
    assert timedelta(minutes=10) <= often < timedelta(minutes=12)
    assert all(look.poll_interval_s >= (look.next_poll_at - now).total_seconds() for look in looks)
