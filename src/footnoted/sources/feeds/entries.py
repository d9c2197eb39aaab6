"""One entry of a feed as a found item."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from footnoted.sources.chapters import chapters_in
from footnoted.sources.feeds.addresses import absolute_url
from footnoted.sources.feeds.feed import MAX_CHAPTERS, MAX_LISTED
from footnoted.sources.feeds.identity import Marks, keys_of
from footnoted.sources.feeds.media import Recording, recording_of
from footnoted.sources.feeds.prose import line_of, plain_line_of, text_of
from footnoted.sources.feeds.youtube import is_short_url, is_video_id, video_id_of, watch_url
from footnoted.sources.items import FoundItem, TranscriptLink
from footnoted.sources.port import Chapter, Facts
from footnoted.sources.sidecar import duration_ms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from time import struct_time

    from footnoted.sources.feeds.survey import Said

_CAST = "cast"
_CAPTION_ROLES = {"captions", "caption", "subtitles"}
_LANGUAGE_CHARS = 35
_NAME_CHARS = 120
_LAST_SECOND = calendar.timegm((2200, 1, 1, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class Channel:
    """What holds for all entries of a feed: where it is, whose it is, what its GUIDs mean."""

    url: str
    scope: str
    creator: str | None
    language: str | None
    persons: tuple[Mapping[str, str], ...] = ()


def item_of(entry: Mapping[str, Any], said: Said, channel: Channel) -> FoundItem | None:
    """Return the item that an entry tells of; None when it has no address of anything."""
    video_id = _video_id(entry)
    recording = None if video_id else recording_of(entry, channel.url)
    link = watch_url(video_id) if video_id else _page(entry, channel.url)
    transcripts = _transcripts(said, channel.url)
    if recording is None and link is None:
        return None
    facts = _facts(entry, said, channel, recording).model_copy(update={"url": link})
    media_url = recording.url if recording else None
    guid = said.guid or plain_line_of(entry.get("id"))
    marks = Marks(channel.scope, facts, guid, link, media_url, video_id)
    return FoundItem(
        keys=keys_of(marks),
        facts=facts,
        link=link,
        media_url=media_url,
        media_type=recording.media_type if recording else None,
        media_bytes=recording.size_bytes if recording else None,
        transcripts=transcripts,
        chapters_url=absolute_url(channel.url, said.chapters_url),
        speakers=speakers_of(said.persons or channel.persons),
        is_short=True if _is_short(entry) else None,
    )


def _page(entry: Mapping[str, Any], base: str) -> str | None:
    """Return the page of an entry. A GUID that is no address is taken for one by feedparser."""
    link = entry.get("link")
    if isinstance(link, str) and link == entry.get("id") and "://" not in link:
        return None
    return absolute_url(base, link)


def _facts(
    entry: Mapping[str, Any], said: Said, channel: Channel, recording: Recording | None
) -> Facts:
    author, description = author_of(entry), _description(entry)
    duration_ms = _duration_ms(entry, recording)
    return Facts(
        title=title_of(entry),
        creator=(author or channel.creator) if _video_id(entry) else (channel.creator or author),
        published_at=_first_time(entry),
        duration_ms=duration_ms,
        language=channel.language,
        description=description,
        chapters=_chapters(entry) or chapters_in(description or "", duration_ms),
        tags=_tags(entry, said),
    )


def title_of(said: Mapping[str, Any]) -> str | None:
    """Return the title of an entry or a feed, which is HTML where feedparser thinks so."""
    detail = said.get("title_detail")
    kind = cast("Mapping[str, Any]", detail).get("type") if isinstance(detail, dict) else None
    title = said.get("title")
    return plain_line_of(title) if kind == "text/plain" else line_of(title)


def author_of(said: Mapping[str, Any]) -> str | None:
    """Return the name of an entry's or a feed's author, without a mail address where there is."""
    detail = said.get("author_detail")
    named = cast("Mapping[str, Any]", detail).get("name") if isinstance(detail, dict) else None
    return line_of(named, _NAME_CHARS) or line_of(said.get("author"), _NAME_CHARS)


def _first_time(entry: Mapping[str, Any]) -> datetime | None:
    for name in ("published_parsed", "created_parsed", "updated_parsed"):
        moment = _time_of(entry.get(name))
        if moment is not None:
            return moment
    return None


def _time_of(parsed: object) -> datetime | None:
    """Return a moment; the first second of 1970 is what programs write for none.

    A date centuries ahead would stand before everything else for ever.
    """
    try:
        seconds = calendar.timegm(cast("struct_time", parsed)) if parsed else 0
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LAST_SECOND else None
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        return None


def _duration_ms(entry: Mapping[str, Any], recording: Recording | None) -> int | None:
    youtube = entry.get("yt_duration")
    seconds = cast("Mapping[str, Any]", youtube).get("seconds") if isinstance(youtube, dict) else 0
    for raw in (entry.get("itunes_duration"), recording and recording.duration_s, seconds):
        try:
            length_ms = duration_ms_of(raw) if raw else 0
        except (ValueError, OverflowError):
            continue
        if length_ms > 0:
            return length_ms
    return None


def _description(entry: Mapping[str, Any]) -> str | None:
    """Return the longest of what an entry says of itself, as words."""
    listed = entry.get("content")
    contents = cast("list[Mapping[str, Any]]", listed) if isinstance(listed, list) else []
    texts = [text_of(content.get("value")) for content in contents[:MAX_LISTED]]
    texts.append(text_of(entry.get("summary")))
    return max((text for text in texts if text), key=len, default=None)


def _chapters(entry: Mapping[str, Any]) -> tuple[Chapter, ...]:
    """Return Podlove's simple chapters (https://podlove.org/simple-chapters)."""
    simple = entry.get("psc_chapters")
    listed = cast("Mapping[str, Any]", simple).get("chapters") if isinstance(simple, dict) else None
    chapters: list[Chapter] = []
    for said in cast("list[Mapping[str, Any]]", listed or [])[:MAX_CHAPTERS]:
        title = line_of(said.get("title"))
        try:
            start_ms = duration_ms_of(said.get("start"))
        except ValueError:
            continue
        if title:
            chapters.append(Chapter(start_ms=start_ms, title=title))
    return tuple(sorted(chapters, key=lambda chapter: chapter.start_ms))


def _tags(entry: Mapping[str, Any], said: Said) -> tuple[str, ...]:
    """Return categories and keywords, and `season:2` and `episode:5` where they are numbers."""
    listed = entry.get("tags")
    terms = cast("list[Mapping[str, Any]]", listed) if isinstance(listed, list) else []
    tags = [line_of(term.get("label") or term.get("term"), _NAME_CHARS) for term in terms]
    for name, stated in (("season", said.season), ("episode", said.episode)):
        number = str(entry.get(f"itunes_{name}") or stated or "").strip()
        if number.isascii() and number.isdigit() and len(number) < len("1000000"):
            tags.insert(0, f"{name}:{int(number)}")
    named = (tag for tag in tags if tag and "://" not in tag)
    return tuple(dict.fromkeys(named))[:MAX_LISTED]


def _transcripts(said: Said, base: str) -> tuple[TranscriptLink, ...]:
    links: dict[str, TranscriptLink] = {}
    for stated in said.transcripts:
        url = absolute_url(base, stated.get("url"))
        if url is not None and url not in links:
            links[url] = TranscriptLink(
                url=url,
                media_type=line_of((stated.get("type") or "").lower(), _NAME_CHARS),
                language=line_of(stated.get("language"), _LANGUAGE_CHARS),
                is_captions=(stated.get("rel") or "").lower() in _CAPTION_ROLES,
            )
    return tuple(links.values())


def speakers_of(persons: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the names of those who can be heard: the group `cast`, which is meant by default."""
    heard = (person for person in persons if (person.get("group") or _CAST).lower() == _CAST)
    names = (line_of(person.get("name"), _NAME_CHARS) for person in heard)
    return tuple(dict.fromkeys(name for name in names if name))


def _video_id(entry: Mapping[str, Any]) -> str | None:
    """Return the id of the YouTube video that an entry is; an entry with a file is that file."""
    stated = entry.get("yt_videoid")
    if is_video_id(stated):
        return cast("str", stated)
    link = entry.get("link")
    if not isinstance(link, str) or any(one.get("rel") == "enclosure" for one in _links(entry)):
        return None
    return video_id_of(link)


def _is_short(entry: Mapping[str, Any]) -> bool:
    return any(is_short_url(str(link.get("href") or "")) for link in _links(entry))


def _links(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = entry.get("links")
    return cast("list[Mapping[str, Any]]", listed) if isinstance(listed, list) else []
