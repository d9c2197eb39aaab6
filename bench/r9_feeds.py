"""Figure R9 for feeds: every file of the feed folders is read, or refused with a named reason.

A file is unexplained when reading it raises anything else, takes longer than the limit, or gives
items and skipped entries that are together not what another parser counts (where that parser can
read the file at all), a skipped entry without a sentence, a key twice, or an item without a key or
an address. The same files damaged at several places may only not crash and not hang.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from stand import DATA, finish, report

from footnoted.sources.feeds.feed import Feed, UnreadableFeedError
from footnoted.sources.feeds.reading import read_feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIME_LIMIT_S = 900
FOLDERS = ("feeds-feedparser", "feeds-podcast", "youtube-feeds-and-metadata")
SUFFIXES = {".xml", ".rss", ".json", ".html"}
LIMIT_S = 5.0
REASONS = {"not_a_feed", "feed_unsafe", "feed_too_large"}
ROOTS = {"rss", "feed", "RDF", "channel"}
CUTS = 4


@dataclass
class Tally:
    """What was seen so far."""

    odd: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    slowest_s: float = 0.0


def files() -> list[Path]:
    """Return every file that could be taken for a feed."""
    found = (path for name in FOLDERS for path in sorted((DATA / name).rglob("*")))
    return [path for path in found if path.suffix in SUFFIXES]


def read(data: bytes, tally: Tally, name: str) -> Feed | None:
    """Return the feed in `data`; note what became of it."""
    began_s = time.monotonic()
    try:
        feed = read_feed(data, url="https://feeds.example/show/feed.xml", scope="corpus")
    except UnreadableFeedError as error:
        if error.failure_code not in REASONS or " " not in error.message:
            tally.odd.append(f"{name}: {error.failure_code!r}")
        tally.ends[error.failure_code] += 1
        feed = None
    except Exception as error:  # noqa: BLE001 - anything else is what is measured
        tally.odd.append(f"{name}: {error!r}")
        feed = None
    took_s = time.monotonic() - began_s
    tally.slowest_s = max(tally.slowest_s, took_s)
    if took_s > LIMIT_S:
        tally.odd.append(f"{name}: {took_s:.1f} s")
    return feed


def examine(path: Path, tally: Tally) -> None:
    """Read a file whole and hold what it gave against another parser."""
    data = path.read_bytes()
    feed = read(data, tally, path.name)
    if feed is None:
        return
    tally.ends["items"] += len(feed.items)
    tally.ends["skipped"] += sum(feed.skipped_counts.values())
    tally.ends["feeds"] += 1
    keys = Counter(key for item in feed.items for key in item.keys)
    if any(count > 1 for count in keys.values()):
        tally.odd.append(f"{path.name}: a key twice")
    if not all(item.keys and (item.link or item.media_url) for item in feed.items):
        tally.odd.append(f"{path.name}: an item without a key or an address")
    if not all(": " in told for told in feed.skipped):
        tally.odd.append(f"{path.name}: skipped without a reason")
    expected = counted(data)
    if expected is None:
        return
    tally.compared += 1
    actual = len(feed.items) + sum(feed.skipped_counts.values())
    if actual != expected:
        tally.odd.append(f"{path.name}: {actual} entries of {expected}")


def counted(data: bytes) -> int | None:
    """Return how many entries another parser sees; None where it cannot read the file."""
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return sum(1 for _ in entries(root)) if local(root) in ROOTS else None


def local(element: Element) -> str:
    """Return a name without its namespace."""
    return element.tag.rpartition("}")[2]


def entries(element: Element) -> Iterator[Element]:
    """Yield the outermost items and entries."""
    for child in element:
        if local(child) in {"item", "entry"}:
            yield child
        elif local(child) != "liveItem":
            yield from entries(child)


def damage(path: Path) -> Iterator[bytes]:
    """Yield a file cut, begun late, and with a byte turned, at several places."""
    data = path.read_bytes()
    for part in range(1, CUTS):
        at = len(data) * part // CUTS
        yield from (data[:at], data[at:], data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])


def main() -> bool:
    """Print the figure and return whether it holds."""
    whole, damaged = Tally(), Tally()
    paths = files()
    for path in paths:
        examine(path, whole)
    for path in paths:
        for data in damage(path) if path.stat().st_size else ():
            read(data, damaged, f"{path.name}, damaged")
    for odd in (*whole.odd, *damaged.odd):
        print("#", odd)
    refused = ", ".join(f"{whole.ends[code]} {code}" for code in sorted(REASONS & set(whole.ends)))
    note = (
        f"{len(paths)} files: {whole.ends['feeds']} feeds with {whole.ends['items']} items and"
        f" {whole.ends['skipped']} entries skipped with a reason, {refused};"
        f" {whole.compared} counted by another parser; slowest {1000 * whole.slowest_s:.0f} ms;"
        f" {(CUTS - 1) * 3} damages of each: slowest {1000 * damaged.slowest_s:.0f} ms"
    )
    odd = len(whole.odd) + len(damaged.odd)
    holds = odd == 0 and len(paths) >= 1_600 and whole.compared > 1_000
    return report("R9.feeds", str(odd), "unexplained", "0", holds=holds, note=note)


if not DATA.is_dir():
    print("R9.feeds - - - SKIP (no ../shared/data)")
    raise SystemExit(0)
finish(main())
