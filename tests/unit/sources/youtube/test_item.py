"""What yt-dlp says of one item, read and bounded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from footnoted.fetch.ytdlp.faults import Fault, FaultKind
from footnoted.sources.items import Liveness
from footnoted.sources.youtube.item import Probed, read_item
from tests.fakes.ytdlp import said

RECORDED = Path("youtube-feeds-and-metadata") / "infojson"


def recorded(shared_data: Path, name: str) -> Probed:
    """Return a recorded answer as an item."""
    found = [path for path in (shared_data / RECORDED).iterdir() if name in path.name]
    return read_item(said(json.loads(found[0].read_text(encoding="utf-8"))))


def item(**info: Any) -> Any:
    """Return what is read of an info dict."""
    seen = read_item(said({"id": "x", **info}))
    assert seen.info is not None
    return seen.info


def test_a_recorded_video_is_read(shared_data: Path) -> None:
    """Half a megabyte of it becomes a page."""
    info = recorded(shared_data, "YRvf00NooN8").info
    assert info is not None
    assert info.facts.title is not None
    assert "A future worth getting excited about" in info.facts.title
    assert (info.facts.creator, info.facts.duration_ms) == ("TED", 3_984_000)
    assert (info.liveness, info.original_language) == (Liveness.NOT_LIVE, "en")
    assert (info.is_short, info.can_play, info.door) == (False, True, None)
    assert sum(not track.is_auto for track in info.tracks) > 10
    assert [track.key for track in info.tracks if track.key.endswith("-orig")] == ["en-orig"]
    assert len(info.model_dump_json()) < 100_000


@pytest.mark.parametrize("name", ["60fps.json", "hdr.json", "tubesync-metadata.json", "sample"])
def test_recorded_answers_of_other_tools_are_read(shared_data: Path, name: str) -> None:
    """Old ones say less; nothing is made up."""
    seen = recorded(shared_data, name)
    assert seen.fault is None
    assert seen.info is not None


@pytest.mark.parametrize("name", ["channel_source_metadata", "playlist.info", "channel.info"])
def test_a_list_is_no_item(shared_data: Path, name: str) -> None:
    """It is said, and not taken for its first entry."""
    found = [path for path in (shared_data / RECORDED).iterdir() if name in path.name]
    document = {"_type": "playlist", **json.loads(found[0].read_text(encoding="utf-8"))}
    seen = read_item(said(document))
    assert seen.info is None
    assert seen.fault is not None
    assert seen.fault.kind is FaultKind.UNSUPPORTED_URL


def test_what_is_in_the_way_stands_beside_what_is_known() -> None:
    """Of a private video the title is often still told."""
    private = Fault(FaultKind.PRIVATE, "Private video")
    seen = read_item(said({"id": "x", "title": "Mine"}, private))
    assert seen.fault == private
    assert seen.info is not None
    assert seen.info.facts.title == "Mine"
    assert read_item(said({}, private)) == Probed(fault=private)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"live_status": "is_upcoming"}, Liveness.IS_UPCOMING),
        ({"live_status": "post_live"}, Liveness.POST_LIVE),
        ({"is_live": True}, Liveness.IS_LIVE),
        ({"was_live": True}, Liveness.WAS_LIVE),
        ({"live_status": "a new word"}, None),
        ({}, None),
    ],
)
def test_how_live_it_is(info: dict[str, Any], expected: Liveness | None) -> None:
    """A word nobody knows says nothing; it is not taken for one that is known."""
    assert item(**info).liveness is expected


def test_a_premiere_is_an_announced_video_with_a_length() -> None:
    """A broadcast has none before it ends."""
    upcoming = {"live_status": "is_upcoming", "release_timestamp": 1_772_000_000}
    assert item(**upcoming, duration=600, media_type="video").is_premiere
    assert not item(**upcoming).is_premiere
    assert not item(**upcoming, duration=600, media_type="livestream").is_premiere
    youtube = {**upcoming, "extractor_key": "Youtube"}
    assert item(**youtube, media_type="video").is_premiere, "its length is not always told"
    assert not item(**youtube, media_type="livestream").is_premiere
    assert item(**upcoming).starts_at == datetime.fromtimestamp(1_772_000_000, UTC)


def test_chapters_come_from_the_site_or_from_the_description() -> None:
    """The site's own first."""
    description = "0:00 Intro\n1:00 Middle\n2:00 End"
    told = item(description=description, duration=300)
    assert [one.title for one in told.facts.chapters] == ["Intro", "Middle", "End"]
    own = [{"start_time": 0, "title": "A"}]
    assert [one.title for one in item(description=description, chapters=own).facts.chapters] == [
        "A"
    ]


def test_the_door_before_an_item_is_named() -> None:
    """As `availability` has it."""
    assert item(availability="subscriber_only").door is FaultKind.MEMBERS_ONLY
    assert item(availability="public").door is None


@pytest.mark.parametrize(
    "info",
    [
        {"title": 5, "duration": "x", "formats": "x", "subtitles": [], "chapters": {}},
        {"release_timestamp": 1e30, "live_status": 4, "language": ["en"], "age_limit": "18"},
        {"automatic_captions": {"en": ["x", None, {"url": 5}]}, "availability": 3},
        {"formats": [None, 5, {"vcodec": "none", "acodec": "none"}], "aspect_ratio": "wide"},
    ],
)
def test_fields_of_the_wrong_kind_say_nothing(info: dict[str, Any]) -> None:
    """Plugins and sites print what they like."""
    assert not item(**info).can_play


def test_a_title_that_yt_dlp_made_up_is_none() -> None:
    """It would take the place of the one that the feed told."""
    seen = read_item(said({"id": "x", "title": "youtube video #x"}))
    assert seen.info is not None
    assert seen.info.facts.title is None
    assert seen.fault is not None
    assert seen.fault.kind is FaultKind.UNAVAILABLE
    assert item(title="Amazing video #12").facts.title == "Amazing video #12"
