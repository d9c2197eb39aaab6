"""A span of time as people give it: `90s`, `30m`, `2h`, `3d`."""

from __future__ import annotations

import re
from datetime import timedelta

from footnoted.errors import UsageError

_SPAN = re.compile(r"(\d{1,6})([smhd])", re.IGNORECASE)
_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LONGEST = timedelta(days=366)


def parse_span(text: str) -> timedelta:
    """Return the span that `text` names. Raises UsageError when it names none up to a year."""
    given = _SPAN.fullmatch(text.strip())
    span = timedelta(seconds=int(given[1]) * _UNITS_S[given[2].lower()]) if given else timedelta()
    if not timedelta() < span <= _LONGEST:
        message = f"{text!r} is no span of time up to a year: give 90s, 30m, 2h, or 3d"
        raise UsageError(message)
    return span
