"""What headers say, and what becomes of those that say nothing or nonsense."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnoted.ledger.faults import Allowance, Allowances
from footnoted.llm.anthropic_headers import allowances_of, retry_after_s

DATE = "Fri, 20 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Fri, 20 Nov 2026 12:01:30 GMT", "date": DATE}, 90.0),
        ({"retry-after": "Fri, 20 Nov 2026 11:00:00 GMT", "date": DATE}, 0.0),
        ({"retry-after": "Fri, 20 Nov 2026 12:01:30 GMT"}, None),
        ({"retry-after": "99999999999"}, 31_536_000.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "tomorrow", "date": DATE}, None),
        ({"retry-after": "Fri, 99 Nov 2026 12:01:30 GMT", "date": DATE}, None),
    ],
)
def test_a_wait_is_read_in_all_its_forms(headers: dict[str, str], expected: float | None) -> None:
    """Milliseconds first, then seconds, then a date after the answer's own."""
    assert retry_after_s(headers) == expected


def bucket(name: str, limit: str, remaining: str, reset: str) -> dict[str, str]:
    """Return the three headers of a limit."""
    values = {"limit": limit, "remaining": remaining, "reset": reset}
    return {f"anthropic-ratelimit-{name}-{part}": value for part, value in values.items()}


def test_limits_are_read_by_kind() -> None:
    """The combined `tokens` limit says nothing that the other two do not."""
    at = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
    headers = (
        bucket("requests", "1000", "999", "2026-11-20T12:00:30Z")
        | bucket("input-tokens", "2000000", "1999000", "2026-11-20T12:00:30+00:00")
        | bucket("tokens", "1", "1", "2026-11-20T12:00:30Z")
    )
    assert allowances_of(headers) == Allowances(
        requests=Allowance(1000, 999, at), input_tokens=Allowance(2_000_000, 1_999_000, at)
    )


@pytest.mark.parametrize(
    ("limit", "remaining", "reset", "expected"),
    [
        ("1000", "", "", None),
        ("", "5", "", None),
        ("many", "5", "", None),
        ("1000", "-5", "", None),
        ("nan", "5", "", None),
        ("1000", "5", "soon", Allowance(1000, 5)),
        ("1000", "5", "2026-11-20T12:00:30", Allowance(1000, 5)),
        ("1e3", "5.0", "", Allowance(1000, 5)),
    ],
)
def test_what_is_garbled_is_not_there(
    limit: str, remaining: str, reset: str, expected: Allowance | None
) -> None:
    """A limit needs both its numbers; a time without a zone is none."""
    found = allowances_of(bucket("output-tokens", limit, remaining, reset))
    assert found == (None if expected is None else Allowances(output_tokens=expected))
