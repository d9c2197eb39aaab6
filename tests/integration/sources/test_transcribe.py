"""From the files of a recording to a version of what was said."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from footnoted.errors import PermanentError
from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.transcript import CueKind
from footnoted.stages.transcribe import TranscribeOutput
from footnoted.transcripts.store import latest_for_media, read_transcript_version
from tests.integration.sources.conftest import captions

if TYPE_CHECKING:
    from tests.integration.sources.conftest import Desk

LOOP = "WEBVTT\n\n" + "\n".join(
    f"00:{n // 60:02d}:{n % 60:02d}.000 --> 00:{n // 60:02d}:{n % 60:02d}.900\nthank you for it\n"
    for n in range(60)
)


async def only_video(desk: Desk) -> int:
    """Return the id of the one video."""
    (row,) = await desk.rows("SELECT id FROM videos")
    return int(row.id)


async def test_a_transcript_becomes_version_one(desk: Desk) -> None:
    """Cues, counts and the verdict are stored, and the recording learns its length."""
    desk.write("a.vtt", captions("[Music]"))
    await desk.add("a.vtt")
    video_id = await only_video(desk)
    await desk.transcribe(video_id)
    (video,) = await desk.rows("SELECT transcript_id, media_id FROM videos")
    (recording,) = await desk.rows("SELECT duration_ms, language FROM media")
    async with desk.database.transaction() as session:
        stored = await read_transcript_version(session, video.transcript_id)
        latest = await latest_for_media(session, video.media_id)
    assert latest == stored
    assert (stored.version, stored.media_id, len(stored.cues)) == (1, video.media_id, 5)
    assert stored.cues[1].start_ms == 4_000
    assert stored.cues[4].kind is CueKind.SOUND
    assert stored.quality["passed"] is True
    assert (recording.duration_ms, recording.language) == (20_000, "en")


async def test_a_second_profile_shares_the_version(desk: Desk) -> None:
    """The file is not read again."""
    desk.write("a.vtt", captions())
    await desk.add("a.vtt", profiles=["techniques", "stocks"])
    first, second = (row.id for row in await desk.rows("SELECT id FROM videos ORDER BY id"))
    await desk.transcribe(first)
    (desk.folder / "a.vtt").unlink()
    out = await desk.transcribe(second)
    assert isinstance(out, TranscribeOutput)
    assert out.counts == {"shared": 1}
    rows = await desk.rows("SELECT transcript_id FROM videos")
    assert len({row.transcript_id for row in rows}) == 1


async def test_two_profiles_at_once_write_one_version(desk: Desk) -> None:
    """Both read the file before either saved."""
    desk.write("a.vtt", captions())
    await desk.add("a.vtt", profiles=["techniques", "stocks"])
    ids = [row.id for row in await desk.rows("SELECT id FROM videos ORDER BY id")]
    await asyncio.gather(*(desk.transcribe(video_id) for video_id in ids))
    assert [row.version for row in await desk.rows("SELECT version FROM transcripts")] == [1]


async def test_a_changed_file_is_the_next_version_and_a_reverted_one_the_first(
    desk: Desk,
) -> None:
    """Versions are never written over."""
    used = []
    for age_s, words in ((50, "one"), (40, "two"), (30, "one")):
        desk.write("a.vtt", captions(words), age_s=age_s)
        await desk.add("a.vtt")
        await desk.transcribe(await only_video(desk))
        (row,) = await desk.rows(
            "SELECT t.version FROM videos v JOIN transcripts t ON t.id = v.transcript_id"
        )
        used.append(row.version)
    assert used == [1, 2, 1]
    assert len(await desk.rows("SELECT 1 FROM transcripts")) == 2


async def test_what_a_person_wrote_is_used_before_what_a_machine_heard(desk: Desk) -> None:
    """The sidecar tells which is which; the other file is only passed over."""
    desk.write("a.de.vtt", captions("the automatic one"))
    desk.write("a.en.vtt", captions("the written one"))
    info = {"subtitles": {"en": []}, "automatic_captions": {"en": [], "de": []}}
    desk.write("a.info.json", json.dumps(info))
    await desk.add("")
    out = await desk.transcribe(await only_video(desk))
    assert isinstance(out, TranscribeOutput)
    assert out.path == str(desk.folder / "a.en.vtt")
    (row,) = await desk.rows("SELECT origin FROM transcripts")
    assert row.origin == "captions_manual"


async def test_a_broken_file_makes_room_for_the_next_best(desk: Desk) -> None:
    """And the choice is told with its reason."""
    desk.write("a.vtt", captions())
    desk.write("a.srt", "this is no subtitle file", age_s=30)
    await desk.add("")
    out = await desk.transcribe(await only_video(desk))
    assert isinstance(out, TranscribeOutput)
    assert out.path == str(desk.folder / "a.vtt")
    (event,) = await desk.rows("SELECT fields FROM events WHERE name = 'transcript.chosen'")
    assert event.fields["passed_over"][0]["path"] == str(desk.folder / "a.srt")


async def test_an_unreadable_file_fails_by_name(desk: Desk) -> None:
    """The code says what is wrong, the sentence which file."""
    desk.write("a.vtt", "")
    await desk.add("a.vtt")
    with pytest.raises(PermanentError, match=r"a\.vtt: the file is empty") as caught:
        await desk.transcribe(await only_video(desk))
    assert caught.value.failure_code == "transcript_empty"


async def test_a_bad_transcript_is_quarantined_until_it_is_accepted(desk: Desk) -> None:
    """The gate stands before any spending, and a person can open it."""
    desk.write("a.vtt", LOOP)
    await desk.add("a.vtt")
    video_id = await only_video(desk)
    out = await desk.transcribe(video_id)
    assert isinstance(out, Stopped)
    assert out.status == "quarantined"
    assert "It begins: thank you for it" in out.detail
    await desk.change("UPDATE videos SET quality_accepted = true")
    assert isinstance(await desk.transcribe(video_id), TranscribeOutput)


async def test_a_quality_accepted_of_other_words_counts_no_more(desk: Desk) -> None:
    """The acceptance was of what the file held then."""
    desk.write("a.vtt", LOOP)
    await desk.add("a.vtt")
    await desk.change("UPDATE videos SET quality_accepted = true")
    desk.write("a.vtt", LOOP.replace("it", "this"), age_s=30)
    await desk.add("a.vtt")
    assert isinstance(await desk.transcribe(await only_video(desk)), Stopped)


async def test_a_recording_without_words_waits_for_what_its_transcription_says(desk: Desk) -> None:
    """Whatever that one waits for, its videos wait for too, by the same name."""
    desk.write("a.mp4", b"\0\0\0\x18ftypmp42")
    await desk.add("a.mp4")
    video_id = await only_video(desk)
    before = await desk.transcribe(video_id)
    lease = "UPDATE transcriptions SET lease_owner = :owner, lease_expires_at = :until"
    await desk.change(lease, owner=uuid4(), until=desk.clock.now() + timedelta(minutes=1))
    meanwhile = await desk.transcribe(video_id)
    await desk.change(lease, owner=None, until=None)
    later = desk.clock.now() + timedelta(minutes=30)
    await desk.change(
        "UPDATE transcriptions SET wait_reason = 'speech_recognition', not_before = :later",
        later=later,
    )
    after = await desk.transcribe(video_id)
    assert isinstance(before, Waiting)
    assert isinstance(meanwhile, Waiting)
    assert isinstance(after, Waiting)
    now = desk.clock.now()
    assert (before.reason, before.until) == ("transcription", now + timedelta(hours=1))
    assert (meanwhile.reason, meanwhile.until) == ("transcription", now + timedelta(seconds=10))
    assert (after.reason, after.until) == ("speech_recognition", later)


async def test_a_video_looks_again_when_its_transcription_says_something_new(desk: Desk) -> None:
    """Its wait ends with every change, and with nothing else."""
    desk.write("a.mp4", b"\0\0\0\x18ftypmp42")
    await desk.add("a.mp4")
    later = desk.clock.now() + timedelta(hours=1)
    wait = "UPDATE videos SET wait_reason = 'transcription', not_before = :later"
    await desk.change(wait, later=later)
    await desk.change("UPDATE transcriptions SET priority = 1")
    (untold,) = await desk.rows("SELECT not_before FROM videos")
    await desk.change("UPDATE transcriptions SET status = 'obtained'")
    (told,) = await desk.rows("SELECT not_before FROM videos")
    assert (untold.not_before, told.not_before) == (later, None)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("failed", "no_captions", Stopped("failed", "no_captions", "none came")),
        ("skipped", None, Stopped("skipped", "skipped", "none came")),
        ("cancelled", None, Stopped("cancelled", "cancelled", "none came")),
    ],
)
async def test_a_video_ends_as_its_transcription_did(
    desk: Desk, status: str, code: str | None, expected: Stopped
) -> None:
    """A person reads on the video why there are no words."""
    desk.write("a.mp4", b"\0\0\0\x18ftypmp42")
    await desk.add("a.mp4")
    await desk.change(
        "UPDATE transcriptions SET status = :status, failure_code = :code,"
        " failure_detail = 'none came'",
        status=status,
        code=code,
    )
    assert await desk.transcribe(await only_video(desk)) == expected


async def test_a_file_that_went_away_is_waited_for(desk: Desk) -> None:
    """Whether the look noticed or not, and its return ends the wait."""
    path = desk.write("a.vtt", captions())
    await desk.follow()
    await desk.poll()
    video_id = await only_video(desk)
    path.rename(desk.folder / "a.away")
    unnoticed = await desk.transcribe(video_id)
    await desk.poll()
    noticed = await desk.transcribe(video_id)
    assert isinstance(unnoticed, Waiting)
    assert isinstance(noticed, Waiting)
    assert (unnoticed.reason, noticed.reason) == ("transcript_missing", "transcript_missing")
    await desk.change(
        "UPDATE videos SET wait_reason = 'transcript_missing', not_before = :until",
        until=noticed.until,
    )
    (desk.folder / "a.away").rename(path)
    await desk.poll()
    (video,) = await desk.rows("SELECT not_before FROM videos")
    assert video.not_before is None


@pytest.mark.parametrize("is_followed", [True, False])
async def test_a_folder_that_comes_back_ends_the_waits_for_its_files(
    desk: Desk, *, is_followed: bool
) -> None:
    """No look noticed that it was away: nothing in it is new, changed, missing or returned."""
    desk.write("a.vtt", captions())
    if is_followed:
        await desk.follow()
        await desk.poll()
    else:
        await desk.add("a.vtt")
    away = desk.folder.with_name("away")
    desk.folder.rename(away)
    waits = await desk.transcribe(await only_video(desk))
    assert isinstance(waits, Waiting)
    await desk.change(
        "UPDATE videos SET wait_reason = :reason, not_before = :until",
        reason=waits.reason,
        until=waits.until,
    )
    away.rename(desk.folder)
    await (desk.poll() if is_followed else desk.add("a.vtt"))
    (video,) = await desk.rows("SELECT wait_reason, not_before FROM videos")
    assert tuple(video) == (None, None)


async def test_characters_the_database_refuses_show_as_replaced(desk: Desk) -> None:
    """A NUL in a cue breaks nothing."""
    desk.write("a.vtt", captions("nul \0 here"))
    await desk.add("a.vtt")
    await desk.transcribe(await only_video(desk))
    (row,) = await desk.rows("SELECT cues FROM transcripts")
    assert "\0" not in json.dumps(row.cues)


async def test_a_removed_video_is_gone(desk: Desk) -> None:
    """There is nothing to do for it."""
    with pytest.raises(PermanentError, match="item 12 is gone"):
        await desk.transcribe(12)
