"""Which of the files that an entry offers is the recording."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from footnoted.sources.feeds.addresses import absolute_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "wma": "audio/x-ms-wma",
    "aif": "audio/aiff",
    "aiff": "audio/aiff",
    "amr": "audio/amr",
    "mka": "audio/x-matroska",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mpg": "video/mpeg",
    "mpeg": "video/mpeg",
    "ogv": "video/ogg",
    "wmv": "video/x-ms-wmv",
    "3gp": "video/3gpp",
    "ts": "video/mp2t",
}
_VAGUE = {"", "application/octet-stream", "binary/octet-stream", "application/binary", "unknown"}
_OTHER = {
    *("jpg", "jpeg", "png", "gif", "webp", "svg", "pdf", "epub", "zip", "torrent", "swf"),
    *("htm", "html", "txt", "srt", "vtt", "json", "xml", "doc", "docx", "exe"),
}
_OTHER_MEDIA = {"image", "document", "executable"}
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{2,5})$")
_RANKS = {"audio": 0, "video": 1}
_UNKNOWN_RANK = 2
_MAX_BYTES = 2**40


@dataclass(frozen=True, slots=True)
class Recording:
    """A file that an entry offers; what is not stated is None."""

    url: str
    media_type: str | None
    size_bytes: int | None
    duration_s: str | None
    is_default: bool


def recording_of(entry: Mapping[str, Any], base: str) -> Recording | None:
    """Return the file to hear: sound before pictures, the default before others, in their order.

    Sound costs the least to fetch, and the words are the same. Samples, images, documents and
    addresses that are not http or https are no recordings.
    """
    offered = list(_offered(entry, base))
    return min(offered, key=_preference, default=None)


def _preference(recording: Recording) -> tuple[int, bool]:
    family = (recording.media_type or "").split("/")[0]
    return _RANKS.get(family, _UNKNOWN_RANK), not recording.is_default


def _offered(entry: Mapping[str, Any], base: str) -> Iterator[Recording]:
    for link in _listed(entry, "links"):
        if link.get("rel") == "enclosure":
            raw = link.get("href") or link.get("url")
            yield from _recording(raw, link, base, link.get("length"))
    for content in _listed(entry, "media_content"):
        if str(content.get("expression", "full")).lower() != "sample":
            yield from _recording(content.get("url"), content, base, content.get("filesize"))


def _recording(
    raw: object, said: Mapping[str, Any], base: str, size: object
) -> Iterator[Recording]:
    url = absolute_url(base, raw)
    if url is None:
        return
    media_type = media_type_of(said.get("type"), said.get("medium"), url)
    if media_type is None:
        return
    yield Recording(
        url=url,
        media_type=media_type or None,
        size_bytes=_size_of(size),
        duration_s=str(said["duration"]) if said.get("duration") else None,
        is_default=str(said.get("isdefault", "")).lower() == "true",
    )


def media_type_of(declared: object, medium: object, url: str) -> str | None:
    """Return the type of a recording, "" when nothing tells, None when it is no recording.

    A declared type is believed when it is sound or pictures that move; else the name's ending is.
    """
    stated = str(declared or "").split(";")[0].strip().lower()
    if stated.startswith(("audio/", "video/")):
        return stated
    found = _EXTENSION.search(urlsplit(url).path)
    by_name = _TYPES.get(found[1].lower()) if found else None
    if by_name is not None:
        return by_name
    if stated in {"application/ogg", "application/x-ogg"}:
        return "audio/ogg"
    if stated in _VAGUE:
        is_named_otherwise = found is not None and found[1].lower() in _OTHER
        return None if is_named_otherwise or medium in _OTHER_MEDIA else ""
    return None


def _listed(entry: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = entry.get(name)
    return cast("list[Mapping[str, Any]]", listed) if isinstance(listed, list) else []


def _size_of(raw: object) -> int | None:
    text = str(raw or "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_MAX_BYTES)):
        return None
    return int(text) or None
