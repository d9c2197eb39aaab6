"""Which budgets a call is charged to, and what it means when one has no room: pure decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from footnoted.errors import BudgetExceededError, TransientError
from footnoted.ledger.dollars import dollars

SETTLING_WAIT_S = 5.0
"""Seconds until a call looks again whether reservations of others made room."""


class Scope(StrEnum):
    """What a cap is about. Days and months are UTC; `run` is one run of the program.

    `plan` is one plan of redoing, over all runs of the program.
    """

    DAY = "day"
    MONTH = "month"
    SOURCE_DAY = "source_day"
    RUN = "run"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Caps:
    """The most each scope may cost (USD); None is without a cap. A run is told by its id."""

    day: Decimal | None = None
    month: Decimal | None = None
    source_day: Decimal | None = None
    run: Decimal | None = None
    run_id: str = ""

    def with_source(self, own: Decimal | None) -> Caps:
        """Return these caps with a source's own beside the one of all sources: the lower holds."""
        both = [cap for cap in (self.source_day, own) if cap is not None]
        return replace(self, source_day=min(both, default=None))


@dataclass(frozen=True, slots=True)
class Charge:
    """One budget row that a call holds money of; no cap, no limit."""

    scope: Scope
    key: str
    cap: Decimal | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a budget row has (USD): spent, held by calls on their way, and held by lost ones."""

    spent: Decimal
    reserved: Decimal
    unknown: Decimal


@dataclass(frozen=True, slots=True)
class PlanCap:
    """A plan that an item is redone under: the most that it may cost (USD).

    Once it has cost `stop_at`, it begins no further call; those on their way may go beyond that.
    """

    plan_id: int
    cap: Decimal | None
    stop_at: Decimal | None = None


def charges_of(
    caps: Caps, now: datetime, source_id: int | None, plan: PlanCap | None = None
) -> tuple[Charge, ...]:
    """Return the budgets of a call made now; always in the same order."""
    now = now.astimezone(UTC)
    charges = [
        Charge(Scope.DAY, f"{now:%Y-%m-%d}", caps.day),
        Charge(Scope.MONTH, f"{now:%Y-%m}", caps.month),
    ]
    if source_id is not None:
        charges.append(Charge(Scope.SOURCE_DAY, f"{source_id}/{now:%Y-%m-%d}", caps.source_day))
    if caps.run_id:
        charges.append(Charge(Scope.RUN, caps.run_id, caps.run))
    if plan is not None:
        charges.append(Charge(Scope.PLAN, str(plan.plan_id), plan.cap))
    return tuple(charges)


def plan_refusal(plan: PlanCap, spent: Decimal, now: datetime) -> CapReachedError | None:
    """Return that a plan has cost what it was thought to, and a person is to agree to more."""
    if plan.stop_at is None or spent < plan.stop_at:
        return None
    charge = Charge(Scope.PLAN, str(plan.plan_id), plan.stop_at)
    message = (
        f"plan {plan.plan_id} has cost {dollars(spent)}, as much as was forecast:"
        f" `footnoted reprocess --plan {plan.plan_id} --max-usd` lets it go on"
    )
    return CapReachedError(message, charge, until=next_room(Scope.PLAN, now))


def refusal(
    charge: Charge, standing: Standing, amount: Decimal, now: datetime
) -> BudgetExceededError | TransientError:
    """Return what it means that `amount` did not fit into a budget.

    Where only reservations that will settle are in the way, it is a wait for them; else a wait for
    the next day or month. A run's cap never comes back, so its error says `now`.
    """
    cap = charge.cap if charge.cap is not None else Decimal(0)
    if standing.spent + standing.unknown + amount <= cap:
        message = f"{_name(charge)} has room for the call when others that are on their way settle"
        return TransientError(message, wait_reason="budget_reserved", retry_after_s=SETTLING_WAIT_S)
    held = f", {dollars(standing.unknown)} held for lost answers" if standing.unknown else ""
    message = (
        f"{_name(charge)} of {dollars(cap)} has no room for a call of up to {dollars(amount)}:"
        f" {dollars(standing.spent)} spent{held}"
    )
    return CapReachedError(message, charge, until=next_room(charge.scope, now))


class CapReachedError(BudgetExceededError):
    """A cap is used up; `charge` says which."""

    def __init__(self, message: str, charge: Charge, *, until: datetime) -> None:
        """Carry the budget that has no room, and when it next has."""
        super().__init__(message, until=until, concerns=f"{charge.scope} {charge.key}")
        self.charge = charge


def next_room(scope: Scope, now: datetime) -> datetime:
    """Return when a budget of this scope is new again."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    match scope:
        case Scope.MONTH:
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        case Scope.RUN:
            return now
        case _:
            return day + timedelta(days=1)


def _name(charge: Charge) -> str:
    match charge.scope:
        case Scope.DAY:
            return "the daily cap"
        case Scope.MONTH:
            return "the monthly cap"
        case Scope.SOURCE_DAY:
            return f"the daily cap of source {charge.key.partition('/')[0]}"
        case Scope.PLAN:
            return f"the cap of plan {charge.key}"
        case _:
            return "the cap of this run"
