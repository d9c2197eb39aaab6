"""Places on the net as a person names them: recognised, and followed."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from footnoted.errors import PermanentError, UsageError
from footnoted.fetch.port import WebLimits, WebRequest
from footnoted.fetch.web.kinds import HEAD_BYTES, HTML, sniff
from footnoted.sources import store as sources
from footnoted.sources.feeds.identity import scope_of
from footnoted.sources.feeds.reading import read_feed
from footnoted.sources.items import FEED_KIND, SITE_KIND, YOUTUBE_KIND
from footnoted.sources.net.asking import cap_usd, options_of, schedule_words
from footnoted.sources.options import SourceOptions
from footnoted.sources.videos.store import notify_work
from footnoted.sources.youtube.locator import YoutubePlace, YoutubeVideo, youtube_locator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.fetch.port import Web, WebAnswer
    from footnoted.sources.net.asking import Asked
    from footnoted.sources.store import Source

USUAL_INTERVAL_S = 3_600
_LOOK = WebLimits(timeout_s=30.0, max_bytes=8 * 2**20)
_LINK = re.compile(rb"<link\b[^>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*["']([^"']{0,1000})["']""", re.IGNORECASE)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml"})


class NetPlace(NamedTuple):
    """A place on the net: how it is followed, and its one normal address."""

    kind: str
    locator: str


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place to follow, and what was asked of it."""

    place: NetPlace
    profiles: Sequence[str]
    asked: Asked
    title: str | None = None
    creator: str | None = None
    owner: str | None = None


async def place_of(text: str, web: Web) -> NetPlace:
    """Return what can be followed at an address.

    That is YouTube, a feed, the feed that a page names, else a site that yt-dlp may know. Raises
    UsageError for one video, one recording and what is no page at all, and the errors of
    `fetch.port` when the address is away.
    """
    found = youtube_locator(text)
    if isinstance(found, YoutubeVideo):
        message = f"{text} is one video: `footnoted add {found.url}` takes it"
        raise UsageError(message)
    if isinstance(found, YoutubePlace):
        return NetPlace(YOUTUBE_KIND, found.url)
    answer = await web.get(WebRequest(text, limits=_LOOK))
    here = answer.moved_to or text
    why_not = await asyncio.to_thread(_why_no_feed, answer.body, here, answer.content_type)
    if why_not is None:
        return feed_at(here)
    named = _feed_named_in(answer.body, answer.url)
    if named is None:
        _require_page(text, answer, why_not)
    return NetPlace(SITE_KIND, here) if named is None else feed_at(named)


def feed_at(url: str) -> NetPlace:
    """Return the feed at an address, the same for each way of writing what a server is asked."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    asked = parts._replace(netloc=f"{user}{at}{host.lower()}", fragment="")
    return NetPlace(FEED_KIND, asked.geturl())


def _why_no_feed(body: bytes, url: str, content_type: str | None) -> str | None:
    try:
        read_feed(body, url=url, content_type=content_type, scope=scope_of(url))
    except PermanentError as error:
        return error.message.removeprefix(f"{url}: ")
    return None


def _require_page(text: str, answer: WebAnswer, why_no_feed: str) -> None:
    """Raise UsageError unless the answer is a web page, which yt-dlp may know how to list."""
    kind = sniff(answer.body[:HEAD_BYTES])
    if kind is not None and kind.is_media:
        message = f"{text} is one recording: `footnoted add {text}` takes it"
        raise UsageError(message)
    claims_page = (answer.content_type or "").lower().startswith("text/html")
    if kind != HTML and (kind is not None or not claims_page or not answer.body.strip()):
        message = f"{text}: {why_no_feed}; `--kind site` has yt-dlp list it all the same"
        raise UsageError(message)


def _feed_named_in(page: bytes, url: str) -> str | None:
    """Return the first feed that a page names (`<link rel="alternate">`, HTML "Link types")."""
    for match in _LINK.finditer(page[: 2**20]):
        link = match.group().decode("utf-8", "replace")
        said = {name.lower(): unescape(value) for name, value in _ATTRIBUTE.findall(link)}
        kinds = said.get("rel", "").lower().split()
        if "alternate" in kinds and said.get("type", "").lower() in _FEED_TYPES and "href" in said:
            return urljoin(url, said["href"])
    return None


async def add_place(database: Database, new: NewPlace, *, clock: Clock) -> tuple[Source, bool]:
    """Follow a place from now on; return its source, and whether it is new.

    One that is followed already, a channel by its handle too, stays as it is. Raises UsageError for
    words that say nothing.
    """
    if not new.profiles:
        message = "a source needs a profile: what should become of what it brings?"
        raise UsageError(message)
    options, now = options_of(new.asked, SourceOptions()), clock.now()
    values: dict[str, Any] = {
        "kind": new.place.kind,
        "locator": new.place.locator,
        "title": new.title or new.place.locator,
        "creator_name": new.creator,
        "owner": new.owner,
        "profiles": list(dict.fromkeys(new.profiles)),
        "poll_interval_s": USUAL_INTERVAL_S,
        "schedule": schedule_words(new.asked) or "adaptive",
        "options": options.model_dump(mode="json", exclude_defaults=True),
        "daily_cap_usd": cap_usd(new.asked),
        "priority": new.asked.priority or 0,
        "next_poll_at": now,
        "created_at": now,
        "updated_at": now,
    }
    async with database.transaction() as session:
        known = await sources.find_channel(session, new.place.locator)
        if known is not None:
            return known, False
        source_id = await sources.insert_source(session, values)
        await notify_work(session)
        source = await sources.find_source(session, new.place.kind, new.place.locator)
    if source is None:
        message = f"{new.place.locator} was removed while it was added"
        raise UsageError(message)
    return source, source_id is not None
