"""What a citation is, and the link that plays it."""

from __future__ import annotations

import pytest

from footnoted.model.citation import Evidence, MatchKind, deep_link, playable_url


def evidence(match: MatchKind) -> Evidence:
    """Return evidence that was matched this way."""
    return Evidence(
        quote="cut the lows",
        cited_first_cue=0,
        cited_last_cue=0,
        match=match,
        score=1.0,
        first_cue=0,
        last_cue=0,
        start_ms=None,
        end_ms=None,
        text="cut the lows",
    )


@pytest.mark.parametrize("match", MatchKind)
def test_only_rejected_evidence_does_not_resolve(match: MatchKind) -> None:
    """What was found may be published, however it was found."""
    assert evidence(match).resolves == (match is not MatchKind.REJECTED)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abc&t=83"),
        (
            "https://www.youtube.com/watch?v=a&t=9s&x=1",
            "https://www.youtube.com/watch?v=a&x=1&t=83",
        ),
        ("https://youtu.be/abc", "https://youtu.be/abc?t=83"),
        ("https://youtu.be/abc?t=5", "https://youtu.be/abc?t=83"),
        ("https://youtu.be/abc#t=5", "https://youtu.be/abc?t=83"),
        ("https://example.org/talk#notes", "https://example.org/talk?t=83#notes"),
        ("https://example.org/a?q=a%20b&empty=", "https://example.org/a?q=a%20b&empty=&t=83"),
        ("https://example.org/a?title=x", "https://example.org/a?title=x&t=83"),
        ("https://example.org/show.MP3?sig=1", "https://example.org/show.MP3?sig=1#t=83"),
        ("https://example.org/show.mp4#t=1", "https://example.org/show.mp4#t=83"),
        ("file:///srv/talks/a%20b.mkv", "file:///srv/talks/a%20b.mkv#t=83"),
        ("file:///srv/talks/notes", "file:///srv/talks/notes#t=83"),
        ("upload:1234", "upload:1234"),
        ("", ""),
    ],
)
def test_a_link_opens_at_the_second(url: str, expected: str) -> None:
    """Pages take a query, media files a fragment; an older time is replaced."""
    assert deep_link(url, 83_999) == expected


def test_the_first_second_is_a_time_too() -> None:
    """Nothing is not the same as zero."""
    assert deep_link("https://youtu.be/abc", 0) == "https://youtu.be/abc?t=0"


def test_without_a_time_the_link_stays_as_it_is() -> None:
    """A transcript without times gives no second to open at."""
    assert deep_link("https://youtu.be/abc?t=5", None) == "https://youtu.be/abc?t=5"


@pytest.mark.parametrize(
    ("url", "media_path", "expected"),
    [
        ("https://youtu.be/abc", "/talks/a.mp4", "https://youtu.be/abc?t=83"),
        (None, "/talks/a b #1?.mp4", "file:///talks/a%20b%20%231%3F.mp4#t=83"),
        ("", "/talks/a.unknown", "file:///talks/a.unknown#t=83"),
        (None, "//share/a.mp4", "file:///share/a.mp4#t=83"),
        (None, None, None),
    ],
)
def test_a_recording_plays_where_it_was_published_else_from_its_file(
    url: str | None, media_path: str | None, expected: str | None
) -> None:
    """A local file opens at the second too; without either there is nothing to link."""
    plays = playable_url(url, media_path)
    assert (deep_link(plays, 83_999) if plays else None) == expected
