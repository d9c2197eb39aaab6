"""Whether something was missed between two looks at a feed that lists only its newest items."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.sources.items import FoundItem

REMEMBERED = 15
"""How many of the newest items are remembered: as many as a YouTube feed has."""


def newest_keys(items: Sequence[FoundItem], before: Sequence[str]) -> tuple[str, ...]:
    """Return the first keys of the newest items; of an empty feed, what was remembered before."""
    return tuple(item.keys[0] for item in items[:REMEMBERED]) or tuple(before)


def has_gap(items: Sequence[FoundItem], before: Sequence[str], *, lists_all: bool) -> bool:
    """Return whether items may have come and gone unseen since the look that remembered `before`.

    They may when none of the items of then is listed any more, unless the feed lists all there are.
    """
    if lists_all or not before or not items:
        return False
    listed = {key for item in items for key in item.keys}
    return listed.isdisjoint(before)
