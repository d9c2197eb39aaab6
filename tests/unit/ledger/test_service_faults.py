"""What a paid service's answer means, whichever service it is."""

from __future__ import annotations

import pytest

from footnoted.ledger.faults import FaultKind
from footnoted.ledger.service_faults import ServiceFaults

FAULTS = ServiceFaults("the embedding server")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7.0),
        (
            {
                "retry-after": "Sat, 21 Nov 2026 12:00:30 GMT",
                "date": "Sat, 21 Nov 2026 12:00:00 GMT",
            },
            30.0,
        ),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_a_wait_is_read_in_either_form(headers: dict[str, str], expected: float | None) -> None:
    """Seconds, or a date that counts from the answer's own; anything else says nothing."""
    fault = FAULTS.of_status(429, headers, "")
    assert (fault.kind, fault.retry_after_s) == (FaultKind.RATE_LIMITED, expected)


def test_a_limit_that_means_no_credit_stops_every_call() -> None:
    """The status is that of a rate limit; the words are not."""
    fault = FAULTS.of_status(429, {}, '{"error": {"message": "insufficient_quota"}}')
    assert (fault.kind, fault.code) == (FaultKind.STOPPED, "credit_missing")
    assert fault.message == "the embedding server answered 429: insufficient_quota"
