"""Which recording an item is: its keys, and the rule when keys point to something else.

Feeds break every single way of telling (complaint 14): addresses rotate while the GUID stays, the
GUID changes while the address stays, and some feeds give every episode the same GUID or publish
under one address. So an item has several keys, and one shared key is believed unless everything
else that both sides state speaks against it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.sources.feeds.addresses import normal_url
from footnoted.sources.feeds.youtube import video_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from footnoted.sources.items import FoundItem
    from footnoted.sources.port import Facts

_MAX_KEY_CHARS = 300
_SAME_TIME = timedelta(minutes=10)
_SAME_LENGTH_MS = 5_000
_SAME_LENGTH_SHARE = 0.02
_ORDER = ("youtube", "url", "about", "guid")
"""Kinds of keys, the one to trust most first, where two known items both seem to be the found."""


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A recording as it is known: its id, every key it was ever seen under, its facts."""

    id: int
    keys: frozenset[str]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which known recording a found item is (None: a new one), and the keys to remember for it.

    `taken_keys` are keys of the found item that stay with another recording.
    """

    known_id: int | None
    new_keys: tuple[str, ...]
    taken_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What identifies an item, before it becomes keys; `guid` is meant within `scope`."""

    scope: str
    facts: Facts
    guid: str | None = None
    link: str | None = None
    media_url: str | None = None
    video_id: str | None = None


def scope_of(locator: str) -> str:
    """Return the scope of the GUIDs of the feed that is followed at `locator`, wherever it moves.

    http and https, `www.` and passing parameters make no difference.
    """
    return _bounded(normal_url(locator) or locator)


def keys_of(marks: Marks) -> tuple[str, ...]:
    """Return the keys of an item, strongest first; a YouTube video needs no other than its id."""
    video_id = marks.video_id
    if video_id is None and marks.media_url is None and marks.link is not None:
        video_id = video_id_of(marks.link)
    if video_id is not None:
        return (f"youtube:{video_id}",)
    address = marks.media_url or marks.link
    url = normal_url(address) if address else None
    guid = (marks.guid or "").strip()
    keys = (
        f"guid:{marks.scope}:{_bounded(guid)}" if guid else None,
        f"url:{_bounded(url)}" if url else None,
        *about_keys(marks.scope, marks.facts),
    )
    return tuple(key for key in keys if key is not None)


def about_keys(scope: str, facts: Facts) -> tuple[str, ...]:
    """Return the keys of title, date and duration, where they tell one recording from another.

    With a duration they mean the same in every feed. Without, a title and a time do within one
    feed: elsewhere there is another `Episode 1` of the same Monday morning. A date alone (midnight)
    is shared by all items of a day.
    """
    title, moment, length_ms = plain_title(facts.title), facts.published_at, facts.duration_ms
    if title is None or moment is None:
        return ()
    when = f"{title}\n{int(moment.timestamp())}"
    has_time = not moment.hour == moment.minute == moment.second == 0
    stated = (
        f"{when}\n{length_ms // 1000}" if length_ms is not None else None,
        f"{when}\n{scope}" if has_time else None,
    )
    return tuple(f"about:{_hash(one)}" for one in stated if one is not None)


def last_resort_key(item: FoundItem) -> str:
    """Return a key from everything an item says, for one that nothing else identifies."""
    facts = item.facts
    said = [facts.title, facts.published_at and facts.published_at.isoformat(), facts.duration_ms]
    said += [item.link, item.media_url, facts.description]
    return f"about:{_hash(repr(said))}"


def same_item(known_keys: Iterable[str], known: Facts, found: FoundItem) -> bool:
    """Return whether `found` is the recording that is known under `known_keys`.

    - No common key: no. Another YouTube id: no. The same YouTube id, title-date-duration, or both
      GUID and address: yes.
    - Only the GUID in common: yes, unless the address differs *and* the title differs *and* date or
      duration differ: then the feed reuses its GUIDs.
    - Only the address in common: yes, unless the GUID differs, and title, and date or duration:
      then the feed publishes every episode under one address.

    What one side does not state never speaks against it.
    """
    mine, theirs = _by_kind(known_keys), _by_kind(found.keys)
    shared = {kind for kind in mine if mine[kind] & theirs.get(kind, set())}
    if not shared:
        return False
    if "youtube" in shared:
        return True
    if _differ(mine, theirs, "youtube"):
        return False
    if "about" in shared:
        return True
    other = "url" if "guid" in shared else "guid"
    return not (_differ(mine, theirs, other) and _is_other_recording(known, found.facts))


def recognise(found: FoundItem, candidates: Sequence[KnownItem]) -> Recognition:
    """Return which of `candidates` (those that share a key with it) `found` is.

    Where several are, the one with the most trusted common key wins, then the oldest id. Keys that
    another candidate holds stay with it.
    """
    holders = {key: known for known in reversed(candidates) for key in known.keys}
    same = [known for known in candidates if same_item(known.keys, known.facts, found)]
    chosen = min(same, key=lambda known: (_trust(known, found), known.id), default=None)
    own = chosen.keys if chosen is not None else frozenset[str]()
    return Recognition(
        known_id=chosen.id if chosen is not None else None,
        new_keys=tuple(key for key in found.keys if key not in own and key not in holders),
        taken_keys=tuple(key for key in found.keys if key not in own and key in holders),
    )


def _trust(known: KnownItem, found: FoundItem) -> int:
    kinds = {kind_of(key) for key in found.keys if key in known.keys}
    return min(_ORDER.index(kind) for kind in kinds)


def kind_of(key: str) -> str:
    """Return what stands before the first colon of a key."""
    return key.split(":", 1)[0]


def _by_kind(keys: Iterable[str]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for key in keys:
        kinds.setdefault(kind_of(key), set()).add(key)
    return kinds


def _differ(mine: dict[str, set[str]], theirs: dict[str, set[str]], kind: str) -> bool:
    """Return whether both sides have keys of `kind` and none in common."""
    return bool(mine.get(kind)) and bool(theirs.get(kind)) and not mine[kind] & theirs[kind]


def _is_other_recording(known: Facts, found: Facts) -> bool:
    titles = plain_title(known.title), plain_title(found.title)
    if None in titles or titles[0] == titles[1]:
        return False
    return is_other_time(known, found) or is_other_length(known, found)


def is_other_time(known: Facts, found: Facts) -> bool:
    """Return whether both state when they were published, and mean different times."""
    if known.published_at is None or found.published_at is None:
        return False
    return abs(known.published_at - found.published_at) > _SAME_TIME


def is_other_length(known: Facts, found: Facts) -> bool:
    """Return whether both state a duration, and mean different ones."""
    if known.duration_ms is None or found.duration_ms is None:
        return False
    allowed = max(_SAME_LENGTH_MS, _SAME_LENGTH_SHARE * known.duration_ms)
    return abs(known.duration_ms - found.duration_ms) > allowed


def plain_title(title: str | None) -> str | None:
    """Return the letters and digits of a title, folded, with single spaces."""
    folded = unicodedata.normalize("NFKC", title or "").casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split()) or None


def _bounded(text: str) -> str:
    return text if len(text) <= _MAX_KEY_CHARS else f"{text[:200]}#{_hash(text)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
