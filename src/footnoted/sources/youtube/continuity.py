"""Whether two looks at a place join without a gap, and whether the place is still there. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.errors import PermanentError
from footnoted.fetch.ytdlp.faults import FaultKind
from footnoted.sources.feeds.youtube import FEED_ENTRIES
from footnoted.sources.port import SourceUnreachableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.fetch.ytdlp.faults import Fault
    from footnoted.sources.items import FoundItem
    from footnoted.sources.youtube.listing import Listed

SOURCE_GONE = "source_gone"
"""The failure of a place that has not been there for two weeks, or never was."""

PATIENCE = timedelta(days=14)
"""How long a place that was once there may be away: YouTube's feeds are, for days."""

GONE = frozenset(
    {FaultKind.PLACE_GONE, FaultKind.REMOVED, FaultKind.PRIVATE, FaultKind.UNSUPPORTED_URL}
)
"""What a place says that is not there."""

_KEPT_KEYS = 2 * FEED_ENTRIES


def has_gap_between(known_keys: Sequence[str], items: Sequence[FoundItem]) -> bool:
    """Return whether items may be missing between a look that knew these keys and this one."""
    if not known_keys or not items:
        return False
    return not set(known_keys) & {key for item in items for key in item.keys}


def keys_to_keep(items: Sequence[FoundItem]) -> tuple[str, ...]:
    """Return the keys by which the next look tells whether it saw everything."""
    return tuple(item.keys[0] for item in items[:_KEPT_KEYS])


def merged(fast: tuple[FoundItem, ...], slow: tuple[FoundItem, ...]) -> tuple[FoundItem, ...]:
    """Return all items: the feed's first, which know their dates, each with what the list adds."""
    listed = {item.keys[0]: item for item in slow}
    merged = [_both(item, listed.pop(item.keys[0], None)) for item in fast]
    return (*merged, *listed.values())


def _both(fast: FoundItem, slow: FoundItem | None) -> FoundItem:
    if slow is None:
        return fast
    return fast.model_copy(
        update={
            "facts": fast.facts.over(slow.facts),
            "liveness": fast.liveness or slow.liveness,
            "starts_at": fast.starts_at or slow.starts_at,
            "is_short": fast.is_short if fast.is_short is not None else slow.is_short,
            "is_members_only": fast.is_members_only or slow.is_members_only,
        }
    )


def is_whole(listed: Listed, limit: int | None) -> bool:
    """Return whether a listing of at most `limit` entries brought all there are."""
    return limit is None or len(listed.items) + sum(listed.skipped_counts.values()) < limit


def refusal(locator: str, fault: Fault) -> PermanentError | SourceUnreachableError:
    """Return the error that a fault of a place means: gone for good, or away for now."""
    if fault.kind in GONE:
        names_it = locator in fault.message
        message = fault.message if names_it else f"{locator}: {fault.message}"
        return PermanentError(message, failure_code=SOURCE_GONE)
    return SourceUnreachableError(locator, fault.message)
