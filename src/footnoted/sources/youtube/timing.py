"""When an item is looked at again, and until when it is waited for at all. Pure.

Every number here is a default of `Policy`; times are seconds, counted from what each field says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


class Taking(StrEnum):
    """What to do with items of a kind: take them too, leave them, or take nothing else."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Rest:
    """A wait: looked at again after `every_s`, given up `until_s` after it began."""

    every_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Policy:
    """What a source asks for, and how patient to be.

    `hears` says that speech recognition is configured. `caption_checks_s` count from publication,
    as do `better_after_s`: when what was taken is compared with what is there then.
    """

    hears: bool = False
    languages: tuple[str, ...] = ()
    allows_translated: bool = False
    shorts: Taking = Taking.INCLUDE
    lives: Taking = Taking.INCLUDE
    caption_checks_s: tuple[float, ...] = (HOUR_S, 6 * HOUR_S, DAY_S, 3 * DAY_S)
    better_after_s: tuple[float, ...] = (DAY_S, 7 * DAY_S, 30 * DAY_S)
    upcoming: Rest = Rest(DAY_S, 2 * DAY_S)
    unannounced: Rest = Rest(DAY_S, 90 * DAY_S)
    live: Rest = Rest(HOUR_S / 4, 3 * DAY_S)
    post_live: Rest = Rest(HOUR_S / 2, 2 * DAY_S)
    members_only: Rest = Rest(7 * DAY_S, 60 * DAY_S)
    private: Rest = Rest(DAY_S, 7 * DAY_S)
    region_blocked: Rest = Rest(7 * DAY_S, 28 * DAY_S)
    unavailable: Rest = Rest(6 * HOUR_S, 7 * DAY_S)


@dataclass(frozen=True, slots=True)
class History:
    """What is remembered of an item: since when it is known, and what it was waited for since.

    What `was_heard` is left for captions only that a person wrote.
    """

    first_seen_at: datetime
    waiting_for: str | None = None
    waiting_since: datetime | None = None
    was_heard: bool = False

    def since(self, wait_reason: str, now: datetime) -> datetime:
        """Return when the wait under `wait_reason` began; now, if it is a new one."""
        if self.waiting_for == wait_reason and self.waiting_since is not None:
            return min(self.waiting_since, now)
        return now


def later(base: datetime, seconds: float) -> datetime:
    """Return the moment so many seconds after `base`."""
    return base + timedelta(seconds=seconds)


def next_of(base: datetime, offsets_s: tuple[float, ...], now: datetime) -> datetime | None:
    """Return the first of the moments counted from `base` that is still to come, or None."""
    return min((at for offset in offsets_s if (at := later(base, offset)) > now), default=None)
