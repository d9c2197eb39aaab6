"""What should become of an item: pure decisions from a claim, an outcome or an error, and a time.

`before` decides whether a claimed item may run. `judge` turns an error into an outcome. `change`
turns an outcome into what the row will hold; the store writes exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from footnoted.db.texts import storable
from footnoted.errors import (
    BudgetExceededError,
    ContractViolationError,
    FootnotedError,
    PermanentError,
    TransientError,
)
from footnoted.model import status as statuses
from footnoted.model.outcome import Advanced, Failed, Lost, Outcome, Stopped, Waiting

if TYPE_CHECKING:
    from footnoted.model.claim import Claim

DETAIL_LIMIT = 2_000
"""Characters of a failure's detail that are kept: enough for a person, bounded for the table."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient the machine is. `crash_limit` crashes of the process quarantine an item.

    Not fewer: a process that is killed from outside every few seconds, as soon as it is up, looks
    for a while as if its first item killed it.
    """

    max_attempts: int = 3
    backoff_base_s: float = 30.0
    backoff_cap_s: float = 3_600.0
    default_wait_s: float = 60.0
    crash_limit: int = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is made, with the jitter (in [0, 1)) to spread retries by."""

    now: datetime
    jitter: float


@dataclass(frozen=True, slots=True)
class Change:
    """What an item's row will hold after this tick, and the event that tells of it."""

    status: str
    event: str
    wait_reason: str | None = None
    wait_detail: str | None = None
    not_before: datetime | None = None
    deadline: datetime | None = None
    attempts: int = 0
    failure_code: str | None = None
    failure_detail: str | None = None
    is_news: bool = True


def before(claim: Claim, limits: Limits) -> Stopped | None:
    """Return why the item must not run at all, or None when it may."""
    if claim.crashes < limits.crash_limit:
        return None
    detail = (
        f"the process died {claim.crashes} times while working on {claim}, at last with nothing"
        " else running; look at the log of that time, then `footnoted retry` it"
    )
    return Stopped(statuses.QUARANTINED, "kills_process", detail)


def judge(error: Exception, moment: Moment, limits: Limits) -> Outcome:
    """Return the outcome an error means: a wait, the end, or a spent attempt."""
    match error:
        case TransientError(until=datetime() as until):
            spread = timedelta(seconds=limits.default_wait_s * moment.jitter)
            return Waiting(max(until, moment.now) + spread, error.wait_reason, error.message)
        case TransientError():
            wait_s = error.retry_after_s or limits.default_wait_s
            until = moment.now + timedelta(seconds=wait_s * (1 + 0.1 * moment.jitter))
            return Waiting(until, error.wait_reason, error.message)
        case BudgetExceededError():
            return Waiting(error.until, "budget", error.message)
        case PermanentError():
            return Stopped(statuses.FAILED, error.failure_code, error.message)
        case ContractViolationError():
            return Failed(error.code, error.message)
        case FootnotedError():
            return Failed(error.code, error.message)
        case _:
            return Failed("unexpected", f"{type(error).__name__}: {error}")


def change(claim: Claim, outcome: Outcome, moment: Moment, limits: Limits) -> Change | None:
    """Return what the row becomes, or None for a lost claim, which writes nothing."""
    match outcome:
        case Advanced():
            return Change(outcome.to, "stage.advanced")
        case Waiting():
            return _waiting(claim, outcome, moment)
        case Stopped():
            return _stopped(claim, outcome)
        case Failed():
            return _failed(claim, outcome, moment, limits)
        case Lost():
            return None
        case _ as never:
            assert_never(never)


def _waiting(claim: Claim, outcome: Waiting, moment: Moment) -> Change:
    goes_on = claim.wait_reason == outcome.reason
    holds = goes_on and claim.deadline is not None and not outcome.moves
    deadline = claim.deadline if holds else outcome.deadline
    if deadline is not None and moment.now >= deadline:
        detail = f"waited for {outcome.reason} until {deadline:%Y-%m-%d %H:%M} UTC in vain"
        if outcome.detail:
            detail = f"{detail}: {outcome.detail}"
        return _stopped(claim, Stopped(statuses.FAILED, f"{outcome.reason}_deadline", detail))
    return Change(
        claim.status,
        "stage.waited",
        wait_reason=outcome.reason,
        wait_detail=_short(outcome.detail),
        not_before=max(outcome.until, moment.now),
        deadline=deadline,
        attempts=claim.attempts,
        is_news=not goes_on,
    )


def _stopped(claim: Claim, outcome: Stopped) -> Change:
    return Change(
        outcome.status,
        "stage.stopped",
        attempts=claim.attempts,
        failure_code=outcome.code if outcome.status in _FAILURES else None,
        failure_detail=_short(outcome.detail),
    )


_FAILURES = (statuses.FAILED, statuses.QUARANTINED)


def _failed(claim: Claim, outcome: Failed, moment: Moment, limits: Limits) -> Change:
    attempts = claim.attempts + 1
    if attempts >= limits.max_attempts:
        spent = Stopped(statuses.FAILED, outcome.code, f"{outcome.detail} ({attempts} attempts)")
        stopped = _stopped(claim, spent)
        return Change(
            stopped.status,
            "stage.failed",
            attempts=attempts,
            failure_code=stopped.failure_code,
            failure_detail=stopped.failure_detail,
        )
    return Change(
        claim.status,
        "stage.failed",
        wait_reason="backoff",
        wait_detail=_short(f"{outcome.code}: {outcome.detail}"),
        not_before=moment.now + timedelta(seconds=backoff_s(attempts, moment.jitter, limits)),
        attempts=attempts,
    )


def backoff_s(attempts: int, jitter: float, limits: Limits) -> float:
    """Return seconds to wait after `attempts` failures: exponential, capped, half of it jitter."""
    full = min(limits.backoff_base_s * 2.0 ** (attempts - 1), limits.backoff_cap_s)
    return full * (0.5 + 0.5 * jitter)


def _short(detail: str | None) -> str | None:
    return detail if detail is None else storable(detail)[:DETAIL_LIMIT]


EXPECTED_ERRORS = (FootnotedError,)
"""Errors that tell everything in their sentence; any other is logged with its traceback."""
