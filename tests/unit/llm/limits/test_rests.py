"""The state machine of a class's rests."""

from __future__ import annotations

import pytest

from footnoted.ledger.faults import FaultKind
from footnoted.llm.limits.rests import Phase, Reason, Rest, backoff_s, told_s
from tests.fakes.stepping import fault, limited


def test_the_pause_doubles_to_ten_minutes_and_never_beyond() -> None:
    """With and without jitter."""
    assert [backoff_s(step, 0.0) for step in range(4)] == [1, 2, 4, 8]
    assert backoff_s(3, 0.5) == 10
    assert backoff_s(99, 0.99) == 600


@pytest.mark.parametrize(
    ("asked_s", "expected"),
    [(7_200.0, 7_200.0), (None, None), (0.0, None), (-3.0, None), (float("nan"), None)],
)
def test_a_pause_that_makes_no_sense_is_none(asked_s: float | None, expected: float | None) -> None:
    """Zero would have us ask again and again at once."""
    assert told_s(limited(asked_s)) == expected


def test_a_pause_for_ever_is_a_month() -> None:
    """No clock overflows."""
    assert told_s(limited(float("inf"))) == 31 * 86_400


def test_a_rest_ends_by_the_answer_to_its_one_probe() -> None:
    """Working, resting, half open, probing, working."""
    rest = Rest()
    rest.failed(limited(30), 0, 0.0, 0.0)
    assert (rest.phase(29.0), rest.phase(30.0)) == (Phase.RESTING, Phase.HALF_OPEN)
    rest.probe()
    assert rest.phase(31.0) is Phase.PROBING
    assert rest.answered(rest.epoch, 32.0, is_probe=True)
    assert rest.phase(32.0) is Phase.WORKING


def test_an_answer_to_an_older_call_does_not_end_a_rest_for_too_many_calls() -> None:
    """It was let in before."""
    rest = Rest()
    rest.failed(limited(30), 0, 0.0, 0.0)
    assert not rest.answered(0, 40.0, is_probe=False)
    assert rest.phase(40.0) is Phase.HALF_OPEN


def test_any_answer_ends_a_rest_for_a_lost_connection_once_its_time_has_passed() -> None:
    """The provider is there: one broken call among many must not hold up the others."""
    rest = Rest()
    rest.failed(fault(FaultKind.BROKEN), 0, 0.0, 0.0)
    assert not rest.answered(0, 0.5, is_probe=False)
    assert rest.answered(0, 1.5, is_probe=False)


def test_calls_that_were_out_together_fail_as_one() -> None:
    """Ten resets at once are one second of pause, not ten minutes."""
    rest = Rest()
    for _ in range(10):
        rest.failed(fault(FaultKind.OVERLOADED), 0, 0.0, 0.0)
    assert rest.left_s(0.0) == 1.0


def test_a_longer_pause_is_always_obeyed_and_a_shorter_one_is_not() -> None:
    """Of calls that were out together, the one with the longest knows best."""
    rest = Rest()
    assert rest.failed(limited(30), 0, 0.0, 0.0)
    assert rest.failed(limited(7_200), 0, 0.0, 0.0)
    assert not rest.failed(limited(60), 0, 0.0, 0.0)
    assert rest.left_s(0.0) == 7_200


def test_probes_that_fail_double_the_pause_and_an_answer_forgets_it() -> None:
    """A success is the end of the row."""
    rest, now_s = Rest(), 0.0
    for expected in (1.0, 2.0, 4.0):
        rest.failed(fault(FaultKind.UNAVAILABLE), rest.epoch, now_s, 0.0)
        assert rest.left_s(now_s) == expected
        now_s += expected
        rest.probe()
    rest.answered(rest.epoch, now_s, is_probe=True)
    rest.failed(fault(FaultKind.UNAVAILABLE), rest.epoch, now_s, 0.0)
    assert rest.left_s(now_s) == 1.0


def test_a_probe_that_told_nothing_makes_way_for_another() -> None:
    """One of an earlier rest does not."""
    rest = Rest()
    rest.failed(limited(30), 0, 0.0, 0.0)
    rest.probe()
    rest.probe_ended(rest.epoch - 1)
    assert rest.phase(30.0) is Phase.PROBING
    rest.probe_ended(rest.epoch)
    assert rest.phase(30.0) is Phase.HALF_OPEN


def test_a_rest_that_ended_while_nothing_ran_begins_with_a_probe() -> None:
    """Nobody knows whether it is over."""
    rest = Rest()
    rest.restore(-100.0, Reason("rate_limited", ""))
    assert rest.phase(0.0) is Phase.HALF_OPEN


def test_a_row_of_rests_is_warned_of_once() -> None:
    """No loop repeats a warning; short rests are no news."""
    rest = Rest()
    rest.failed(limited(5), 0, 0.0, 0.0)
    assert not rest.warns(0.0)
    rest.failed(limited(7_200), rest.epoch, 6.0, 0.0)
    assert rest.warns(6.0)
    rest.failed(limited(7_200), rest.epoch, 8_000.0, 0.0)
    assert not rest.warns(8_000.0)
