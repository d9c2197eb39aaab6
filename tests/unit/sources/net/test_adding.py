"""What can be followed at an address; one feed has one address, however it is written."""

from __future__ import annotations

import pytest

from footnoted.errors import UsageError
from footnoted.sources.net.adding import feed_at, place_of
from tests.fakes.web import FakePage, FakeWeb

PLACE = "https://pod.example/show"
FEED = b"""<rss version="2.0"><channel><title>The Pod</title></channel></rss>"""
NAMES_FEED = b"""<link rel="alternate" type="application/rss+xml" href="/feed.xml">"""


@pytest.mark.parametrize(
    "written",
    [
        "HTTPS://Pod.Example/Feed.xml?show=A",
        "https://pod.example/Feed.xml?show=A#latest",
    ],
)
def test_what_no_server_is_asked_makes_no_other_feed(written: str) -> None:
    """Host and scheme have no case, and what stands behind # is not sent (RFC 9110, 4.2.3)."""
    assert feed_at(written).locator == "https://pod.example/Feed.xml?show=A"


def test_the_secret_of_a_feed_stays_as_it_is() -> None:
    """Name and password have capitals of their own."""
    assert feed_at("https://Me:SeCret@Pod.Example/f").locator == "https://Me:SeCret@pod.example/f"


@pytest.mark.parametrize(
    ("page", "kind", "locator"),
    [
        (FakePage(FEED, "text/plain"), "feed", PLACE),
        (FakePage(b"<html>" + NAMES_FEED, "text/html"), "feed", "https://pod.example/feed.xml"),
        (FakePage(b"<!-- a --><HTML><p>Videos", None), "site", PLACE),
        (FakePage(b"<p>Videos", "text/html; charset=utf-8"), "site", PLACE),
    ],
)
async def test_a_place_is_a_feed_or_a_page(page: FakePage, kind: str, locator: str) -> None:
    """By what is there; a page that names its feed is followed by that."""
    place = await place_of(PLACE, FakeWeb({PLACE: page}))
    assert (place.kind, place.locator) == (kind, locator)


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (FakePage(b"", "text/html"), "the answer is empty"),
        (FakePage(b" \n", "application/rss+xml"), "the answer is empty"),
        (FakePage(b'{"videos": []}', "text/html"), "JSON is there, no feed in RSS or Atom"),
        (FakePage(b"Hello", "text/plain"), "what is there is no feed in RSS or Atom"),
        (FakePage(b"<?xml version='1.0'?><a/>", "text/xml"), "no feed in RSS or Atom"),
        (FakePage(b"%PDF-1.7", "application/pdf"), "what is there is no feed in RSS or Atom"),
    ],
)
async def test_what_is_neither_is_not_followed(page: FakePage, why: str) -> None:
    """Nothing would ever come of it, and nobody would be told."""
    with pytest.raises(UsageError) as raised:
        await place_of(PLACE, FakeWeb({PLACE: page}))
    assert why in raised.value.message
    assert raised.value.message.endswith("; `--kind site` has yt-dlp list it all the same")


async def test_one_recording_is_added() -> None:
    """It brings nothing new, however often it is looked at."""
    web = FakeWeb({PLACE: FakePage(b"ID3\x04" + bytes(99), "audio/mpeg")})
    with pytest.raises(UsageError, match=f"footnoted add {PLACE}"):
        await place_of(PLACE, web)
