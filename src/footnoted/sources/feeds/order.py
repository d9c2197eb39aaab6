"""The order of items: newest first, whatever order a feed or a listing has them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.sources.items import FoundItem


def newest_first(items: Sequence[FoundItem]) -> list[FoundItem]:
    """Return the items by date, newest first; one without a date stays behind its neighbour."""
    dated = [item.facts.published_at for item in items]
    latest = next((moment for moment in dated if moment), None)
    order: list[tuple[float, int]] = []
    for at, moment in enumerate(dated):
        latest = moment or latest
        order.append((-latest.timestamp() if latest else 0.0, at))
    return [items[at] for _, at in sorted(order)]
