"""Places and items on the net as a person names them: recognised, followed, changed, taken once."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from footnoted.errors import PermanentError, UsageError
from footnoted.fetch.port import WebLimits, WebRequest
from footnoted.fetch.web.kinds import HEAD_BYTES, HTML, sniff
from footnoted.sources import store as sources
from footnoted.sources.facts import readable
from footnoted.sources.feeds.addresses import normal_url
from footnoted.sources.feeds.identity import scope_of
from footnoted.sources.feeds.reading import read_feed
from footnoted.sources.items import FEED_KIND, SITE_KIND, YOUTUBE_KIND, FoundItem, TranscriptLink
from footnoted.sources.net import store
from footnoted.sources.net.asking import cap_usd, options_of, require_for_folder, schedule_words
from footnoted.sources.net.take import playing_url
from footnoted.sources.options import SourceOptions
from footnoted.sources.port import FOLDER_KIND, Facts
from footnoted.sources.record import NOTHING_TOLD, Told
from footnoted.sources.recordings import store as recordings
from footnoted.sources.removals.store import take_back
from footnoted.sources.rules.schedule import next_poll, parse_schedule, rhythm_of
from footnoted.sources.transcriptions.store import open_transcription
from footnoted.sources.videos import store as videos
from footnoted.sources.youtube.locator import YoutubePlace, YoutubeVideo, youtube_locator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

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
_MEDIA = re.compile(r"\.(aac|flac|m4a|m4v|mkv|mov|mp3|mp4|oga|ogg|ogv|opus|wav|webm)$")
_TRANSCRIPTS = {".vtt": "text/vtt", ".srt": "application/x-subrip"}


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


@dataclass(frozen=True, slots=True)
class TakenItem:
    """An item that was taken by its address; not `is_new` when it was known."""

    media_id: int
    url: str
    is_new: bool


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

    One that is followed already stays as it is. Raises UsageError for words that say nothing.
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
        source_id = await sources.insert_source(session, values)
        await videos.notify_work(session)
        source = await sources.find_source(session, new.place.kind, new.place.locator)
    if source is None:
        message = f"{new.place.locator} was removed while it was added"
        raise UsageError(message)
    return source, source_id is not None


async def change_source(
    database: Database, source_id: int, asked: Asked, *, clock: Clock, title: str | None = None
) -> Source:
    """Change what is asked of a source, without a restart; what was left is judged anew.

    Raises UsageError when there is no such source, or for words that say nothing.
    """
    async with database.transaction() as session:
        source = await sources.read_source(session, source_id)
        if source is None:
            message = f"there is no source {source_id}; `footnoted source list` shows them"
            raise UsageError(message)
        is_folder = source.kind == FOLDER_KIND
        if is_folder:
            require_for_folder(asked)
        options = options_of(asked, SourceOptions.model_validate(source.options))
        changes: dict[str, Any] = {}
        if asked.schedule is not None:
            schedule = schedule_words(asked) or (None if is_folder else "adaptive")
            changes = await _planned(session, source, schedule, clock.now())
            own_s = changes.pop("own_interval_s")
            options = options.model_copy(update={"own_interval_s": own_s})
        changes["options"] = options.model_dump(mode="json", exclude_defaults=True)
        if asked.priority is not None:
            changes["priority"] = asked.priority
        if asked.daily_cap_usd is not None:
            changes["daily_cap_usd"] = cap_usd(asked)
            await videos.wake_capped(session, source_id, clock.now())
        if title is not None:
            changes["title"] = title.strip() or _title_of(source)
        await sources.change(session, source_id, changes, clock.now(), rereads=asked.rereads)
        if asked.rereads:
            await store.forget_left(session, source_id)
        await videos.notify_work(session)
        changed = await sources.read_source(session, source_id)
    if changed is None:
        message = f"source {source_id} was removed meanwhile"
        raise UsageError(message)
    return changed


def _title_of(source: Source) -> str:
    """Return what a source is called that nobody named: a look at the net tells more."""
    if source.kind != FOLDER_KIND:
        return source.locator
    return readable(source.locator.rsplit("/", 1)[-1] or source.locator)


async def _planned(
    session: AsyncConnection, source: Source, schedule: str | None, now: datetime
) -> dict[str, Any]:
    """Return a schedule and the columns of the next look by it: it holds from now on.

    A folder keeps the interval of its own that the schedule stands in for, and without one has it
    again.
    """
    own_s = SourceOptions.model_validate(source.options).own_interval_s
    if source.kind == FOLDER_KIND and source.schedule is None:
        own_s = source.poll_interval_s
    if schedule is not None:
        look = await _next_look(session, source, schedule, now)
        return {"schedule": schedule, "own_interval_s": own_s, **look}
    interval_s = own_s or source.poll_interval_s
    look = {"next_poll_at": now + timedelta(seconds=interval_s), "poll_interval_s": interval_s}
    return {"schedule": None, "own_interval_s": None, **look}


async def _next_look(
    session: AsyncConnection, source: Source, schedule: str, now: datetime
) -> dict[str, Any]:
    """Return the columns of the next look by a new schedule."""
    read = recordings.arrival_times if source.kind == FOLDER_KIND else store.publication_times
    rhythm = rhythm_of(await read(session, source.id), now)
    at = next_poll(parse_schedule(schedule), rhythm, now, source_id=source.id)
    return {"next_poll_at": at, "poll_interval_s": max(1, ceil((at - now).total_seconds()))}


async def add_urls(
    database: Database,
    urls: Sequence[str],
    profiles: Sequence[str],
    told: Told = NOTHING_TOLD,
    *,
    clock: Clock,
) -> list[TakenItem]:
    """Take single items by their addresses; `told` holds where their pages say nothing.

    Raises UsageError for a place with many items.
    """
    items = [(url, item_at(url)) for url in urls]
    now = clock.now()
    async with database.transaction() as session:
        await recordings.lock_discovery(session)
        turn = await videos.first_turn(session, None)
        opening = videos.Opening(None, videos.MANUAL, now, turn)
        taken = [
            await _take(session, item, profiles, _Bringing(url, told, opening))
            for url, item in items
        ]
        await videos.notify_work(session)
    return taken


def item_at(url: str) -> FoundItem:
    """Return the item that an address means, with what the address alone says of it.

    Raises UsageError when it means a place that is to be followed.
    """
    found = youtube_locator(url)
    if isinstance(found, YoutubePlace):
        message = f"{url} is a place with many items: `footnoted source add {url}` follows it"
        raise UsageError(message)
    if isinstance(found, YoutubeVideo):
        return FoundItem(keys=(f"youtube:{found.video_id}",), facts=Facts(), link=found.url)
    path = urlsplit(url).path.lower()
    key = f"url:{normal_url(url) or url}"
    name = path.rsplit("/", 1)[-1]
    if _MEDIA.search(path):
        return FoundItem(keys=(key,), facts=Facts(title=name), media_url=url)
    for suffix, media_type in _TRANSCRIPTS.items():
        if path.endswith(suffix):
            link = TranscriptLink(url=url, media_type=media_type)
            return FoundItem(keys=(key,), facts=Facts(title=name), link=url, transcripts=(link,))
    return FoundItem(keys=(key,), facts=Facts(), link=url)


@dataclass(frozen=True, slots=True)
class _Bringing:
    """An address that a person named, and what they said of it."""

    url: str
    told: Told
    opening: videos.Opening


async def _take(
    session: AsyncConnection, item: FoundItem, profiles: Sequence[str], by: _Bringing
) -> TakenItem:
    known = await store.known_by_keys(session, item.keys)
    media_id = known[0].id if known else await _new_media(session, item, by)
    await take_back(session, media_id, item.keys, profiles)
    opening = by.opening
    is_opened = (
        await open_transcription(session, media_id, opening, videos.FRESH_PRIORITY) is not None
    )
    how = videos.Queueing(videos.FRESH_PRIORITY, waits=is_opened)
    opened = [
        await videos.open_video(session, media_id, profile, opening, {"link": by.url}, how)
        for profile in profiles
    ]
    return TakenItem(media_id, by.url, is_new=any(video is not None for video in opened))


async def _new_media(session: AsyncConnection, item: FoundItem, by: _Bringing) -> int:
    creator, now = by.told.creator or _host_of(by.url), by.opening.now
    media_id = await recordings.insert_media(
        session,
        {
            "identity": item.keys[0],
            "creator_id": await recordings.creator_id(session, creator, now),
            "title": item.facts.title or item.link or by.url,
            "url": playing_url(item),
            "language": by.told.language,
            "owner": by.told.owner,
            "created_at": now,
        },
    )
    await store.add_keys(session, media_id, item.keys)
    await store.set_item(session, media_id, item)
    return media_id


def _host_of(url: str) -> str:
    return urlsplit(url if "://" in url else f"https://{url}").hostname or url
