"""Lists of feeds, as programs write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from footnoted.errors import UsageError
from footnoted.sources.follow import resolve_locator
from footnoted.sources.opml import FeedList, Listed, Outline, is_list, read_opml, write_opml

if TYPE_CHECKING:
    from pathlib import Path

NESTED = """<?xml version="1.0" encoding="utf-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
  <outline text="Talk"><outline text="Deeper">
    <outline type="rss" text="One &amp; only" title="One &amp; only"
      xmlUrl="https://one.example/feed?a=1&amp;b=2" htmlUrl="https://one.example/"/>
  </outline></outline>
  <OUTLINE TYPE="rss" TEXT="Two" XMLURL="http://two.example/feed"/>
  <outline text="Again" xmlUrl="https://one.example/feed?a=1&amp;b=2"/>
  <outline text="Link" type="link" url="https://three.example/"/>
  <outline text="Local" xmlUrl="file:///etc/passwd"/>
  <outline xmlUrl="feed://four.example/feed"/><outline xmlUrl="feed:https://five.example/feed"/>
</body></opml>"""
FEEDS = (
    Outline("One & only", "https://one.example/feed?a=1&b=2", "https://one.example/"),
    Outline("Two", "http://two.example/feed", None),
    Outline(None, "http://four.example/feed", None),
    Outline(None, "https://five.example/feed", None),
)
EXPECTED = FeedList(FEEDS, ("file:///etc/passwd",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_feeds_are_found_at_any_depth_and_once(encoding: str) -> None:
    """Folders and links are none; files of this machine are told apart."""
    text = NESTED.replace("utf-8", encoding)
    assert read_opml(text.encode(encoding)) == EXPECTED


@pytest.mark.parametrize(
    ("good", "bad"),
    [("</opml>", ""), ("&amp;b=2", "&b=2"), ("<head>", "<head>&nbsp;"), ("</head>", "")],
)
def test_a_broken_list_gives_what_can_be_told(good: str, bad: str) -> None:
    """Programs write ampersands as they are, and stop in the middle."""
    assert read_opml(NESTED.replace(good, bad).encode()) == EXPECTED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>no list</body></html>",
        b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><outline xmlUrl="https://a.example/"/></opml>',
        '<!DOCTYPE opml [<!ENTITY a "b">]><opml><outline/></opml>'.encode("utf-16"),
        b"<opml>" + b" " * (10 * 2**20),
        b"<opml>"
        + b"".join(b'<outline xmlUrl="http://a.example/%d"/>' % at for at in range(20_001)),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(data: bytes) -> None:
    """Bombs and endless ones too."""
    with pytest.raises(UsageError):
        read_opml(data)


@given(st.lists(st.text(min_size=1, max_size=30), max_size=5))
def test_what_is_written_is_read_again(titles: list[str]) -> None:
    """Whatever characters a title has, the file is well-formed and lists every feed."""
    listed = [Listed(title, f"https://a.example/{at}?x&y") for at, title in enumerate(titles)]
    data = write_opml(listed)
    assert fromstring(data).get("version") == "2.0"
    if listed:
        assert [one.xml_url for one in read_opml(data).feeds] == [one.xml_url for one in listed]


def test_titles_survive() -> None:
    """With their signs."""
    data = write_opml([Listed("Tom & <Jerry>", "https://a.example/f", "https://a.example/")])
    assert read_opml(data).feeds == (
        Outline("Tom & <Jerry>", "https://a.example/f", "https://a.example/"),
    )


@pytest.mark.parametrize(
    ("name", "text", "lists"),
    [
        ("mine.OPML", "", True),
        ("mine.xml", NESTED, True),
        ("talk.xml", "<tt><body><p>Hello</p></body></tt>", False),
        ("talk.vtt", NESTED, False),
    ],
)
def test_a_list_is_told_from_a_transcript(
    tmp_path: Path, name: str, text: str, *, lists: bool
) -> None:
    """Both may be XML; whoever tries or takes one is told what takes it."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert is_list(str(path)) is lists
    with pytest.raises(UsageError) as raised:
        resolve_locator(str(path))
    said = "`footnoted source add` follows each" if lists else "`footnoted add` takes one"
    assert said in raised.value.message
