"""The JSON that yt-dlp prints, read as far as the program itself must know it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from footnoted.fetch.ytdlp.port import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIST_TYPES = ("playlist", "multi_video")


def read_answer(output: bytes) -> Answer:
    """Return what was printed; what is no JSON object says nothing."""
    try:
        document: object = json.loads(output) if output.strip() else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return Answer(b"", {})
    return Answer(output, cast("dict[str, object]", document))


def is_list(info: Mapping[str, object]) -> bool:
    """Return whether it is a list of items rather than one."""
    return info.get("_type") in _LIST_TYPES


def entries_of(info: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the entries of a list, those of lists in it too (the tabs of a channel are lists)."""
    listed = info.get("entries")
    entries: list[Mapping[str, object]] = []
    for entry in cast("list[object]", listed) if isinstance(listed, list) else []:
        if isinstance(entry, dict):
            one = cast("dict[str, object]", entry)
            entries.extend(entries_of(one) if is_list(one) else [one])
    return entries


def is_playable(info: Mapping[str, object]) -> bool:
    """Return whether there is anything to see or hear; pictures for a time line do not count."""
    listed = info.get("formats")
    formats = cast("list[object]", listed) if isinstance(listed, list) else []
    return any(_has_stream(one) for one in formats) or bool(info.get("url") and not formats)


def _has_stream(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    one = cast("dict[str, object]", entry)
    return one.get("vcodec") != "none" or one.get("acodec") != "none"
