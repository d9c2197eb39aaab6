"""Spans as people give them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from footnoted.cli.span import parse_span
from footnoted.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        (" 2H ", timedelta(hours=2)),
        ("366d", timedelta(days=366)),
    ],
)
def test_a_number_and_a_unit_are_a_span(text: str, expected: timedelta) -> None:
    """In either case, with blanks around."""
    assert parse_span(text) == expected


@pytest.mark.parametrize("text", ["", "2", "h", "0m", "-1h", "1.5h", "2w", "367d", "9999999d"])
def test_anything_else_is_refused(text: str) -> None:
    """With what can be said instead."""
    with pytest.raises(UsageError, match="give 90s, 30m, 2h, or 3d"):
        parse_span(text)
