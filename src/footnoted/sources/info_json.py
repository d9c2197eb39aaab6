"""yt-dlp's `NAME.info.json`: the facts of one recording as its site states them.

The fields are described at https://github.com/yt-dlp/yt-dlp#output-template.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.port import Chapter, Problem
from footnoted.sources.sidecar import (
    Fields,
    Sidecar,
    duration_ms_of,
    long_text_of,
    tags_of,
    text_of,
    time_of,
    url_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_READ: tuple[tuple[str, str, Callable[[Any], object]], ...] = (
    ("title", "title", text_of),
    ("title", "fulltitle", text_of),
    ("url", "webpage_url", url_of),
    ("url", "original_url", url_of),
    ("creator", "channel", text_of),
    ("creator", "uploader", text_of),
    ("creator", "creator", text_of),
    ("creator", "artist", text_of),
    ("published_at", "timestamp", time_of),
    ("published_at", "release_timestamp", time_of),
    ("published_at", "upload_date", time_of),
    ("published_at", "release_date", time_of),
    ("duration_ms", "duration", duration_ms_of),
    ("language", "language", text_of),
    ("description", "description", long_text_of),
    ("tags", "tags", tags_of),
)


def read_info(data: bytes, path: str) -> Sidecar:
    """Return what an info.json says; a broken one says nothing and names the line."""
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        reason = f"is not valid JSON: {error.msg} at column {error.colno}"
        return Sidecar(problems=[Problem(path=path, line=error.lineno, reason=reason)])
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        reason = f"is not valid JSON: {type(error).__name__}"
        return Sidecar(problems=[Problem(path=path, line=None, reason=reason)])
    if not isinstance(document, dict):
        reason = "is JSON, but not an object with the facts of one recording"
        return Sidecar(problems=[Problem(path=path, line=1, reason=reason)])
    return _read(cast("dict[str, object]", document), path)


def _read(document: dict[str, object], path: str) -> Sidecar:
    fields = Fields(path)
    for name, key, parse in _READ:
        fields.read(name, key, document.get(key), parse)
    fields.read("chapters", "chapters", document.get("chapters"), _chapters_of)
    return Sidecar(fields.facts(), fields.problems, _caption_origins(document))


def _chapters_of(raw: object) -> tuple[Chapter, ...]:
    if not isinstance(raw, list):
        message = "is no list"
        raise ValueError(message)  # noqa: TRY004 - every bad value is one kind of finding
    chapters: list[Chapter] = []
    for item in cast("list[object]", raw):
        entry = cast("dict[str, object]", item) if isinstance(item, dict) else {}
        title = text_of(entry.get("title") or "")
        if title is None:
            continue
        start_ms = duration_ms_of(entry.get("start_time"))
        chapters.append(Chapter(start_ms=start_ms, title=title))
    return tuple(sorted(chapters, key=lambda chapter: chapter.start_ms))


def _caption_origins(document: dict[str, object]) -> dict[str, TranscriptOrigin]:
    """Return who made the captions of each language; a person's win where both exist.

    yt-dlp downloads the written ones when a language has both.
    """
    origins: dict[str, TranscriptOrigin] = {}
    for key, origin in (
        ("automatic_captions", TranscriptOrigin.CAPTIONS_AUTO),
        ("subtitles", TranscriptOrigin.CAPTIONS_MANUAL),
    ):
        listed = document.get(key)
        if isinstance(listed, dict):
            origins |= dict.fromkeys(cast("dict[str, object]", listed), origin)
    return origins
