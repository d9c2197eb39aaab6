"""Single items on the net as a person names them by their addresses: taken once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from footnoted.errors import UsageError
from footnoted.sources.feeds.addresses import normal_url
from footnoted.sources.items import FoundItem, TranscriptLink
from footnoted.sources.net import store
from footnoted.sources.net.take import playing_url
from footnoted.sources.port import Facts
from footnoted.sources.record import NOTHING_TOLD, Told
from footnoted.sources.recordings import store as recordings
from footnoted.sources.removals.store import take_back
from footnoted.sources.transcriptions.store import open_transcription
from footnoted.sources.videos import store as videos
from footnoted.sources.youtube.locator import YoutubePlace, YoutubeVideo, youtube_locator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database

_MEDIA = re.compile(r"\.(aac|flac|m4a|m4v|mkv|mov|mp3|mp4|oga|ogg|ogv|opus|wav|webm)$")
_TRANSCRIPTS = {".vtt": "text/vtt", ".srt": "application/x-subrip"}


@dataclass(frozen=True, slots=True)
class TakenItem:
    """An item that was taken by its address; not `is_new` when it was known."""

    media_id: int
    url: str
    is_new: bool


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
