"""When a source is looked at: adapted to its rhythm, at an interval, or at the times of cron."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, model_validator

from footnoted.errors import UsageError
from footnoted.sources.rules.cron import check_cron, next_time, zone_of
from footnoted.sources.rules.lengths import parse_length, told_length

if TYPE_CHECKING:
    from collections.abc import Iterable

FLOOR_S = 15 * 60
CEILING_S = 24 * 3_600
"""Adaptive looks are never closer or further apart than these."""

SHORTEST_S, LONGEST_S = 60, 366 * 86_400
_UNKNOWN_S = 3_600
_LOOKS_PER_ITEM = 8
_MAX_TIMES = 20
_BURST_S = 600
_REGULAR_SHARE = 0.1
_AFTER_EXPECTED_S = 300
_MAX_DOUBLINGS = 10
_LEAST_GAPS, _SILENT_TIMES, _SILENT_S = 4, 3, 14 * 86_400
_JITTER_SHARE, _MAX_JITTER_S, _CRON_JITTER_S = 0.1, 300.0, 60.0
UTC_NAME = "UTC"
_CRON_FIELDS = 5
_WORDS = (
    "a schedule is `adaptive`, `every 3600`, `every 1h30m`, `cron 0 6 * * *` (UTC),"
    " or `cron 0 6 * * * Europe/Berlin`"
)


class Cadence(StrEnum):
    """How the times of looks come about."""

    ADAPTIVE = "adaptive"
    EVERY = "every"
    CRON = "cron"


class Schedule(BaseModel):
    """When to look; `every_s` and `cron` stand with their cadence only. `timezone` is cron's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cadence: Cadence = Cadence.ADAPTIVE
    every_s: int | None = None
    cron: str | None = None
    timezone: str = UTC_NAME

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        try:
            _require_parts(self)
        except UsageError as error:
            raise ValueError(error.message) from None
        return self

    def __str__(self) -> str:
        """Return the words that `parse_schedule` reads."""
        match self.cadence:
            case Cadence.EVERY:
                return f"every {told_length(self.every_s or 0)}"
            case Cadence.CRON:
                zone = "" if self.timezone == UTC_NAME else f" {self.timezone}"
                return f"cron {self.cron}{zone}"
            case Cadence.ADAPTIVE:
                return Cadence.ADAPTIVE.value


class Rhythm(BaseModel):
    """When a source published, newest first: what an adaptive schedule adapts to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    published: tuple[datetime, ...] = ()


def rhythm_of(times: Iterable[datetime | None], now: datetime) -> Rhythm:
    """Return the rhythm of publication times in any order; those to come say nothing of it."""
    past = sorted({time for time in times if time is not None and time <= now}, reverse=True)
    return Rhythm(published=tuple(past[:_MAX_TIMES]))


def parse_schedule(text: str) -> Schedule:
    """Return what a person's words mean. Raises UsageError with a sentence.

    Times of cron are UTC, unless a time zone stands behind them.
    """
    kind, _, rest = text.strip().partition(" ")
    match kind.lower():
        case "adaptive" if not rest:
            return Schedule()
        case "every" if rest:
            every_s = parse_length(rest)
            _require_interval(every_s)
            return Schedule(cadence=Cadence.EVERY, every_s=every_s)
        case "cron" if rest:
            expression, zone = _parted(rest)
            zone_of(zone)
            return Schedule(cadence=Cadence.CRON, cron=check_cron(expression), timezone=zone)
        case _:
            message = f"{text!r} is no schedule: {_WORDS}"
            raise UsageError(message)


def _parted(words: str) -> tuple[str, str]:
    """Return an expression of cron and the time zone behind it."""
    fields = words.split()
    if len(fields) == _CRON_FIELDS + 1 and fields[-1][0].isalpha():
        zone = fields.pop()
        return " ".join(fields), UTC_NAME if zone.upper() == UTC_NAME else zone
    return words, UTC_NAME


def next_poll(
    schedule: Schedule, rhythm: Rhythm, now: datetime, *, source_id: int, failures: int = 0
) -> datetime:
    """Return when to look next after a look at `now`.

    The source's id spreads the looks, so that the same state gives the same time. `failures` are
    looks in a row that failed: each doubles the interval, up to the ceiling; times of cron stay.
    """
    share = _share_of(source_id)
    if schedule.cadence is Cadence.CRON:
        at = next_time(schedule.cron or "", now, zone_of(schedule.timezone))
        return (at or now + timedelta(seconds=CEILING_S)) + _seconds(share * _CRON_JITTER_S)
    interval_s = float(schedule.every_s or 0)
    if schedule.cadence is Cadence.ADAPTIVE:
        interval_s = adaptive_s(rhythm, now)
    if failures:
        slowed_s = max(interval_s, FLOOR_S) * 2 ** min(failures, _MAX_DOUBLINGS)
        interval_s = max(interval_s, min(slowed_s, CEILING_S))
    return now + _seconds(interval_s + share * min(interval_s * _JITTER_SHARE, _MAX_JITTER_S))


def adaptive_s(rhythm: Rhythm, now: datetime) -> float:
    """Return the seconds to the next look: several looks per item, at least one a day.

    The usual gap between items counts, and the silence since the last one: a source that fell
    silent is looked at less. A regular one is looked at soon after its next item is expected.
    """
    gaps_s = _gaps_s(rhythm)
    if not rhythm.published or not gaps_s:
        return _UNKNOWN_S
    usual_s, silence_s = median(gaps_s), (now - rhythm.published[0]).total_seconds()
    interval_s = max(usual_s, silence_s / 2) / _LOOKS_PER_ITEM
    expected_s = usual_s - silence_s + _AFTER_EXPECTED_S
    if _is_regular(gaps_s, usual_s) and 0 < expected_s < interval_s:
        interval_s = expected_s
    return min(max(interval_s, FLOOR_S), CEILING_S)


def unusual_silence(rhythm: Rhythm, now: datetime) -> timedelta | None:
    """Return for how long a source has been silent, where that is not like it; else None.

    It is not where nothing came for three times as long as ever between two of its last items, and
    for two weeks; a source of few items has no habit to break.
    """
    gaps_s = _gaps_s(rhythm)
    if len(gaps_s) < _LEAST_GAPS:
        return None
    silence = now - rhythm.published[0]
    usual_s = max(_SILENT_TIMES * max(gaps_s), _SILENT_S)
    return silence if silence.total_seconds() > usual_s else None


def _gaps_s(rhythm: Rhythm) -> list[float]:
    """Return the gaps between items, where those of one burst are one item."""
    gaps = [(newer - older).total_seconds() for newer, older in pairwise(rhythm.published)]
    return [gap for gap in gaps if gap >= _BURST_S]


def _is_regular(gaps_s: list[float], usual_s: float) -> bool:
    close = [gap for gap in gaps_s if abs(gap - usual_s) <= _REGULAR_SHARE * usual_s]
    return len(gaps_s) > 2 and len(close) * 4 >= len(gaps_s) * 3  # noqa: PLR2004 - three quarters


def _share_of(source_id: int) -> float:
    """Return a number in [0, 1) that is always the same for a source."""
    digest = hashlib.sha256(f"source {source_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def _require_parts(schedule: Schedule) -> None:
    has_every, has_cron = schedule.every_s is not None, schedule.cron is not None
    if (has_every, has_cron) != (
        schedule.cadence is Cadence.EVERY,
        schedule.cadence is Cadence.CRON,
    ):
        raise UsageError(_WORDS)
    if schedule.every_s is not None:
        _require_interval(schedule.every_s)
    if schedule.cron is not None:
        check_cron(schedule.cron)
    zone_of(schedule.timezone)


def _require_interval(every_s: int) -> None:
    if not SHORTEST_S <= every_s <= LONGEST_S:
        message = "a source is looked at once a minute at most, and once a year at least"
        raise UsageError(message)
