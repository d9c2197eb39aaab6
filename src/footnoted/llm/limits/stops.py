"""The stop of a whole provider: no call can succeed until a person acts; now and then one probes.

Pure: the time is always given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from footnoted.llm.limits.rests import LONGEST_DETAIL, told_s

if TYPE_CHECKING:
    from footnoted.ledger.faults import Fault

FIRST_WINDOW = timedelta(minutes=15)
LONGEST_WINDOW = timedelta(hours=6)
SPEND_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a provider refuses every call, since when, and when one call may probe."""

    code: str
    detail: str
    since: datetime
    probe_at: datetime


def stopped(fault: Fault, before: Stop | None, now: datetime) -> Stop:
    """Return the stop after a call met `fault`, where `before` is the stop it probed."""
    since = now if before is None else before.since
    detail = fault.message[:LONGEST_DETAIL]
    return Stop(fault.code, detail, since, now + _window(fault, before, now))


def postponed(stop: Stop, now: datetime) -> Stop:
    """Return the stop after a probe that could not tell: it waits for another short window."""
    return replace(stop, probe_at=now + FIRST_WINDOW)


def _window(fault: Fault, before: Stop | None, now: datetime) -> timedelta:
    """Return the pause before the next probe: as told, hourly at a spend limit, else doubling.

    After pauses of 15, 30, 60 ... minutes a stop is as old as the next pause less 15 minutes, so
    the doubling needs no memory but the beginning.
    """
    asked_s = told_s(fault)
    if asked_s is not None:
        return timedelta(seconds=asked_s)
    if "limit" in fault.code:  # spend and usage limits; keys and credit have none in their codes
        return SPEND_WINDOW
    if before is None:
        return FIRST_WINDOW
    return min(LONGEST_WINDOW, max(FIRST_WINDOW, now - before.since + FIRST_WINDOW))
