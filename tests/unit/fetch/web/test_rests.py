"""How long hosts rest, and when that is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from footnoted.fetch.web.hosts import Standing
from footnoted.fetch.web.rests import (
    BOT_CHECK,
    FORBIDDEN,
    RATE_LIMITED,
    UNREACHABLE,
    Refusal,
    after_refusal,
    after_success,
    booked,
    departs_at,
    is_alert,
    rests_until,
)
from tests.fakes.clock import START

NOW = START


def refused(code: str, times: int, rest_s: float | None = None) -> list[float | None]:
    """Return how long a host rests after each of some refusals, each right after the last rest."""
    standing, now, lengths = Standing(), NOW, list[float | None]()
    for _ in range(times):
        standing = after_refusal(standing, Refusal(code, "no", rest_s), now, 0.0)
        until = rests_until(standing, now)
        lengths.append(until and (until - now).total_seconds())
        now = (until or now) + timedelta(seconds=1)
    return lengths


def test_a_rest_grows_with_each_refusal_up_to_six_hours() -> None:
    """From a minute, and it doubles."""
    assert refused(RATE_LIMITED, 4) == [60, 120, 240, 480]
    assert refused(BOT_CHECK, 30)[-1] == 6 * 3600


def test_single_refusals_that_may_be_about_one_address_only_are_let_pass() -> None:
    """Three in a row are about the host."""
    assert refused(FORBIDDEN, 4) == [None, None, 60, 120]


def test_a_host_that_is_away_rests_a_quarter_of_an_hour_at_most() -> None:
    """It may be our own line that was down."""
    assert refused(UNREACHABLE, 9)[2:] == [60, 120, 240, 480, 900, 900, 900]


def test_a_host_is_taken_at_its_word_at_first() -> None:
    """Then its word is the least."""
    assert refused(RATE_LIMITED, 4, rest_s=5) == [5, 120, 240, 480]
    assert refused(RATE_LIMITED, 2, rest_s=3000) == [3000, 3000]


@pytest.mark.parametrize(("told", "rest"), [(1e12, 86_400), (0, 60), (-5, 60), (float("nan"), 60)])
def test_a_word_that_makes_no_sense_is_bounded(told: float, rest: float) -> None:
    """Ten thousand years are a day; none at all is our own minute."""
    assert refused(RATE_LIMITED, 1, rest_s=told) == [rest]


def test_refusals_of_requests_that_were_out_together_count_once() -> None:
    """Unless one of them asks for a longer rest."""
    first = after_refusal(Standing(), Refusal(RATE_LIMITED, "no"), NOW, 0.0)
    second = after_refusal(first, Refusal(RATE_LIMITED, "no"), NOW + timedelta(seconds=3), 0.0)
    assert second == first
    longer = after_refusal(first, Refusal(RATE_LIMITED, "no", 600), NOW, 0.0)
    assert (longer.failures, rests_until(longer, NOW)) == (1, NOW + timedelta(seconds=600))


def test_a_rest_is_spread() -> None:
    """By up to a quarter, so that not everything comes back in the same second."""
    standing = after_refusal(Standing(), Refusal(RATE_LIMITED, "no"), NOW, 0.9999)
    assert rests_until(standing, NOW) == NOW + timedelta(seconds=60 * (1 + 0.25 * 0.9999))


def test_a_host_must_do_well_for_as_long_as_it_rested() -> None:
    """A refusal before that makes the next rest longer."""
    rested = after_refusal(Standing(), Refusal(RATE_LIMITED, "no"), NOW, 0.0)
    assert after_success(rested, NOW + timedelta(seconds=119)) == rested
    assert after_success(rested, NOW + timedelta(seconds=120)) == Standing()


def test_refusals_without_a_rest_are_forgiven_at_once() -> None:
    """One success between them, and they are not in a row."""
    once = after_refusal(Standing(), Refusal(FORBIDDEN, "no"), NOW, 0.0)
    assert once.failures == 1
    assert after_success(once, NOW) == Standing()


def test_what_a_clock_wrote_that_went_wrong_is_not_believed() -> None:
    """Else one bad hour would end a host, or slow it down, for ten years."""
    far = NOW + timedelta(days=3650)
    standing = Standing(goes_at=far, failures=1, code="x", refused_at=far, rests_until=far)
    assert rests_until(standing, NOW) is None
    assert departs_at(standing, NOW, timedelta(seconds=1)) == NOW
    assert after_success(standing, NOW).failures == 0


def test_departures_keep_the_gap() -> None:
    """The first goes at once; what would be too far away is not booked."""
    gap, longest = timedelta(seconds=2), timedelta(seconds=3)
    first = booked(Standing(), NOW, gap, longest)
    second = booked(first, NOW, gap, longest)
    third = booked(second, NOW, gap, longest)
    assert (first.goes_at, second.goes_at, third) == (NOW, NOW + gap, second)


def test_a_host_that_rests_gives_no_departure() -> None:
    """Nor is its booking moved."""
    rests = after_refusal(Standing(goes_at=NOW), Refusal(BOT_CHECK, "no"), NOW, 0.0)
    assert booked(rests, NOW + timedelta(seconds=9), timedelta(), timedelta(days=1)) == rests


def test_a_person_hears_of_long_rests_of_hosts_that_answer() -> None:
    """Short ones are daily life, and absence is told by what waits for it."""

    def heard(code: str, seconds: float) -> bool:
        at: datetime = NOW + timedelta(seconds=seconds)
        return is_alert(Standing(None, 1, code, "", NOW, at))

    assert [heard(RATE_LIMITED, 59), heard(RATE_LIMITED, 60)] == [False, True]
    assert heard(UNREACHABLE, 900) is False
    assert is_alert(Standing()) is False
