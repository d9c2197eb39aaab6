"""What yt-dlp's sidecars say, whole and broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.info_json import read_info
from footnoted.sources.port import Chapter, Facts

if TYPE_CHECKING:
    from pathlib import Path


def reasons(**fields: object) -> list[str]:
    """Return what is wrong with an info.json of these fields."""
    return [problem.reason for problem in read_info(json.dumps(fields).encode(), "x").problems]


def test_the_first_field_that_says_something_counts() -> None:
    """Channel before uploader, the exact time before the date."""
    sidecar = read_info(
        b'{"title": " A  title ", "channel": "", "uploader": "Ada", "timestamp": 0,'
        b' "upload_date": "20240101", "duration": 1.5, "tags": ["x", "x", "", "y"]}',
        "x",
    )
    assert sidecar.problems == []
    assert sidecar.facts == Facts(
        title="A title",
        creator="Ada",
        published_at=datetime(1970, 1, 1, tzinfo=UTC),
        duration_ms=1_500,
        tags=("x", "y"),
    )


def test_captions_of_both_kinds_are_those_a_person_wrote() -> None:
    """yt-dlp downloads the written ones then."""
    sidecar = read_info(b'{"subtitles": {"en": []}, "automatic_captions": {"en": 1, "de": 1}}', "x")
    assert sidecar.caption_origins == {
        "en": TranscriptOrigin.CAPTIONS_MANUAL,
        "de": TranscriptOrigin.CAPTIONS_AUTO,
    }


def test_chapters_are_sorted_and_those_without_a_title_dropped() -> None:
    """They are hints, never citations."""
    chapters = [
        {"start_time": 9.5, "title": "B"},
        {"start_time": 1},
        {"start_time": 0, "title": "A"},
    ]
    sidecar = read_info(json.dumps({"chapters": chapters}).encode(), "x")
    assert sidecar.facts.chapters == (
        Chapter(start_ms=0, title="A"),
        Chapter(start_ms=9_500, title="B"),
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": 5}, "title is no text but 5"),
        ({"webpage_url": "javascript:alert(1)"}, "webpage_url is no http or https address"),
        ({"webpage_url": "http://["}, "webpage_url is no http or https address"),
        ({"duration": -1}, "duration is no time in seconds"),
        ({"duration": 1e400}, "duration is no time in seconds"),
        ({"duration": True}, "duration is no time in seconds"),
        ({"timestamp": 1e30}, "timestamp is no date like"),
        ({"upload_date": "20241301"}, "upload_date is no date like"),
        ({"chapters": "none"}, "chapters is no list"),
        ({"chapters": [{"title": "A"}]}, "chapters is no time in seconds"),
        ({"tags": [1]}, "tags is no text but 1"),
    ],
)
def test_a_bad_field_is_told_and_the_others_count(fields: dict[str, object], reason: str) -> None:
    """One problem, and the rest is kept."""
    sidecar = read_info(json.dumps({**fields, "language": "en"}).encode(), "x")
    assert sidecar.facts == Facts(language="en")
    assert [problem.reason[: len(reason)] for problem in sidecar.problems] == [reason]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b'{\n"title": }', 2, "is not valid JSON: Expecting value at column 10"),
        (b"", 1, "is not valid JSON: Expecting value at column 1"),
        (b"[1]", 1, "is JSON, but not an object"),
        (b"\xff\xfe\xfa", None, "is not valid JSON: UnicodeDecodeError"),
        (b"[" * 100_000, None, "is not valid JSON: RecursionError"),
        (b'{"timestamp": ' + b"9" * 5_000 + b"}", None, "is not valid JSON: ValueError"),
    ],
)
def test_a_broken_file_says_nothing_and_names_the_line(
    data: bytes, line: int | None, reason: str
) -> None:
    """It never raises."""
    sidecar = read_info(data, "/x/a.info.json")
    (problem,) = sidecar.problems
    assert sidecar.facts == Facts()
    assert (problem.path, problem.line) == ("/x/a.info.json", line)
    assert problem.reason.startswith(reason)


def test_text_that_cannot_be_stored_shows_as_replaced() -> None:
    """NUL and lone surrogates become U+FFFD."""
    sidecar = read_info(rb'{"title": "a\u0000b\ud800c"}', "x")
    assert sidecar.facts.title == "a\ufffdb\ufffdc"


def test_real_sidecars_are_read_without_a_problem(shared_data: Path) -> None:
    """Those that tools in the wild wrote; one of them has a channel of its own making."""
    folder = shared_data / "youtube-feeds-and-metadata" / "infojson"
    paths = sorted(folder.glob("*.info.json"))
    sidecars = [read_info(path.read_bytes(), path.name) for path in paths]
    problems = [problem for sidecar in sidecars for problem in sidecar.problems]
    empty = [
        path.name for path, sidecar in zip(paths, sidecars, strict=True) if not sidecar.facts.title
    ]
    assert [(problem.path, problem.reason[:18]) for problem in problems] == [
        ("ytcap-fixture001.info.json", "channel is no text")
    ]
    assert empty == ["ytcap-fixture001.info.json"]
