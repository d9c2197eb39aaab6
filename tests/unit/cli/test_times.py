"""Times and spans as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from footnoted.cli.times import relative, show_span, show_time

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "now"),
        (0.4, "now"),
        (59, "in 59 s"),
        (60, "in 1 min"),
        (3_599, "in 59 min"),
        (7_200, "in 2 h"),
        (-90, "1 min ago"),
        (-200_000, "2 d ago"),
    ],
)
def test_a_distance_is_told_in_its_largest_unit(seconds: float, expected: str) -> None:
    """Rounded down: a wait is never told longer than it is."""
    assert relative(NOW + timedelta(seconds=seconds), NOW) == expected


def test_a_time_is_shown_in_utc_whatever_its_zone() -> None:
    """Two machines in two zones show the same time."""
    at = datetime(2026, 3, 4, 7, 8, 7, tzinfo=timezone(timedelta(hours=2)))
    assert show_time(at, NOW) == "2026-03-04 05:08 UTC (in 2 min)"


def test_no_time_is_a_dash() -> None:
    """An empty cell would look like a fault."""
    assert show_time(None, NOW) == "-"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (45, "45 s"), (3_720, "1 h 2 min"), (90_061, "1 d 1 h"), (300, "5 min")],
)
def test_a_span_has_two_units_at_most(seconds: float, expected: str) -> None:
    """More would be noise."""
    assert show_span(seconds) == expected
