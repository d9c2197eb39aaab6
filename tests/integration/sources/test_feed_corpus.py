"""Every feed of the corpora is read: no crash, no lost entry, no key twice, in bounded time."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

import pytest
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from footnoted.sources.feeds.feed import Feed, UnreadableFeedError
from footnoted.sources.feeds.reading import read_feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = ("feeds-feedparser", "feeds-podcast", "youtube-feeds-and-metadata")
SUFFIXES = {".xml", ".rss", ".json", ".html"}
URL = "https://feeds.example/show/feed.xml"
ROOTS = {"rss", "feed", "RDF", "channel"}
LIMIT_S = 5.0


def files_of(shared_data: Path) -> list[Path]:
    """Return every file of the corpora that could be taken for a feed."""
    found = [path for name in FOLDERS for path in sorted((shared_data / name).rglob("*"))]
    return [path for path in found if path.suffix in SUFFIXES]


def read(path: Path) -> Feed | UnreadableFeedError:
    """Return the feed in a file, or why there is none."""
    return read_bytes(path.read_bytes())


def read_bytes(data: bytes) -> Feed | UnreadableFeedError:
    """Return the feed in `data`, or why there is none; anything else fails the test."""
    try:
        return read_feed(data, url=URL, scope="corpus")
    except UnreadableFeedError as error:
        return error


@pytest.fixture(scope="module")
def readings(shared_data: Path) -> dict[Path, Feed | UnreadableFeedError]:
    """Return what every file gave."""
    return {path: read(path) for path in files_of(shared_data)}


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def entries_below(element: Element) -> Iterator[Element]:
    """Yield the outermost items and entries: another reader's count, on trees."""
    for child in element:
        if local(child) in {"item", "entry"}:
            yield child
        elif local(child) != "liveItem":
            yield from entries_below(child)


def tree_of(path: Path) -> Element | None:
    """Return the tree of a well-formed feed, None for anything else."""
    try:
        root = fromstring(path.read_bytes())
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root if local(root) in ROOTS else None


def test_every_file_gives_a_feed_or_a_named_reason(
    readings: dict[Path, Feed | UnreadableFeedError],
) -> None:
    """Nothing else comes out, and what are no feeds by their names are the only refused ones."""
    codes = Counter(
        reading.failure_code if isinstance(reading, UnreadableFeedError) else "read"
        for reading in readings.values()
    )
    refused = {
        path.name
        for path, reading in readings.items()
        if isinstance(reading, UnreadableFeedError) and path.suffix in {".xml", ".rss"}
    }
    assert len(readings) >= 1_600
    assert set(codes) <= {"read", "not_a_feed", "feed_unsafe"}
    assert refused == {"doctype_contains_entity_decl.xml", "schema__podcast-example.xml"}


def test_no_entry_is_lost(readings: dict[Path, Feed | UnreadableFeedError]) -> None:
    """Items and skipped entries are together as many as another parser counts."""
    compared, wrong = 0, []
    for path, reading in readings.items():
        root = tree_of(path)
        if root is None or isinstance(reading, UnreadableFeedError):
            continue
        compared += 1
        expected = sum(1 for _ in entries_below(root))
        actual = len(reading.items) + sum(reading.skipped_counts.values())
        if actual != expected:
            wrong.append((path.name, expected, actual))
    assert wrong == []
    assert compared > 1_200


def test_no_two_items_of_a_feed_share_a_key(
    readings: dict[Path, Feed | UnreadableFeedError],
) -> None:
    """And every item has one, and an address."""
    for path, reading in readings.items():
        if isinstance(reading, UnreadableFeedError):
            continue
        keys = Counter(key for item in reading.items for key in item.keys)
        assert [key for key, count in keys.items() if count > 1] == [], path
        assert all(item.keys and (item.link or item.media_url) for item in reading.items), path


def test_entries_with_an_enclosure_become_items(
    readings: dict[Path, Feed | UnreadableFeedError],
) -> None:
    """What another parser sees with a sound file on the web is never skipped."""
    wrong: list[str] = []
    compared = 0
    for path, reading in readings.items():
        root = tree_of(path)
        if root is None or isinstance(reading, UnreadableFeedError):
            continue
        sounds = {sound for entry in entries_below(root) for sound in sounds_of(entry)}
        known = {item.media_url for item in reading.items}
        repeated = reading.skipped_counts.get("repeated", 0)
        compared += len(sounds)
        if len(sounds - known) > repeated:
            wrong.append(f"{path.name}: {sounds - known}")
    assert wrong == []
    assert compared > 20


def sounds_of(entry: Element) -> list[str]:
    """Return the address of an entry's only enclosure, where that is plainly sound on the web."""
    enclosures = [child for child in entry if child.tag == "enclosure"]
    addresses = [
        (child.get("url") or "").strip()
        for child in enclosures
        if (child.get("type") or "").startswith("audio/")
    ]
    plain = [url for url in addresses if url.startswith("http") and " " not in url]
    return plain if len(enclosures) == 1 else []


def test_no_feed_takes_long(shared_data: Path) -> None:
    """Each file of the corpora is read well within the limit."""
    slowest = 0.0
    for path in files_of(shared_data):
        began_s = time.monotonic()
        read(path)
        slowest = max(slowest, time.monotonic() - began_s)
    assert slowest < LIMIT_S


def test_damaged_feeds_do_not_crash(shared_data: Path) -> None:
    """Every real podcast feed cut at many places, and with bytes turned over, is still read."""
    paths = [path for path in files_of(shared_data) if path.parent.name != "json"]
    large = [path for path in paths if 2_000 < path.stat().st_size < 40_000]
    for path in large[:30]:
        data = path.read_bytes()
        for part in range(1, 12):
            at = len(data) * part // 12
            turned = bytes([data[at] ^ 0x55])
            for damaged in (data[:at], data[at:], data[:at] + turned + data[at + 1 :]):
                read_bytes(damaged)
