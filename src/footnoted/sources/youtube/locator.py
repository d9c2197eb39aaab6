"""What a person types for something on YouTube: the video or the place it means. Pure.

Only YouTube's own hosts match; a look-alike is another site. The short forms that YouTube itself
shows (`@handle`, `UC...`, `PL...`) are taken without an address.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from footnoted.sources.feeds.youtube import feed_url, video_id_of, watch_url

_HOSTS = frozenset(
    {"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be"}
    | {"www.youtu.be", "youtube-nocookie.com", "www.youtube-nocookie.com"}
)
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_PLAYLIST = re.compile(r"(?:PL|UU|UULF|UUSH|UULV|UUMO|LL|FL|OL|EL|SP|VLPL)[A-Za-z0-9_-]{10,60}")
_HANDLE = re.compile(r"@[^\s/?#@:]{3,60}")
_NAME = re.compile(r"[^\s/?#@:]{1,100}")
_TABS = frozenset({"videos", "shorts", "streams", "live", "featured", "playlists", "podcasts"})
_SERIES = "videoseries"  # the player of a list, which looks like a video's id
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class PlaceKind(StrEnum):
    """What a followed place on YouTube is; the last three must be resolved to a channel."""

    CHANNEL = "channel"
    PLAYLIST = "playlist"
    HANDLE = "handle"
    CUSTOM = "custom"
    USER = "user"


class YoutubeVideo(NamedTuple):
    """One video, by its id."""

    video_id: str

    @property
    def url(self) -> str:
        """Return the page of the video, without anything that says how somebody came there."""
        return watch_url(self.video_id)


class YoutubePlace(NamedTuple):
    """A channel, playlist or handle; `name` is its id, or the name that must be resolved."""

    kind: PlaceKind
    name: str

    @property
    def url(self) -> str:
        """Return the address of the place in its one normal form."""
        base = "https://www.youtube.com/"
        match self.kind:
            case PlaceKind.CHANNEL:
                return f"{base}channel/{self.name}"
            case PlaceKind.PLAYLIST:
                return f"{base}playlist?list={self.name}"
            case PlaceKind.HANDLE:
                return f"{base}{quote(self.name, safe='@')}"
            case PlaceKind.CUSTOM:
                return f"{base}c/{quote(self.name)}"
            case PlaceKind.USER:
                return f"{base}user/{quote(self.name)}"

    @property
    def feed_url(self) -> str | None:
        """Return the address of its feed; None for a name that is not resolved yet."""
        match self.kind:
            case PlaceKind.CHANNEL:
                return feed_url(channel_id=self.name)
            case PlaceKind.PLAYLIST:
                return feed_url(playlist_id=self.name)
            case _:
                return None

    @property
    def listing_url(self) -> str:
        """Return what yt-dlp is to list: all uploads of a channel are a playlist, newest first."""
        if self.kind is PlaceKind.CHANNEL:
            return f"https://www.youtube.com/playlist?list=UU{self.name[2:]}"
        return self.url


def is_youtube_host(host: str) -> bool:
    """Return whether a host is YouTube's."""
    return host.lower() in _HOSTS


def youtube_locator(text: str) -> YoutubePlace | YoutubeVideo | None:
    """Return what `text` means on YouTube, or None when it means nothing there.

    An address of a video inside a playlist means the video; `/watch?list=` without one the list.
    """
    bare = text.strip()
    if not bare or any(char.isspace() for char in bare):
        return None
    short = _short_form(bare)
    if short is not None:
        return short
    try:
        parts = urlsplit(bare if _SCHEME.match(bare) else f"https://{bare}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or host not in _HOSTS or port not in (None, 80, 443):
        return None
    if parts.username is not None:
        return None
    video_id = video_id_of(f"https://{host}{parts.path}?{parts.query}")
    if video_id is not None and video_id != _SERIES:
        return YoutubeVideo(video_id)
    return _place(unquote(parts.path), parts.query)


def _short_form(text: str) -> YoutubePlace | None:
    if _HANDLE.fullmatch(text):
        return YoutubePlace(PlaceKind.HANDLE, text)
    if _CHANNEL.fullmatch(text):
        return YoutubePlace(PlaceKind.CHANNEL, text)
    if _PLAYLIST.fullmatch(text):
        return YoutubePlace(PlaceKind.PLAYLIST, text)
    return None


def _place(path: str, query: str) -> YoutubePlace | None:
    fields = parse_qs(query, max_num_fields=50) if query.count("&") < 50 else {}  # noqa: PLR2004 - no honest address has as many
    segments = [segment for segment in path.split("/") if segment]
    head = segments[0] if segments else ""
    if head in ("playlist", "watch", "embed", "feeds"):
        return _listed(fields)
    if head.startswith("@") and _HANDLE.fullmatch(head) and _is_tab(segments[1:]):
        return YoutubePlace(PlaceKind.HANDLE, head)
    if len(segments) < 2:  # noqa: PLR2004 - a kind and a name
        return None
    name, is_tab = segments[1], _is_tab(segments[2:])
    if head in ("channel", "browse") and _CHANNEL.fullmatch(name) and is_tab:
        return YoutubePlace(PlaceKind.CHANNEL, name)
    if head == "browse" and name.startswith("VL") and _PLAYLIST.fullmatch(name[2:]):
        return YoutubePlace(PlaceKind.PLAYLIST, name[2:])
    if head == "c" and _NAME.fullmatch(name) and is_tab:
        return YoutubePlace(PlaceKind.CUSTOM, name)
    if head == "user" and _NAME.fullmatch(name) and is_tab:
        return YoutubePlace(PlaceKind.USER, name)
    return None


def _listed(fields: dict[str, list[str]]) -> YoutubePlace | None:
    """Return the place that the parameters of a list or of a feed name."""
    channel = (fields.get("channel_id") or [""])[0]
    if _CHANNEL.fullmatch(channel):
        return YoutubePlace(PlaceKind.CHANNEL, channel)
    listed = (fields.get("list") or fields.get("playlist_id") or [""])[0]
    return YoutubePlace(PlaceKind.PLAYLIST, listed) if _PLAYLIST.fullmatch(listed) else None


def _is_tab(rest: list[str]) -> bool:
    return not rest or (len(rest) == 1 and rest[0] in _TABS)
