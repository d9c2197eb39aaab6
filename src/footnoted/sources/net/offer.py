"""What a look offers: items, each with what is known of it and was decided of it before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.sources.feeds.identity import last_resort_key, recognise
from footnoted.sources.net import store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.sources.feeds.identity import KnownItem
    from footnoted.sources.items import FoundItem


@dataclass(frozen=True, slots=True)
class Offer:
    """An item, the recording it is known as, and the key that what becomes of it is kept under.

    `before` is what was decided of it, under that key or of that recording. `dated` is the item
    with the date that is known of the recording, where the look told none.
    """

    item: FoundItem
    media_id: int | None
    key: str
    new_keys: tuple[str, ...]
    dated: FoundItem
    before: store.Decided | None = None

    @property
    def is_decided(self) -> bool:
        """Return whether an earlier look offered it, and it was not put off."""
        return self.before is not None and self.before.state != store.LATER

    @classmethod
    def of(cls, item: FoundItem, known: Sequence[KnownItem]) -> Offer:
        """Return an item as it is known again among `known`; nothing is decided of it yet."""
        wanted = frozenset(item.keys)
        met = recognise(item, [other for other in known if other.keys & wanted])
        free = item.keys if met.known_id is not None else met.new_keys
        key = free[0] if free else last_resort_key(item)
        dated = _dated(item, [one for one in known if one.id == met.known_id])
        return cls(item, met.known_id, key, met.new_keys, dated)


def _dated(item: FoundItem, known: Sequence[KnownItem]) -> FoundItem:
    dates = [one.facts.published_at for one in known]
    if item.facts.published_at is not None or not any(dates):
        return item
    facts = item.facts.model_copy(update={"published_at": dates[0]})
    return item.model_copy(update={"facts": facts})


def above_known(offers: Sequence[Offer]) -> frozenset[str]:
    """Return what a list shows before all that it showed at an earlier look; none at the first."""
    new: set[str] = set()
    for offer in offers:
        if offer.is_decided:
            return frozenset(new)
        if offer.before is None:
            new.add(offer.key)
    return frozenset()
