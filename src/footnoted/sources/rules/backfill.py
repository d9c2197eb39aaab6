"""How much of what a source already holds is taken when following it begins."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from footnoted.errors import UsageError
from footnoted.sources.feeds.order import newest_first

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from footnoted.sources.items import FoundItem

BACKFILL = "backfill"
"""Why an item from before its source was followed is left."""

USUAL = 5
"""How many items are taken when nobody said: a huge channel must not begin with all of it."""

_COUNT = re.compile(r"(?:newest\s+)?(\d{1,6})(?:\s+newest)?")
_SINCE = re.compile(r"(?:since\s+)?(\d{4}-\d{2}-\d{2}(?:T\S+)?)", re.IGNORECASE)
_OLDEST_FIRST = re.compile(r"(.+?)(?:,\s*|\s+)oldest[ -]first", re.IGNORECASE)
_WORDS = (
    "a backfill is `none`, a number of newest items, `since 2026-01-31`, or `all`; "
    "`oldest first` behind it turns the order round"
)


class Reach(StrEnum):
    """How far back a backfill goes."""

    NONE = "none"
    NEWEST = "newest"
    SINCE = "since"
    ALL = "all"


class Backfill(BaseModel):
    """How far back to go, and what is worked on first of what is found there.

    `newest` and `since` stand with their reach only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reach: Reach = Reach.NEWEST
    newest: int | None = None
    since: AwareDatetime | None = None
    oldest_first: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        has = (self.newest is not None, self.since is not None)
        is_usual = self.reach is Reach.NEWEST and has == (False, False)
        if not is_usual and has != (self.reach is Reach.NEWEST, self.reach is Reach.SINCE):
            raise ValueError(_WORDS)
        if self.newest is not None and self.newest < 1:
            raise ValueError(_WORDS)
        return self

    @property
    def count(self) -> int:
        """Return how many of the newest items are meant."""
        return USUAL if self.newest is None else self.newest

    def __str__(self) -> str:
        """Return the words that `parse_backfill` reads."""
        return f"{self._how_far()}, oldest first" if self.oldest_first else self._how_far()

    def in_order(self, items: Sequence[FoundItem]) -> list[FoundItem]:
        """Return the items as they are to be worked on, whatever order a listing has them in."""
        ordered = newest_first(items)
        return ordered[::-1] if self.oldest_first else ordered

    def _how_far(self) -> str:
        match self.reach:
            case Reach.NEWEST:
                return f"{self.count} newest"
            case Reach.SINCE:
                moment = self.since.isoformat() if self.since else ""
                return f"since {moment.removesuffix('T00:00:00+00:00')}"
            case Reach.NONE | Reach.ALL:
                return self.reach.value


def parse_backfill(text: str) -> Backfill:
    """Return what a person's words mean; a date is a day in UTC. Raises UsageError."""
    turned = _OLDEST_FIRST.fullmatch(text.strip())
    if turned is None:
        return _parse_how_far(text)
    far = _parse_how_far(turned[1])
    if far.reach is Reach.NONE:
        message = f"{text!r} is no backfill: nothing has no order"
        raise UsageError(message)
    return far.model_copy(update={"oldest_first": True})


def _parse_how_far(text: str) -> Backfill:
    words = " ".join(text.lower().split())
    if words in {"none", "0"}:
        return Backfill(reach=Reach.NONE)
    if words == "all":
        return Backfill(reach=Reach.ALL)
    count = _COUNT.fullmatch(words)
    if count and int(count[1]):
        return Backfill(newest=int(count[1]))
    since = _SINCE.fullmatch(" ".join(text.split()))
    try:
        moment = datetime.fromisoformat(since[1]) if since else None
    except ValueError:
        moment = None
    if moment is None:
        message = f"{text!r} is no backfill: {_WORDS}"
        raise UsageError(message)
    aware = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Backfill(reach=Reach.SINCE, since=aware)


def plan_backfill(
    items: Sequence[FoundItem],
    backfill: Backfill,
    known_keys: Collection[str] = frozenset(),
) -> list[FoundItem]:
    """Return the items to take, newest first; `in_order` says what comes first.

    Items that share one of `known_keys` are there already: they count among the newest, so that the
    same backfill planned twice takes nothing new, and are left out. An item without a date is as
    old as the next newer one that has a date, so that `since` is not passed by a listing's holes.
    """
    ordered = newest_first(items)
    known = frozenset(known_keys)
    meant = ordered[: _reach(ordered, backfill)]
    return [item for item in meant if not known.intersection(item.keys)]


def _reach(ordered: Sequence[FoundItem], backfill: Backfill) -> int:
    """Return how many of the items, newest first, are meant."""
    match backfill.reach:
        case Reach.NONE:
            return 0
        case Reach.ALL:
            return len(ordered)
        case Reach.NEWEST:
            return backfill.count
        case Reach.SINCE:
            return _since(ordered, backfill.since)


def _since(ordered: Sequence[FoundItem], since: datetime | None) -> int:
    dates = [item.facts.published_at for item in ordered]
    young = [at for at, date in enumerate(dates) if date and since and date >= since]
    return young[-1] + 1 if young else 0
