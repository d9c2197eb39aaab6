"""Points in the past that an option may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def past(given: str | None) -> datetime | None:
    """Return the time that an option names; None when it is not given.

    Raises UsageError when it is no time.
    """
    from footnoted.cli.since import parse_since
    from footnoted.clock import SystemClock

    return parse_since(given, SystemClock().now()) if given else None
