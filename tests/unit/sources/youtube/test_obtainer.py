"""Getting the words of an item that plays on a page."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.errors import PermanentError
from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.fetch.ytdlp.port import YtDlpFailedError
from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.items import FoundItem
from footnoted.sources.obtain.port import Obtained, Wanted
from footnoted.sources.options import SourceOptions
from footnoted.sources.port import Facts
from footnoted.sources.rules.rules import Rules
from footnoted.sources.rules.rules import Wanted as Rule
from footnoted.sources.youtube.obtainer import PageObtainer, page_of
from tests.fakes.ytdlp import FakeYtDlp, said

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PAGE = "https://www.youtube.com/watch?v=aaaaaaaaaaa"
HEARD = {"automatic_captions": {"en-orig": [{"ext": "vtt", "url": "u"}]}}
WRITTEN = {"subtitles": {"en": [{"ext": "vtt", "url": "u"}]}}


def wanted(folder: Path, **said_: Any) -> Wanted:
    """Return what is wanted of the item, published a year ago unless said."""
    usual: dict[str, Any] = {
        "item": FoundItem(keys=("youtube:aaaaaaaaaaa",), facts=Facts(), link=PAGE),
        "options": SourceOptions(),
        "language": None,
        "published_at": NOW - timedelta(days=365),
        "seen_at": NOW,
        "hears": False,
        "history": {},
        "folder": folder,
    }
    return Wanted.model_validate({**usual, **said_})


def video(*parts: dict[str, Any], fault: Fault | None = None, **more: Any) -> Any:
    """Return what yt-dlp says of the item: it plays and speaks English."""
    info: dict[str, Any] = {
        "id": "aaaaaaaaaaa",
        "title": "A talk",
        "timestamp": int((NOW - timedelta(days=365)).timestamp()),
        "duration": 600,
        "language": "en",
        "live_status": "not_live",
        "formats": [{"vcodec": "none", "acodec": "opus"}],
    }
    for part in (*parts, more):
        info |= part
    return said(info, fault)


async def test_captions_are_fetched_and_named_by_their_content(tmp_path: Path) -> None:
    """So a version that is in use is never overwritten by a later one."""
    ytdlp = FakeYtDlp({PAGE: video(HEARD)}, tracks={"en-orig": b"WEBVTT heard"})
    got = await PageObtainer(ytdlp).obtain(wanted(tmp_path), NOW)
    assert isinstance(got, Obtained)
    assert got.captions is not None
    sha256 = hashlib.sha256(b"WEBVTT heard").hexdigest()
    assert got.captions.sha256 == sha256
    assert got.captions.path == tmp_path / f"{sha256[:16]}.en.vtt"
    assert await asyncio.to_thread(got.captions.path.read_bytes) == b"WEBVTT heard"
    assert got.captions.origin is TranscriptOrigin.CAPTIONS_AUTO
    assert (got.captions.language, got.captions.is_original) == ("en", True)
    assert (got.needs_sound, got.facts.title) == (False, "A talk")


async def test_the_words_of_a_machine_that_translated_are_told_as_such(tmp_path: Path) -> None:
    """Nobody said them: what is made of them must not pass for what was heard."""
    translated = {"de": [{"ext": "vtt", "url": "https://x.example/api?lang=en&tlang=de"}]}
    ytdlp = FakeYtDlp(
        {PAGE: video({"automatic_captions": translated})}, tracks={"de": b"WEBVTT de"}
    )
    options = SourceOptions(languages=("de",), allows_translated=True)
    got = await PageObtainer(ytdlp).obtain(wanted(tmp_path, options=options), NOW)
    assert isinstance(got, Obtained)
    assert got.captions is not None
    assert (got.captions.origin, got.captions.language, got.captions.is_original) == (
        TranscriptOrigin.CAPTIONS_TRANSLATED,
        "de",
        False,
    )


async def test_a_persons_captions_come_first(tmp_path: Path) -> None:
    """One track is fetched, and no more."""
    ytdlp = FakeYtDlp({PAGE: video(HEARD, WRITTEN)}, tracks={"en": b"x", "en-orig": b"y"})
    got = await PageObtainer(ytdlp).obtain(wanted(tmp_path), NOW)
    assert isinstance(got, Obtained)
    assert got.captions is not None
    assert got.captions.origin is TranscriptOrigin.CAPTIONS_MANUAL
    assert ytdlp.asked == [("describe", PAGE), ("captions", "en")]


async def test_a_track_that_is_not_there_after_all_leaves_the_next(tmp_path: Path) -> None:
    """It was listed, and the fetch found none."""
    ytdlp = FakeYtDlp({PAGE: video(HEARD, WRITTEN)}, tracks={"en-orig": b"y"})
    got = await PageObtainer(ytdlp).obtain(wanted(tmp_path), NOW)
    assert isinstance(got, Obtained)
    assert got.captions is not None
    assert ytdlp.asked[1:] == [("captions", "en"), ("captions", "en-orig")]


async def test_a_fault_of_the_fetch_is_the_items(tmp_path: Path) -> None:
    """It went private in between."""
    private = Fault(FaultKind.PRIVATE, "Private video")
    ytdlp = FakeYtDlp({PAGE: video(HEARD)}, tracks={"en-orig": private})
    got = await PageObtainer(ytdlp).obtain(wanted(tmp_path), NOW)
    assert isinstance(got, Waiting)
    assert (got.reason, got.detail) == ("private", "Private video")


async def test_without_captions_its_sound_is_needed_where_it_can_be_heard(tmp_path: Path) -> None:
    """Else it is over, and says why."""
    obtainer = PageObtainer(FakeYtDlp({PAGE: video()}))
    got = await obtainer.obtain(wanted(tmp_path, hears=True), NOW)
    assert isinstance(got, Obtained)
    assert (got.captions, got.needs_sound) == (None, True)
    got = await obtainer.obtain(wanted(tmp_path), NOW)
    assert isinstance(got, Stopped)
    assert (got.status, got.code) == ("failed", "no_captions")


async def test_what_is_waited_for_is_said_with_its_deadline(tmp_path: Path) -> None:
    """A new item without captions."""
    new = video(timestamp=int(NOW.timestamp()))
    got = await PageObtainer(FakeYtDlp({PAGE: new})).obtain(wanted(tmp_path, published_at=NOW), NOW)
    assert isinstance(got, Waiting)
    assert (got.reason, got.until) == ("captions_pending", NOW + timedelta(hours=1))
    assert got.deadline == NOW + timedelta(hours=72)


@pytest.mark.parametrize(("hears", "becomes"), [(True, "sound"), (False, "no_captions")])
async def test_what_has_no_date_is_waited_for_since_it_was_seen(
    tmp_path: Path, *, hears: bool, becomes: str
) -> None:
    """A site that tells none: after three days without captions it is heard, or over."""
    undated = PageObtainer(FakeYtDlp({PAGE: video(timestamp=None)}))
    seen = wanted(tmp_path, published_at=None, seen_at=NOW, hears=hears)
    waits = [await undated.obtain(seen, NOW + timedelta(hours=hours)) for hours in (0, 24, 71)]
    over = await undated.obtain(seen, NOW + timedelta(hours=73))
    assert {wait.reason for wait in waits if isinstance(wait, Waiting)} == {"captions_pending"}
    assert {wait.deadline for wait in waits if isinstance(wait, Waiting)} == {
        NOW + timedelta(hours=72)
    }
    assert (over.code if isinstance(over, Stopped) else "sound") == becomes


async def test_the_sources_rules_hold_for_what_is_known_now(tmp_path: Path) -> None:
    """A feed did not tell that it is a Short; the look at it does."""
    ytdlp = FakeYtDlp({PAGE: video(WRITTEN, media_type="short", duration=30)})
    options = SourceOptions(rules=Rules(shorts=Rule.EXCLUDE))
    got = await PageObtainer(ytdlp).obtain(wanted(tmp_path, options=options), NOW)
    assert isinstance(got, Stopped)
    assert (got.status, got.code) == ("skipped", "not_taken_short")
    assert ytdlp.asked == [("describe", PAGE)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "too_old"),
        ({"seen_at": NOW - timedelta(days=364)}, None),
        ({"was_taken": True}, None),
    ],
)
async def test_what_came_in_time_is_not_too_old_for_having_waited(
    tmp_path: Path, changed: dict[str, Any], code: str | None
) -> None:
    """Nor when it is looked at again for better captions; what came too late is not fetched."""
    ytdlp = FakeYtDlp({PAGE: video(WRITTEN)}, tracks={"en": b"x"})
    options = SourceOptions(rules=Rules(max_age_s=7 * 86_400))
    got = await PageObtainer(ytdlp).obtain(wanted(tmp_path, options=options, **changed), NOW)
    assert (got.code if isinstance(got, Stopped) else None) == code
    assert (("captions", "en") in ytdlp.asked) == (code is None)


@pytest.mark.parametrize("liveness", ["is_upcoming", "not_live"])
async def test_rules_do_not_wait_for_captions(tmp_path: Path, liveness: str) -> None:
    """What is Spanish is left at once; what was announced is waited for, and judged then."""
    said_ = video(language="es", live_status=liveness, timestamp=int(NOW.timestamp()))
    options = SourceOptions(rules=Rules(languages=("en",)))
    asked = wanted(tmp_path, options=options, published_at=NOW)
    got = await PageObtainer(FakeYtDlp({PAGE: said_})).obtain(asked, NOW)
    became = (
        got.code if isinstance(got, Stopped) else got.reason if isinstance(got, Waiting) else ""
    )
    assert became == {"is_upcoming": "premiere", "not_live": "other_language"}[liveness]


async def test_the_sound_is_fetched(tmp_path: Path) -> None:
    """Into the folder of the item."""
    ytdlp = FakeYtDlp(sound=b"sound")
    got = await PageObtainer(ytdlp).fetch_sound(wanted(tmp_path))
    assert got.parent == tmp_path
    assert ytdlp.asked == [("audio", PAGE)]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.TOO_LARGE, PermanentError),
        (FaultKind.NO_SUCH_FORMAT, PermanentError),
        (FaultKind.PRIVATE, YtDlpFailedError),
    ],
)
async def test_a_sound_that_cannot_be_had_is_an_error(
    tmp_path: Path, kind: FaultKind, error: type[Exception]
) -> None:
    """For good, or a counted attempt."""
    ytdlp = FakeYtDlp(sound=Fault(kind, "so it says"))
    with pytest.raises(error, match="so it says"):
        await PageObtainer(ytdlp).fetch_sound(wanted(tmp_path))


def test_the_page_of_an_item_has_one_form() -> None:
    """Its key tells it better than its link."""
    short = "https://www.youtube.com/shorts/aaaaaaaaaaa"
    assert page_of(FoundItem(keys=("youtube:aaaaaaaaaaa",), facts=Facts(), link=short)) == PAGE
    assert page_of(FoundItem(keys=("url:x",), facts=Facts(), link=short)) == PAGE
    elsewhere = FoundItem(keys=("url:x",), facts=Facts(), link="https://vimeo.example/1")
    assert page_of(elsewhere) == "https://vimeo.example/1"
    with pytest.raises(PermanentError):
        page_of(FoundItem(keys=("about:x",), facts=Facts()))
