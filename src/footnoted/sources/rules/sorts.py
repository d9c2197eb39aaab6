"""Whether an item is a Short, and whether it is or was a broadcast: by several signals.

Sites change their fields (complaint 11), so no single one decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from footnoted.sources.feeds.youtube import is_short_url
from footnoted.sources.items import Liveness

if TYPE_CHECKING:
    from footnoted.sources.items import FoundItem

_LONGEST_SHORT_MS = (
    180_000  # since 15 October 2024; https://support.google.com/youtube/answer/15424877
)
_SURE_SHORT_MS = 60_000
_TAG = re.compile(r"#(?:yt|youtube)?shorts?\b", re.IGNORECASE)


def is_short(item: FoundItem) -> bool | None:
    """Return whether an item is a Short; None when nothing tells.

    What is longer than Shorts can be is none. Else the address or the site's own word says so, or
    the tag that its maker gave it, or that it is a YouTube video of at most a minute.
    """
    facts, length_ms = item.facts, item.facts.duration_ms
    if length_ms is not None and length_ms > _LONGEST_SHORT_MS:
        return False
    addresses = (item.link, item.media_url, facts.url)
    if item.is_short or any(url is not None and is_short_url(url) for url in addresses):
        return True
    is_youtube = any(key.startswith("youtube:") for key in item.keys)
    if not is_youtube:
        return False
    if _TAG.search(f"{facts.title or ''}\n{facts.description or ''}"):
        return True
    if item.is_short is False:
        return False
    if length_ms is None:
        return None
    return length_ms <= _SURE_SHORT_MS


def is_broadcast(item: FoundItem) -> bool | None:
    """Return whether an item is, was or will be a broadcast; None when nothing tells.

    An episode of a podcast is none, whatever it was when it was recorded. A listing shows premieres
    as it shows broadcasts: only the item's own page tells them apart.
    """
    if item.liveness is None and item.media_url is not None:
        return False
    return is_broadcast_by(item.liveness, is_premiere=None)


def is_broadcast_by(liveness: Liveness | None, *, is_premiere: bool | None) -> bool | None:
    """Return whether what stands so to being broadcast is a broadcast; None when that is open.

    A premiere is none: it is a video with a date, whose page becomes that of an ordinary one.
    """
    match liveness:
        case None:
            return None
        case Liveness.NOT_LIVE:
            return False
        case Liveness.IS_UPCOMING | Liveness.IS_LIVE:
            return None if is_premiere is None else not is_premiere
        case Liveness.POST_LIVE | Liveness.WAS_LIVE:
            return True
        case _ as never:
            assert_never(never)
