"""Bucket arithmetic: what may pass in a window, and what headers change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.ledger.faults import Allowance
from footnoted.llm.limits.buckets import Bucket

LIMIT = 600  # ten a second


def bucket(burst_s: float = 1.0, limit: int = LIMIT) -> Bucket:
    """Return a full bucket of ten."""
    return Bucket(limit, burst_s, 0.0)


def admissions(asked: list[tuple[float, float]], one: Bucket) -> list[tuple[float, float]]:
    """Return (when, amount) of calls that come after gaps and each wait for their turn."""
    now_s, passed = 0.0, list[tuple[float, float]]()
    for gap_s, amount in asked:
        now_s += gap_s
        now_s += one.wait_s(amount, now_s)
        one.take(amount, now_s)
        passed.append((now_s, amount))
    return passed


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0.1, 20)), max_size=40),
    st.sampled_from([0.5, 1.0, 2.0, 60.0]),
)
def test_no_window_passes_more_than_the_limit_and_one_burst(
    asked: list[tuple[float, float]], burst_s: float
) -> None:
    """In any window of t seconds: limit x (t + burst) / 60.

    A call too large for the bucket counts for as much as the bucket holds.
    """
    one = bucket(burst_s)
    passed = [(at, min(amount, one.capacity)) for at, amount in admissions(asked, one)]
    for first, (from_s, _) in enumerate(passed):
        total = 0.0
        for to_s, amount in passed[first:]:
            total += amount
            assert total <= LIMIT * (to_s - from_s + burst_s) / 60 + 0.1


@given(st.lists(st.floats(0.1, 20), min_size=2, max_size=40))
def test_waiting_calls_lose_no_time(amounts: list[float]) -> None:
    """Back to back, all but the first burst and the last call's debt passes at the limit's rate."""
    one = bucket()
    last_s = admissions([(0.0, amount) for amount in amounts], one)[-1][0]
    assert last_s <= sum(amounts) / (LIMIT / 60) + 1e-3


def test_a_call_larger_than_the_bucket_passes_when_the_bucket_is_full() -> None:
    """It would wait for ever otherwise; those after it wait until its debt is paid."""
    one = bucket()
    one.take(5, 0.0)
    assert one.wait_s(1_000, 0.0) == pytest.approx(0.5)
    one.take(1_000, 0.5)
    assert one.wait_s(1, 0.5) == pytest.approx(99.1)


def test_remaining_corrects_down() -> None:
    """Somebody else uses the same key."""
    one = bucket()
    one.learn(Allowance(LIMIT, 3), 0, 0.0)
    assert one.level(0.0) == 3


def test_remaining_never_raises_a_level_below_what_the_bucket_can_hold() -> None:
    """What we used is used, whatever an answer says that was on its way meanwhile."""
    one = bucket()
    one.take(8, 0.0)
    one.learn(Allowance(LIMIT, 10), 0, 0.0)
    assert one.level(0.0) == 2


def test_a_proven_burst_makes_the_bucket_larger_and_never_larger_than_the_limit() -> None:
    """The provider holds more than one second's worth: 400 less 100 unseen, less the margin."""
    one = bucket()
    one.learn(Allowance(LIMIT, 400), 100, 0.0)
    assert (one.capacity, one.level(0.0)) == (285.0, 285.0)
    one.learn(Allowance(LIMIT, 9_999), 0, 0.0)
    assert one.capacity == LIMIT


def test_a_refusal_brings_back_the_small_burst() -> None:
    """What was believed of the provider's bucket is no longer believed."""
    one = bucket()
    one.learn(Allowance(LIMIT, 600), 0, 0.0)
    one.shrink(0.0)
    assert (one.capacity, one.level(0.0)) == (10.0, 10.0)


def test_a_limit_is_learned_both_ways_and_nonsense_is_not() -> None:
    """The tier of the account is not known before."""
    one = bucket()
    assert one.learn(Allowance(1_200, 20), 20, 0.0)
    assert one.capacity == 20
    assert one.learn(Allowance(60, 1), 1, 0.0)
    assert one.capacity == 1
    assert not one.learn(Allowance(0, 0), 0, 0.0)
    assert one.limit == 60


def test_time_that_runs_backwards_refills_nothing() -> None:
    """A look into the future is no refill either."""
    one = bucket()
    one.take(10, 5.0)
    assert one.drain_s(0, 50.0) == 0
    assert one.level(5.0) == 0
    assert one.level(4.0) == 0
