"""One item per recording within one feed, and no key that two of them share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from footnoted.sources.feeds.identity import kind_of, last_resort_key, plain_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from footnoted.sources.items import FoundItem

_MAX_RIVALS = 20
"""With how many earlier entries of one key an entry is compared: repetitions stand close."""


def distinct_items(items: Sequence[FoundItem]) -> tuple[list[FoundItem], list[FoundItem]]:
    """Return the items without repetitions, in their order, and the repetitions.

    A key that two different items share identifies neither, so both lose it.
    """
    kept: list[FoundItem] = []
    repeated: list[FoundItem] = []
    by_key: dict[str, list[int]] = {}
    for item in items:
        rivals = {at for key in item.keys for at in by_key.get(key, [])[-_MAX_RIVALS:]}
        if any(_is_same(kept[at], item) for at in sorted(rivals)):
            repeated.append(item)
            continue
        for key in item.keys:
            by_key.setdefault(key, []).append(len(kept))
        kept.append(item)
    ambiguous = {key for key, places in by_key.items() if len(places) > 1}
    return _identified(kept, ambiguous, repeated), repeated


def _identified(
    items: Iterable[FoundItem], ambiguous: set[str], repeated: list[FoundItem]
) -> list[FoundItem]:
    """Return the items with keys of their own; those that are alike in everything are repeated."""
    seen: set[str] = set()
    named: list[FoundItem] = []
    for item in items:
        keys = tuple(key for key in item.keys if key not in ambiguous) or (last_resort_key(item),)
        if seen.intersection(keys):
            repeated.append(item)
            continue
        seen.update(keys)
        named.append(item if keys == item.keys else item.model_copy(update={"keys": keys}))
    return named


def _is_same(first: FoundItem, second: FoundItem) -> bool:
    """Return whether two entries of one feed that share a key are one recording.

    They are when more of GUID, address and title are equal than differ: a feed that lists both at
    once mostly means two, and one too many is better than one lost.
    """
    mine, theirs = _kinds(first), _kinds(second)
    if "youtube" in mine or "youtube" in theirs:
        return mine.get("youtube") == theirs.get("youtube")
    stated = [kind for kind in ("guid", "url", "title") if kind in mine and kind in theirs]
    told = Counter(mine[kind] == theirs[kind] for kind in stated)
    return told[True] > told[False]


def _kinds(item: FoundItem) -> dict[str, str]:
    kinds = {kind_of(key): key for key in item.keys}
    title = plain_title(item.facts.title)
    return kinds if title is None else {**kinds, "title": title}
