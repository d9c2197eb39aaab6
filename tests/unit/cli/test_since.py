"""A point in the past as people give it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnoted.cli.since import parse_past, parse_since
from footnoted.errors import UsageError

NOW = datetime(2026, 3, 15, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", datetime(2026, 3, 8, 12, 30, tzinfo=UTC)),
        ("12h", datetime(2026, 3, 15, 0, 30, tzinfo=UTC)),
        (" 2W ", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:00:00+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_spans_and_dates_name_a_time_in_utc(text: str, expected: datetime) -> None:
    """A span counts back from now; a date without a zone is UTC."""
    assert parse_since(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "7", "7 days", "d7", "-7d", "yesterday", "2026-13-01"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    """The sentence repeats what was given and shows what can be."""
    with pytest.raises(UsageError, match="give 7d, 12h, 2w, or a date"):
        parse_since(text, NOW)


def test_a_span_longer_than_the_calendar_is_refused() -> None:
    """No traceback for a number that is merely too large."""
    with pytest.raises(UsageError, match="before the calendar begins"):
        parse_since("999999w", NOW)


def test_a_time_to_come_is_refused_where_something_was_done_since() -> None:
    """Nothing was; one that is over is as it is told."""
    assert parse_past("2026-03-15", NOW) == datetime(2026, 3, 15, tzinfo=UTC)
    with pytest.raises(UsageError, match="'2026-03-16' is still to come: it is 2026-03-15 12:30"):
        parse_past("2026-03-16", NOW)
