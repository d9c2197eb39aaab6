"""Whether a video is a Short, by several signals, since YouTube changes them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST_MS = 180_000
_TAG = re.compile(r"#shorts?\b", re.IGNORECASE)


def is_short(info: Mapping[str, object], duration_ms: int | None) -> bool | None:
    """Return whether an info dict is of a Short, or None when it does not tell.

    Length rules out; then YouTube's own word (`media_type`), an address under `/shorts/`, an
    upright picture, and the tag in the title speak for it, whichever is there.
    """
    if duration_ms is not None and duration_ms > _LONGEST_MS:
        return False
    if any("/shorts/" in url for url in _addresses(info)):
        return True
    media_type = info.get("media_type")
    if media_type == "short":
        return True
    if media_type == "livestream" or info.get("live_status") in ("is_live", "was_live"):
        return False
    is_tagged = _TAG.search(f"{info.get('title') or ''}") is not None
    upright = _is_upright(info)
    if media_type == "video":
        return is_tagged and upright is True
    if upright is None:
        return True if is_tagged and duration_ms is not None else None
    return upright and (is_tagged or duration_ms is not None)


def _addresses(info: Mapping[str, object]) -> Iterator[str]:
    for field in ("original_url", "webpage_url", "url"):
        url = info.get(field)
        if isinstance(url, str):
            yield url


def _is_upright(info: Mapping[str, object]) -> bool | None:
    """Return whether the picture is higher than wide; None when no size is known."""
    ratio = info.get("aspect_ratio")
    if isinstance(ratio, int | float) and not isinstance(ratio, bool) and ratio > 0:
        return ratio < 1
    listed = info.get("formats")
    for entry in cast("list[object]", listed) if isinstance(listed, list) else []:
        one = cast("dict[str, object]", entry) if isinstance(entry, dict) else {}
        width, height = one.get("width"), one.get("height")
        is_picture = one.get("vcodec") not in (None, "none")
        if is_picture and isinstance(width, int) and isinstance(height, int) and width > 0:
            return height > width
    return None
