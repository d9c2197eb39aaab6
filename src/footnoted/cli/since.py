"""A point in the past as people give it: `7d`, `12h`, `2w`, or a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from footnoted.errors import UsageError

_AGO = re.compile(r"(\d{1,6})([hdw])", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def parse_since(text: str, now: datetime) -> datetime:
    """Return the time that `text` names, aware, in UTC; a date is its midnight in UTC.

    Raises UsageError when it is neither a number of hours, days or weeks nor a date.
    """
    given = text.strip()
    if ago := _AGO.fullmatch(given):
        return _before(now, int(ago[1]) * _UNITS[ago[2].lower()], text)
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        message = f"{text!r} is no time: give 7d, 12h, 2w, or a date such as 2026-03-01"
        raise UsageError(message) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def parse_past(text: str, now: datetime) -> datetime:
    """Return the time that `text` names, as `parse_since` does; it is over.

    Raises UsageError too when it is still to come: nothing was done since.
    """
    at = parse_since(text, now)
    if at > now:
        message = f"{text!r} is still to come: it is {now:%Y-%m-%d %H:%M} UTC"
        raise UsageError(message)
    return at


def _before(now: datetime, span: timedelta, text: str) -> datetime:
    try:
        return now - span
    except OverflowError:
        message = f"{text!r} is before the calendar begins"
        raise UsageError(message) from None
