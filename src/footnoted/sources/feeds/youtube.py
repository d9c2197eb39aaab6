"""YouTube in feeds: which video a link means, and reading the Atom feed of a channel or playlist.

The feed (https://www.youtube.com/feeds/videos.xml) holds the fifteen newest videos and no more.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

FEED_ENTRIES = 15
"""How many videos a YouTube feed lists at most; one that lists fewer lists them all."""

_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_HOSTS = {"youtube.com", "youtube-nocookie.com", "youtu.be"}
_PATHS = re.compile(r"/(?:shorts|live|embed|v|e)/([A-Za-z0-9_-]{11})(?:[/?&]|$)")
_FEED_PATH = "/feeds/videos.xml"


def video_id_of(url: str) -> str | None:
    """Return the id of the video that `url` plays; None when it is no YouTube video's address."""
    try:
        parts = urlsplit(url)
        host = _site(parts.hostname or "")
    except ValueError:
        return None
    if host not in _HOSTS:
        return None
    if host == "youtu.be":
        found = parts.path.strip("/").split("/")[0]
    elif parts.path.rstrip("/") == "/watch":
        found = parse_qs(parts.query).get("v", [""])[0]
    else:
        match = _PATHS.match(parts.path)
        found = match[1] if match else ""
    return found if is_video_id(found) else None


def is_video_id(text: object) -> bool:
    """Return whether `text` has the form of a video's id."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def is_short_url(url: str) -> bool:
    """Return whether `url` is how YouTube links a Short."""
    return video_id_of(url) is not None and "/shorts/" in url


def watch_url(video_id: str) -> str:
    """Return the page of a video."""
    return f"https://www.youtube.com/watch?v={video_id}"


def feed_url(*, channel_id: str | None = None, playlist_id: str | None = None) -> str:
    """Return the address of the feed of a channel (`UC...`) or playlist (`PL...`, `UU...`).

    Raises ValueError unless exactly one is given.
    """
    if (channel_id is None) == (playlist_id is None):
        message = "a YouTube feed is of a channel or of a playlist"
        raise ValueError(message)
    name = "channel_id" if playlist_id is None else "playlist_id"
    query = urlencode({name: channel_id if playlist_id is None else playlist_id})
    return f"https://www.youtube.com{_FEED_PATH}?{query}"


def is_feed_url(url: str) -> bool:
    """Return whether `url` is a YouTube feed's."""
    try:
        parts = urlsplit(url)
        return _site(parts.hostname or "") == "youtube.com" and parts.path == _FEED_PATH
    except ValueError:
        return False


def _site(host: str) -> str:
    return re.sub(r"^(?:www|m|music)\.", "", host.lower())
