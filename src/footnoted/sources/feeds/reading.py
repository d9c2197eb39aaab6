"""Reading the bytes of a feed: total, bounded, and indifferent to how broken they are.

feedparser does the reading: it knows every dialect, and takes what is not well-formed too. It is
given a stream, never bytes or text: those it would open as a file or an address.
"""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any, cast
from xml.sax import SAXException

import feedparser

from footnoted.sources.feeds.addresses import absolute_url
from footnoted.sources.feeds.distinct import distinct_items
from footnoted.sources.feeds.entries import Channel, author_of, item_of, title_of
from footnoted.sources.feeds.feed import MAX_NAMED, NOT_A_FEED, Feed, UnreadableFeedError
from footnoted.sources.feeds.order import newest_first
from footnoted.sources.feeds.prose import line_of
from footnoted.sources.feeds.survey import Said, Survey, survey
from footnoted.sources.feeds.widths import is_wide, narrowed
from footnoted.sources.languages import is_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.sources.items import FoundItem

_ROOTS = {"rss", "feed", "rdf:rdf", "rdf", "channel", "redirect"}
_BREAKS = (  # what feedparser lets through on bytes that no feed has
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    SAXException,
    TypeError,
    ValueError,
)
NO_ADDRESS = "no_address"
REPEATED = "repeated"
_REASONS = {
    NO_ADDRESS: "has no address of a page or a recording",
    REPEATED: "is listed twice",
}


def read_feed(data: bytes, *, url: str, content_type: str | None = None, scope: str) -> Feed:
    """Return what a feed says, its items newest first.

    `url` is where it came from, `scope` within what its GUIDs are unique (`identity.scope_of`).
    Every entry is an item, or is skipped with a reason. Raises UnreadableFeedError with the failure
    `not_a_feed`, `feed_unsafe` or `feed_too_large`. It blocks: call it in a thread.
    """
    if is_wide(data):
        data, content_type = narrowed(data), None  # whose charset would be wrong now
    found = survey(data, url)
    document = _parsed(data, url, content_type)
    # feedparser's own mappings look names up under other names too, which is slow and deceives.
    feed = dict(_mapping(document.get("feed")))
    listed = cast("list[dict[str, Any]]", document.get("entries") or [])
    entries: list[Mapping[str, Any]] = [dict(entry) for entry in listed]
    if not (entries or document.get("version") or found.root in _ROOTS):
        raise UnreadableFeedError(url, _what_it_is(data), failure_code=NOT_A_FEED)
    channel = _channel(feed, found, url, scope)
    items, skipped = _items(entries, _aligned(entries, found), channel)
    return _feed(feed, channel, items, skipped)


def _parsed(data: bytes, url: str, content_type: str | None) -> Mapping[str, Any]:
    headers = {"content-type": content_type} if content_type else {}
    try:
        parsed = feedparser.parse(  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType] - it has no types
            io.BytesIO(data),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _BREAKS as error:
        why = f"what is there cannot be read as a feed ({type(error).__name__})"
        raise UnreadableFeedError(url, why, failure_code=NOT_A_FEED) from None
    return cast("Mapping[str, Any]", parsed)


def _what_it_is(data: bytes) -> str:
    start = data[:1000].lstrip().lower()
    if not start:
        return "the answer is empty"
    if b"<html" in start or start.startswith(b"<!doctype html"):
        return "a web page is there, no feed: look for its RSS link"
    if start.startswith((b"{", b"[")):
        return "JSON is there, no feed in RSS or Atom"
    return "what is there is no feed in RSS or Atom"


def _channel(feed: Mapping[str, Any], found: Survey, url: str, scope: str) -> Channel:
    publisher = _mapping(feed.get("publisher_detail")).get("name")
    creator = author_of(feed) or line_of(publisher) or title_of(feed)
    language = line_of(feed.get("language"))
    return Channel(
        url=url,
        scope=scope,
        creator=creator,
        language=language if language and is_language(language) else None,
        persons=tuple(found.feed.persons),
    )


def _aligned(entries: Sequence[Mapping[str, Any]], found: Survey) -> list[Said]:
    """Return for each entry what the survey found of it.

    The two parsers see the same entries in the same order; where the GUIDs say they do not, or the
    survey ended early, there is what feedparser kept: the last of each element.
    """
    said = found.entries
    is_whole = len(said) == len(entries)
    return [
        said[at] if at < len(said) and _is_of(said[at], entry, is_whole=is_whole) else _kept(entry)
        for at, entry in enumerate(entries)
    ]


def _is_of(said: Said, entry: Mapping[str, Any], *, is_whole: bool) -> bool:
    """Return whether both mean one entry: by the GUID, else by place where none is missing."""
    stated = entry.get("id")
    if said.guid is None or not isinstance(stated, str):
        return is_whole
    return said.guid in stated or stated.strip().startswith(said.guid[:50])


def _kept(entry: Mapping[str, Any]) -> Said:
    transcript = _mapping(entry.get("podcast_transcript"))
    chapters = _mapping(entry.get("podcast_chapters")).get("url")
    return Said(
        transcripts=[transcript] if transcript else [],
        chapters_url=chapters if isinstance(chapters, str) else None,
    )


def _items(
    entries: Sequence[Mapping[str, Any]], said: Sequence[Said], channel: Channel
) -> tuple[list[FoundItem], list[tuple[str, str]]]:
    """Return the items, newest first, and each skipped entry's name with the reason."""
    found: list[FoundItem] = []
    skipped: list[tuple[str, str]] = []
    for at, entry in enumerate(entries):
        item = item_of(entry, said[at], channel)
        if item is None:
            name = title_of(entry) or line_of(entry.get("id")) or f"entry {at + 1}"
            skipped.append((name, NO_ADDRESS))
        else:
            found.append(item)
    items, repeated = distinct_items(newest_first(found))
    skipped += [(item.facts.title or item.link or item.keys[0], REPEATED) for item in repeated]
    return items, skipped


def _feed(
    feed: Mapping[str, Any],
    channel: Channel,
    items: Sequence[FoundItem],
    skipped: Sequence[tuple[str, str]],
) -> Feed:
    links = cast("list[Mapping[str, Any]]", feed.get("links") or [])
    older = [link.get("href") for link in links if link.get("rel") in {"next", "prev-archive"}]
    return Feed(
        title=title_of(feed),
        creator=channel.creator,
        language=channel.language,
        items=tuple(items),
        moved_to=_moved_to(feed, channel.url),
        next_url=absolute_url(channel.url, older[0]) if older else None,
        is_complete="fh_complete" in feed,
        skipped=tuple(f"{name}: {_REASONS[reason]}" for name, reason in skipped[:MAX_NAMED]),
        skipped_counts=dict(Counter(reason for _, reason in skipped)),
    )


def _moved_to(feed: Mapping[str, Any], base: str) -> str | None:
    """Return where the feed says it moved: `itunes:new-feed-url`, or the older `newLocation`."""
    stated = feed.get("itunes_new-feed-url") or feed.get("newlocation")
    return absolute_url(base, stated)


def _mapping(said: object) -> dict[str, Any]:
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}
