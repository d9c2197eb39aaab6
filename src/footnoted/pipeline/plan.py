"""What one run of the loop may do, what it did, and how long it may sleep: values, no effects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal  # noqa: TC003 - dataclass fields are read by tools
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.pipeline.deps import Pace
    from footnoted.pipeline.outlook.store import Outlook

SHORTEST_PAUSE_S = 0.01


class Mode(StrEnum):
    """When the loop ends: never, when nothing is due, or after one pass over what is due."""

    FOREVER = "forever"
    DRAIN = "drain"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What one run of the loop may do; None means without limit."""

    mode: Mode = Mode.FOREVER
    max_videos: int | None = None
    max_minutes: float | None = None
    max_usd: Decimal | None = None


@dataclass(slots=True)
class Report:
    """What one run did: outcomes by name, and whether time, money or a stop cut it short.

    `is_held_up`: it did all it could, and work is left that waits for a cap, a limit or, with
    `is_paused`, for a person who has paused all of it.
    """

    outcomes: Counter[str] = field(default_factory=Counter[str])
    was_stopped: bool = False
    ran_out_of_time: bool = False
    ran_out_of_money: bool = False
    is_held_up: bool = False
    is_paused: bool = False
    index_behind: bool = False

    @property
    def is_cut_short(self) -> bool:
        """Return whether the run should end before its work does."""
        return self.was_stopped or self.ran_out_of_time or self.ran_out_of_money


def pause_until_next(outlook: Outlook, now: datetime, pace: Pace) -> float:
    """Return seconds an idle loop sleeps: to the next wait or poll, at most the poll interval."""
    times = [at for at in (outlook.next_wait_at, outlook.next_poll_at) if at is not None]
    if not times:
        return pace.poll_interval_s
    return _bounded((min(times) - now).total_seconds(), pace)


def pause_of_drain(
    outlook: Outlook, now: datetime, pace: Pace, waited_s: float = 0.0
) -> float | None:
    """Return seconds a drain sleeps before it looks again, or None when no wait is worth it.

    Only waits count: the next scan of a followed source is not work left over. `waited_s` is how
    long nothing but waiting has happened; short waits that repeat must not keep a drain for ever.
    """
    if outlook.next_wait_at is None or waited_s > pace.drain_wait_s:
        return None
    until_s = (outlook.next_wait_at - now).total_seconds()
    return None if until_s > pace.drain_wait_s else _bounded(until_s, pace)


def _bounded(seconds: float, pace: Pace) -> float:
    return min(max(seconds, SHORTEST_PAUSE_S), pace.poll_interval_s)
