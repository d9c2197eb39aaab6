"""The entries of a yt-dlp listing as items, newest first as the place lists them. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from footnoted.fetch.ytdlp.answers import entries_of
from footnoted.sources.feeds.identity import Marks, keys_of
from footnoted.sources.feeds.youtube import is_video_id, video_id_of, watch_url
from footnoted.sources.items import FoundItem
from footnoted.sources.sidecar import Fields, duration_ms_of, long_text_of, text_of, time_of, url_of
from footnoted.sources.youtube.item import liveness_of, moment_of
from footnoted.sources.youtube.shorts import is_short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.fetch.ytdlp.port import Answer
    from footnoted.sources.port import Facts

_PLACEHOLDERS = {
    "[private video]": "private",
    "[deleted video]": "removed",
    "[unavailable video]": "unavailable",
}
_MOST_NAMED = 20


class Listed(NamedTuple):
    """What a listing says: its items, who publishes, and which entries could not be used."""

    items: tuple[FoundItem, ...]
    title: str | None
    creator: str | None
    channel_id: str | None
    skipped: tuple[str, ...]
    skipped_counts: dict[str, int]


def read_listing(answer: Answer, scope: str) -> Listed:
    """Return the items of a listing, each recording once; `scope` is the place's own."""
    items: dict[str, FoundItem] = {}
    skipped: list[str] = []
    counts: Counter[str] = Counter()
    for entry in entries_of(answer.info):
        why = _why_not(entry)
        if why is not None:
            counts[why] += 1
            skipped.append(f"{entry.get('title') or entry.get('id') or 'an entry'}: {why}"[:300])
            continue
        item = _item(entry, scope)
        items.setdefault(item.keys[0], item)
    channel_id = answer.info.get("channel_id")
    return Listed(
        items=tuple(items.values()),
        title=_text(answer.info, "title", "channel"),
        creator=_text(answer.info, "channel", "uploader"),
        channel_id=channel_id if isinstance(channel_id, str) else None,
        skipped=tuple(skipped[:_MOST_NAMED]),
        skipped_counts=dict(counts),
    )


def _why_not(entry: Mapping[str, object]) -> str | None:
    title = entry.get("title")
    placeholder = _PLACEHOLDERS.get(title.lower()) if isinstance(title, str) else None
    if placeholder is not None:
        return placeholder
    page = _page_of(entry)
    if page is None:
        return "no address"
    if entry.get("ie_key") == "YoutubeTab" or "/playlist?" in page:
        return "a list in the list"
    return None


def _page_of(entry: Mapping[str, object]) -> str | None:
    video_id = entry.get("id")
    if entry.get("ie_key") == "Youtube" and is_video_id(video_id):
        return watch_url(str(video_id))
    for field in ("webpage_url", "url"):
        url = entry.get(field)
        try:
            page = url_of(url) if isinstance(url, str) else None
        except ValueError:
            page = None
        if page is not None:
            found = video_id_of(page)
            return page if found is None else watch_url(found)
    return None


def _item(entry: Mapping[str, object], scope: str) -> FoundItem:
    page = _page_of(entry)
    facts = _facts(entry, page)
    extractor, number = entry.get("ie_key") or entry.get("extractor_key"), entry.get("id")
    guid = f"{extractor}:{number}" if extractor and number else None
    site = urlsplit(page or "").hostname or scope
    marks = Marks(scope=site, facts=facts, guid=guid, link=page)
    liveness = liveness_of(entry)
    return FoundItem(
        keys=keys_of(marks) or (f"url:{page}",),
        facts=facts,
        link=page,
        liveness=liveness,
        starts_at=moment_of(entry.get("release_timestamp")) if liveness is not None else None,
        is_short=is_short(entry, facts.duration_ms),
        is_members_only=entry.get("availability") == "subscriber_only",
    )


def _facts(entry: Mapping[str, object], page: str | None) -> Facts:
    fields = Fields("listing")
    fields.read("title", "title", entry.get("title"), text_of)
    fields.read("creator", "channel", entry.get("channel"), text_of)
    fields.read("creator", "uploader", entry.get("uploader"), text_of)
    fields.read("published_at", "timestamp", entry.get("timestamp"), time_of)
    fields.read("published_at", "upload_date", entry.get("upload_date"), time_of)
    fields.read("duration_ms", "duration", entry.get("duration"), duration_ms_of)
    fields.read("description", "description", entry.get("description"), long_text_of)
    return fields.facts().model_copy(update={"url": page})


def _text(info: Mapping[str, object], *names: str) -> str | None:
    for name in names:
        value = info.get(name)
        if isinstance(value, str) and (text := text_of(value)) is not None:
            return text
    return None
