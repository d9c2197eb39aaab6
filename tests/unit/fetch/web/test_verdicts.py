"""What the status of an answer means."""

from __future__ import annotations

import pytest

from footnoted.fetch.web.verdicts import Fate, judge, retry_after_s
from tests.fakes.clock import START

TABLE = [
    (200, {}, Fate.TAKEN, None),
    (204, {}, Fate.TAKEN, None),
    (304, {}, Fate.UNCHANGED, None),
    (400, {}, Fate.REFUSED, None),
    (401, {}, Fate.REFUSED, None),
    (403, {}, Fate.REFUSED, "forbidden"),
    (403, {"cf-mitigated": "challenge"}, Fate.LATER, "bot_check"),
    (404, {}, Fate.GONE, None),
    (408, {}, Fate.LATER, None),
    (410, {}, Fate.GONE, None),
    (429, {}, Fate.LATER, "rate_limited"),
    (451, {}, Fate.REFUSED, None),
    (500, {}, Fate.LATER, "unreachable"),
    (503, {}, Fate.LATER, "unreachable"),
    (503, {"retry-after": "5"}, Fate.LATER, "unavailable"),
    (503, {"cf-mitigated": "challenge"}, Fate.LATER, "bot_check"),
    (599, {}, Fate.LATER, "unreachable"),
    (300, {}, Fate.REFUSED, None),
    (999, {}, Fate.LATER, "unreachable"),
]


@pytest.mark.parametrize(("status", "headers", "fate", "held"), TABLE)
def test_each_status_has_its_meaning(
    status: int, headers: dict[str, str], fate: Fate, held: str | None
) -> None:
    """For who asked, and for the host."""
    verdict = judge(status, headers, START, is_conditional=True)
    assert (verdict.fate, verdict.held) == (fate, held)
    assert bool(verdict.why) == (fate not in (Fate.TAKEN, Fate.UNCHANGED))


def test_nothing_is_unchanged_that_was_not_asked_for_so() -> None:
    """There is no body to fall back to."""
    assert judge(304, {}, START, is_conditional=False).fate is Fate.REFUSED


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        (" 7 ", 7),
        ("-1", None),
        ("1e9", None),
        ("9" * 400, None),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None),
        ("Sun, 01 Mar 2026 12:01:00", 60),
        ("tomorrow", None),
    ],
)
def test_the_time_to_come_back_is_read_in_both_ways(
    value: str | None, seconds: float | None
) -> None:
    """Seconds or a date; nonsense asks for nothing."""
    assert retry_after_s(value, START) == seconds
