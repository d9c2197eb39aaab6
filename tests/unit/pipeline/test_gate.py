"""What becomes of an item, as tables of decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from footnoted.errors import (
    BudgetExceededError,
    ContractViolationError,
    PermanentError,
    TransientError,
    UsageError,
)
from footnoted.model.claim import Claim
from footnoted.model.outcome import Advanced, Failed, Lost, Stopped, Waiting
from footnoted.model.status import ItemKind
from footnoted.pipeline import gate
from footnoted.pipeline.guard import TimeLimitError
from tests.fakes.clock import START

LIMITS = gate.Limits()
NOW = gate.Moment(START, jitter=0.0)


def claim(**changes: object) -> Claim:
    """Return a claim of video 7 at `discovered`."""
    values: dict[str, object] = {"profile": "p", "status": "discovered", "fence": 1, **changes}
    return Claim(ItemKind.VIDEO, 7, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            TransientError("away", wait_reason="index", retry_after_s=10),
            Waiting(START + timedelta(seconds=10), "index", "away"),
        ),
        (
            TransientError("away", wait_reason="index"),
            Waiting(START + timedelta(seconds=60), "index", "away"),
        ),
        (
            BudgetExceededError("cap", until=START + timedelta(hours=1)),
            Waiting(START + timedelta(hours=1), "budget", "cap"),
        ),
        (
            PermanentError("no words", failure_code="transcript_empty"),
            Stopped("failed", "transcript_empty", "no words"),
        ),
        (ContractViolationError("bad json"), Failed("contract_violation", "bad json")),
        (TimeLimitError("too long"), Failed("time_limit", "too long")),
        (TimeoutError("peer"), Failed("unexpected", "TimeoutError: peer")),
        (UsageError("wrong"), Failed("usage", "wrong")),
        (KeyError("x"), Failed("unexpected", "KeyError: 'x'")),
    ],
)
def test_each_error_means_one_outcome(error: Exception, expected: object) -> None:
    """Waits never spend attempts; only a bad answer, a time-out or a bug does."""
    assert gate.judge(error, NOW, LIMITS) == expected


def test_a_wait_spends_no_attempt() -> None:
    """The attempts of the claim are kept and the item stays where it is."""
    outcome = Waiting(START + timedelta(minutes=5), "captions")
    changed = gate.change(claim(attempts=2), outcome, NOW, LIMITS)
    assert changed is not None
    assert (changed.status, changed.attempts, changed.wait_reason) == ("discovered", 2, "captions")
    assert changed.not_before == START + timedelta(minutes=5)


def test_a_wait_that_goes_on_keeps_its_first_deadline_and_is_no_news() -> None:
    """Waiting again for the same thing must not push the deadline away."""
    first = START + timedelta(hours=1)
    waited = claim(wait_reason="captions", deadline=first)
    outcome = Waiting(START, "captions", deadline=START + timedelta(hours=9))
    changed = gate.change(waited, outcome, NOW, LIMITS)
    assert changed is not None
    assert (changed.deadline, changed.is_news) == (first, False)


def test_a_wait_for_something_else_starts_its_own_deadline() -> None:
    """A deadline belongs to one reason."""
    waited = claim(wait_reason="live", deadline=START + timedelta(hours=1))
    later = START + timedelta(hours=9)
    changed = gate.change(waited, Waiting(START, "captions", deadline=later), NOW, LIMITS)
    assert changed is not None
    assert (changed.deadline, changed.is_news) == (later, True)


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (None, "waited for captions until 2026-03-01 12:00 UTC in vain"),
        ("none yet", "waited for captions until 2026-03-01 12:00 UTC in vain: none yet"),
    ],
)
def test_a_wait_past_its_deadline_fails_and_says_so(detail: str | None, said: str) -> None:
    """The item gets one last look at its deadline, then ends with the reason."""
    waited = claim(wait_reason="captions", deadline=START)
    changed = gate.change(waited, Waiting(START, "captions", detail), NOW, LIMITS)
    assert changed is not None
    assert (changed.status, changed.failure_code) == ("failed", "captions_deadline")
    assert changed.failure_detail == said


def test_a_wait_is_never_set_in_the_past() -> None:
    """A stage that says `until` yesterday means now."""
    outcome = Waiting(START - timedelta(days=1), "captions")
    changed = gate.change(claim(), outcome, NOW, LIMITS)
    assert changed is not None
    assert changed.not_before == START


def test_an_advance_clears_everything_but_the_status() -> None:
    """A new milestone starts with no wait, no failure and no attempts."""
    waited = claim(attempts=2, wait_reason="backoff", deadline=START)
    assert gate.change(waited, Advanced("transcribed"), NOW, LIMITS) == gate.Change(
        "transcribed", "stage.advanced"
    )


def test_failures_back_off_and_then_stop() -> None:
    """The third failed attempt of three ends the item under the error's own code."""
    codes = []
    for attempts in range(3):
        changed = gate.change(claim(attempts=attempts), Failed("bad", "why"), NOW, LIMITS)
        assert changed is not None
        codes.append((changed.status, changed.attempts, changed.wait_reason, changed.failure_code))
    assert codes == [
        ("discovered", 1, "backoff", None),
        ("discovered", 2, "backoff", None),
        ("failed", 3, None, "bad"),
    ]


@pytest.mark.parametrize(
    ("attempts", "jitter", "expected_s"),
    [(1, 0.0, 15.0), (1, 1.0, 30.0), (2, 0.0, 30.0), (3, 0.5, 90.0), (20, 1.0, 3600.0)],
)
def test_backoff_is_exponential_capped_and_half_jitter(
    attempts: int, jitter: float, expected_s: float
) -> None:
    """Base 30 s doubles up to an hour; jitter takes off at most half."""
    assert gate.backoff_s(attempts, jitter, LIMITS) == expected_s


def test_a_lost_claim_changes_nothing() -> None:
    """Whoever lost the fence writes nothing at all."""
    assert gate.change(claim(), Lost(), NOW, LIMITS) is None


def test_skipped_is_an_end_without_a_failure() -> None:
    """A filter that leaves an item out is not a fault of the item."""
    changed = gate.change(claim(), Stopped("skipped", "filtered", "too short"), NOW, LIMITS)
    assert changed is not None
    assert (changed.status, changed.failure_code, changed.failure_detail) == (
        "skipped",
        None,
        "too short",
    )


@pytest.mark.parametrize(("crashes", "expected"), [(0, None), (4, None), (5, "kills_process")])
def test_an_item_that_keeps_killing_the_process_is_stopped(
    crashes: int, expected: str | None
) -> None:
    """One crash in company and two alone are enough."""
    stopped = gate.before(claim(crashes=crashes), LIMITS)
    assert (stopped.code if stopped else None) == expected


def test_details_are_bounded_and_storable() -> None:
    """A detail of any length and content fits its column."""
    outcome = Stopped("failed", "odd", "a\x00b" + "x" * 5_000)
    changed = gate.change(claim(), outcome, NOW, LIMITS)
    assert changed is not None
    assert changed.failure_detail is not None
    assert len(changed.failure_detail) == gate.DETAIL_LIMIT
    assert changed.failure_detail.startswith("a\N{REPLACEMENT CHARACTER}b")
