"""What everybody who asks yt-dlp relies on: the real program and the fake that stands in for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from footnoted.fetch.ytdlp.answers import entries_of, is_list, is_playable
from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.fetch.ytdlp.limits import RunLimits
from footnoted.fetch.ytdlp.port import CaptionsRequest
from footnoted.fetch.ytdlp.program import Place, YtDlpProgram
from tests.fakes.turns import FakeTurns
from tests.fakes.ytdlp import FakeYtDlp, said
from tests.timeline import server
from tests.timeline.world import PRIVATE, START, Captions, Channel, Phase, Video, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from footnoted.fetch.ytdlp.port import YtDlp

CHANNEL = "UC" + "abcdefghijklmnopqrstuv"
UPLOADS = f"https://www.youtube.com/playlist?list=UU{CHANNEL[2:]}"
PAGE = "https://www.youtube.com/watch?v=aaaaaaaaaaa"
HIDDEN = "https://www.youtube.com/watch?v=bbbbbbbbbbb"
NOBODY = "https://www.youtube.com/@nobody"
TRACK = Captions("en", is_auto=False, cues=[(0, "so it starts")])


def _world() -> World:
    videos = [
        Video("aaaaaaaaaaa", "A", START, 60.0, [Phase(START, captions=[TRACK])]),
        Video("ccccccccccc", "C", START, 60.0, [Phase(START)]),
        Video("bbbbbbbbbbb", "B", START, 60.0, [Phase(START, fault=PRIVATE, can_play=False)]),
    ]
    return World([Channel(CHANNEL, "The Channel", videos)], sound=b"RIFF" * 100)


def _fake() -> FakeYtDlp:
    sound = {"vcodec": "none", "acodec": "opus"}
    entries = [{"id": "aaaaaaaaaaa", "title": "A"}, {"id": "ccccccccccc", "title": "C"}]
    about = {"_type": "playlist", "channel_id": CHANNEL, "entries": entries}
    return FakeYtDlp(
        items={
            PAGE: said({"id": "aaaaaaaaaaa", "title": "A", "formats": [sound]}),
            HIDDEN: said({"id": "bbbbbbbbbbb"}, Fault(FaultKind.PRIVATE, PRIVATE)),
        },
        lists={UPLOADS: said(about)},
        tracks={"en": b"WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nso it starts\n"},
        sound=b"RIFF" * 100,
    )


@pytest.fixture(params=["fake", "program"])
def ytdlp(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[YtDlp]:
    """Yield each of them, knowing the same channel."""
    if request.param == "fake":
        yield _fake()
        return
    with server.started(_world()) as base:
        place = Place(tmp_path / "work", server.command(base))
        yield YtDlpProgram(place, FakeTurns(), RunLimits(timeout_s=60))


async def test_an_item_is_described(ytdlp: YtDlp) -> None:
    """As JSON, raw and read."""
    answer = await ytdlp.describe(PAGE)
    assert answer.fault is None
    assert (answer.info["id"], answer.info["title"]) == ("aaaaaaaaaaa", "A")
    assert is_playable(answer.info)
    assert b'"aaaaaaaaaaa"' in answer.raw


async def test_what_is_wrong_with_an_item_is_a_value(ytdlp: YtDlp) -> None:
    """In the words of its site."""
    answer = await ytdlp.describe(HIDDEN)
    assert answer.fault == Fault(FaultKind.PRIVATE, PRIVATE)


async def test_a_place_is_listed_up_to_a_limit(ytdlp: YtDlp) -> None:
    """In its own order."""
    answer = await ytdlp.listing(UPLOADS, None)
    assert (answer.fault, is_list(answer.info)) == (None, True)
    assert [one["id"] for one in entries_of(answer.info)] == ["aaaaaaaaaaa", "ccccccccccc"]
    assert answer.info["channel_id"] == CHANNEL
    first = await ytdlp.listing(UPLOADS, 1)
    assert [one["id"] for one in entries_of(first.info)] == ["aaaaaaaaaaa"]


async def test_a_place_that_is_not_there_is_a_value_too(ytdlp: YtDlp) -> None:
    """It is the follower's to judge."""
    answer = await ytdlp.listing(NOBODY, 1)
    assert (answer.fault.kind if answer.fault else None) == FaultKind.PLACE_GONE


async def test_one_track_is_fetched_into_a_folder(ytdlp: YtDlp, tmp_path: Path) -> None:
    """The folder is made."""
    into = tmp_path / "new" / "folder"
    got = await ytdlp.captions(CaptionsRequest(PAGE, "en", is_auto=False), into)
    assert not isinstance(got, Fault)
    assert got.parent == into
    assert "so it starts" in await asyncio.to_thread(got.read_text)


async def test_a_track_that_is_not_there_is_a_value(ytdlp: YtDlp, tmp_path: Path) -> None:
    """And leaves no file."""
    got = await ytdlp.captions(CaptionsRequest(PAGE, "fr", is_auto=True), tmp_path / "into")
    assert isinstance(got, Fault)
    assert got.kind is FaultKind.NO_SUCH_FORMAT
    assert not await asyncio.to_thread((tmp_path / "into").exists)


async def test_the_sound_is_fetched_into_a_folder(ytdlp: YtDlp, tmp_path: Path) -> None:
    """Whole."""
    got = await ytdlp.audio(PAGE, tmp_path / "into", 10_000)
    assert not isinstance(got, Fault)
    assert await asyncio.to_thread(got.read_bytes) == b"RIFF" * 100
