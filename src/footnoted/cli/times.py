"""Times as people read them: in UTC, with how far away they are."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def show_time(at: datetime | None, now: datetime) -> str:
    """Return `2026-03-04 05:06 UTC (in 3 min)`, or a dash for no time."""
    if at is None:
        return "-"
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({relative(at, now)})"


def relative(at: datetime, now: datetime) -> str:
    """Return how far `at` is from `now` in its largest unit: `in 3 min`, `2 h ago`, `now`."""
    seconds = round((at - now).total_seconds())
    for size, unit in _UNITS:
        if abs(seconds) >= size:
            amount = f"{abs(seconds) // size} {unit}"
            return f"in {amount}" if seconds > 0 else f"{amount} ago"
    return "now"


def show_span(seconds: float) -> str:
    """Return a span in its two largest units: `1 h 2 min`, `45 s`."""
    rest, parts = round(seconds), list[str]()
    for size, unit in _UNITS:
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{amount} {unit}")
    return " ".join(parts[:2]) or "0 s"
