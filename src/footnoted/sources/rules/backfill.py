"""How much of what a source already holds is taken when following it begins."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
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

_SAME_DAY = timedelta(days=1)
"""Some dates have a time and some have none: within a day they stand in any order."""

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
    same backfill planned twice takes nothing new, and are left out. Of an item without a date its
    place tells whether `since` reaches it, where the listing has the newest first; else its page is
    to tell (`undecided_of`). What has neither is left.
    """
    known = frozenset(known_keys)
    meant = newest_first(_meant(items, backfill))
    return [item for item in meant if not known.intersection(item.keys)]


def undecided_of(item: FoundItem, backfill: Backfill) -> tuple[str, ...]:
    """Return what only its page can tell of an item that a backfill takes, as `Taken` names it."""
    if backfill.since is None or _date_of(item) is not None or not item.has_page:
        return ()
    return (f"whether it is of {backfill.since:%Y-%m-%d} or later",)


def told_left(item: FoundItem, backfill: Backfill) -> str:
    """Return why the backfill leaves an item that was there before, in a sentence."""
    if backfill.reach is Reach.SINCE and _date_of(item) is None and not item.has_page:
        return f"nothing tells its date, and the backfill is {backfill}: a number or all takes it"
    return f"it is older than the following, and the backfill is {backfill}"


def _meant(items: Sequence[FoundItem], backfill: Backfill) -> Sequence[FoundItem]:
    """Return those of the items that a backfill goes back to."""
    match backfill.reach:
        case Reach.NONE:
            return ()
        case Reach.ALL:
            return items
        case Reach.NEWEST:
            return newest_first(items)[: backfill.count]
        case Reach.SINCE:
            return _since(items, backfill.since or datetime.max.replace(tzinfo=UTC))


def _since(items: Sequence[FoundItem], since: datetime) -> list[FoundItem]:
    dates = [_date_of(item) for item in items]
    told = [date for date in dates if date is not None]
    is_sorted = all(older <= newer + _SAME_DAY for newer, older in pairwise(told))
    above = _last_told(dates) if is_sorted else [None] * len(dates)
    below = _last_told(dates[::-1])[::-1] if is_sorted else above
    return [
        item
        for item, *times in zip(items, dates, above, below, strict=True)
        if _is_since(item, since, *times)
    ]


def _is_since(
    item: FoundItem,
    since: datetime,
    date: datetime | None,
    above: datetime | None,
    below: datetime | None,
) -> bool:
    """Return whether an item is to be taken or looked at; `above` and `below` are the neighbours'.

    What stands below an older one is older, and what stands above a younger one is younger.
    """
    if date is not None:
        return date >= since
    if below is not None and below >= since:
        return True
    return item.has_page and (above is None or above >= since)


def _last_told(dates: Sequence[datetime | None]) -> list[datetime | None]:
    """Return for each place the last date at or before it."""
    told: list[datetime | None] = []
    for date in dates:
        told.append(date or (told[-1] if told else None))
    return told


def _date_of(item: FoundItem) -> datetime | None:
    return item.facts.published_at or item.starts_at
