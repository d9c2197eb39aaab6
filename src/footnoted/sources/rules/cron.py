"""The times of a cron expression, as cron(8) means them.

APScheduler computes them, changes of the clock included. Two of its readings differ from cron's and
are put right: there Monday is 0, and a day must fit both the day of the month and the weekday.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from footnoted.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = 5
_MAX_CHARS = 200
_PROBE = datetime(2024, 1, 1, tzinfo=UTC)
"""A leap year's first day: an expression that means any day has one within eight years."""


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its IANA name. Raises UsageError for an unknown one."""
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        message = f"{name!r} is no time zone: write UTC, or one like Europe/Berlin"
        raise UsageError(message) from None


def check_cron(expression: str) -> str:
    """Return the expression with single spaces. Raises UsageError where it means no time."""
    fields = expression.split()
    if len(fields) != _FIELDS or len(expression) > _MAX_CHARS:
        message = f"{expression!r} is no cron expression: it has minute hour day month weekday"
        raise UsageError(message)
    text = " ".join(fields)
    if next_time(text, _PROBE, UTC) is None:
        message = f"{expression!r} is a cron expression that never comes true"
        raise UsageError(message)
    return text


def next_time(expression: str, after: datetime, zone: tzinfo) -> datetime | None:
    """Return the first time after `after` that the expression means, in UTC; None for never.

    Raises UsageError for a malformed expression.
    """
    try:
        triggers = list(_triggers(expression.split(), zone))
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        message = f"{expression!r} is no cron expression: {error}"
        raise UsageError(message) from None
    times = [_next_of(trigger, after) for trigger in triggers]
    return min((time.astimezone(UTC) for time in times if time is not None), default=None)


def _next_of(trigger: CronTrigger, after: datetime) -> datetime | None:
    found = trigger.get_next_fire_time(after, after)  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType] - it has no types
    return cast("datetime | None", found)


def _triggers(fields: list[str], zone: tzinfo) -> Iterator[CronTrigger]:
    minute, hour, day, month, weekday = fields
    days = _weekdays(weekday)
    if "*" in (day[0], weekday[0]):
        yield _trigger(minute, hour, day, month, days, zone)
        return
    yield _trigger(minute, hour, day, month, "*", zone)
    yield _trigger(minute, hour, "*", month, days, zone)


def _trigger(
    minute: str, hour: str, day: str, month: str, weekday: str, zone: tzinfo
) -> CronTrigger:
    last_year = _PROBE.year + 200
    return CronTrigger(
        year=f"2020-{last_year}",  # an impossible day ends the search there
        month=month.lower(),
        day=day,
        day_of_week=weekday,
        hour=hour,
        minute=minute,
        second=0,
        timezone=zone,
    )


def _weekdays(field: str) -> str:
    """Return a weekday field by names: `1-5` is `mon,tue,wed,thu,fri`, and 0 and 7 are Sunday."""
    if field == "*":
        return "*"
    chosen: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        start = 0 if span == "*" else _day(first)
        end = 6 if span == "*" or (step and not dash) else _day(last if dash else first)
        if last in {"7", "sun"}:
            end = 7
        length = end - start if end >= start else end - start + 7
        chosen |= {(start + at) % 7 for at in range(0, length + 1, int(step or 1))}
    return ",".join(_DAYS[day] for day in sorted(chosen))


def _day(text: str) -> int:
    if text.isdigit() and int(text) <= 7:  # noqa: PLR2004 - Sunday is 0 and 7
        return int(text) % 7
    return _DAYS.index(text[:3]) if text[:3] in _DAYS else _refuse(text)


def _refuse(text: str) -> int:
    message = f"{text!r} is no weekday"
    raise ValueError(message)
