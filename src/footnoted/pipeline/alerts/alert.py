"""Which alert an outcome raises or ends: pure decisions; settling writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.ledger.dollars import dollars
from footnoted.model.outcome import Advanced, Outcome, Stopped, Waiting
from footnoted.model.status import ItemKind

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from footnoted.model.claim import Claim

KILLS_PROCESS = "kills_process"
SOURCE_UNREACHABLE = "source_unreachable"
SOURCE_FAILED = "source_failed"
SOURCE_SILENT = "source_silent"
HOST_BLOCKED = "host_blocked"
INDEX_REBUILT = "index_rebuilt"
SEARCH_INDEX = "search index"
PROVIDER_STOPPED = "provider_stopped"
COST_CAP_REACHED = "cost_cap_reached"
CALL_COST_MORE = "call_cost_more"
BATCH_OVERDUE = "batch_overdue"
SPENDING_UNKNOWN = "spending_unknown"
MODEL_PROVIDER = "model provider"
MODEL_PRICES = "model prices"
LOST_ANSWERS = "lost answers"
EVERY_RUN = "run %"
"""The pattern of what the alerts of caps of single runs concern."""
UNFELT_AFTER = timedelta(minutes=10)
"""How long after a refusal the alert of a cap stays although nothing waits: what asked for the call
may ask again, or wait as soon as its other calls have ended."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should look at; one per code and thing it concerns."""

    code: str
    concerns: str
    message: str


def index_rebuilt(documents: int) -> Alert:
    """Return the alert of an index that was missing or broken; the next good start ends it."""
    message = (
        f"it was missing or broken at the start and was built again from {documents} documents;"
        " if this happens again, look at the disk and at what else writes there"
    )
    return Alert(INDEX_REBUILT, SEARCH_INDEX, message)


def provider_stopped(code: str, detail: str) -> Alert:
    """Return the alert of a provider that takes no call until a person acts.

    It concerns MODEL_PROVIDER; the first call that is answered should end it.
    """
    message = f"no paid call is made ({code}): {detail}"
    return Alert(PROVIDER_STOPPED, MODEL_PROVIDER, message)


def cost_cap_reached(scope: str, key: str, cap: Decimal) -> Alert:
    """Return the alert of a budget without room; `scope` and `key` are those of its row.

    It ends with its day or month, that of a run with the next run, and when nothing waits for it
    any more; until then it is one alert however many calls wait.
    """
    message = (
        f"the cap of {dollars(cap)} leaves no room for the next call; work that needs one waits"
    )
    return Alert(COST_CAP_REACHED, f"{scope} {key}", message)


def call_cost_more(call_id: int, reserved: Decimal, cost: Decimal) -> Alert:
    """Return the alert of a call that cost more than was reserved for it (both USD).

    All such calls are one alert, which counts them and names the last; a person ends it.
    """
    message = (
        f"call {call_id} cost {dollars(cost)} and {dollars(reserved)} was reserved for it: the"
        " prices or limits that reservations are made from are not those of the provider"
    )
    return Alert(CALL_COST_MORE, MODEL_PRICES, message)


def spending_unknown(n: int, usd: Decimal) -> Alert:
    """Return the alert of `n` calls that were sent and never answered, held at `usd` together."""
    what = (
        "1 call may have been billed and its answer was"
        if n == 1
        else (f"{n} calls may have been billed and their answers were")
    )
    message = (
        f"{what} lost; {dollars(usd)} stays held in the budgets until you compare with the"
        " provider's own books"
    )
    return Alert(SPENDING_UNKNOWN, LOST_ANSWERS, message)


def batch_overdue(batch: int, provider_id: str | None, calls: int) -> Alert:
    """Return the alert of a batch that should have ended by now; its end ends it."""
    name = provider_id or "whose name at the provider was never heard"
    message = (
        f"{calls} calls were sent in a batch ({name}) that should have ended within a day, and the"
        " provider has not said so; what waits for it goes on waiting, and its money stays held"
    )
    return Alert(BATCH_OVERDUE, f"batch {batch}", message)


def source_silent(source_id: int, title: str, days: int) -> Alert:
    """Return the alert of a source that published regularly and fell silent; news of it end it."""
    message = (
        f"{title} has published nothing for {days} days, which is not like it: it may have ended,"
        " moved, or hide its items from us"
    )
    return Alert(SOURCE_SILENT, f"source {source_id}", message)


def folder_silent(source_id: int, title: str, days: int) -> Alert:
    """Return the alert of a folder that got something regularly and does no more; news end it."""
    message = (
        f"{title} has had nothing new for {days} days, which is not like it: what writes there may"
        " have stopped, or writes elsewhere now"
    )
    return Alert(SOURCE_SILENT, f"source {source_id}", message)


def host_blocked(host: str, code: str, detail: str, until: datetime) -> Alert:
    """Return the alert of a host that refuses us and is left alone for a while."""
    message = (
        f"it refuses us ({code}) and is left alone until {until:%Y-%m-%d %H:%M} UTC; what needs it"
        f" waits: {detail}"
    )
    return Alert(HOST_BLOCKED, host, message)


def caps_in_force(now: datetime) -> list[str]:
    """Return patterns (LIKE) of what the alerts of caps concern that may still be reached now."""
    day, month = f"{now:%Y-%m-%d}", f"{now:%Y-%m}"
    return [f"day {day}", f"source\\_day %/{day}", f"month {month}", "plan %"]


def alert_of(claim: Claim, outcome: Outcome) -> Alert | None:
    """Return what a person should hear of an outcome, if anything."""
    match outcome:
        case Stopped() if outcome.code == KILLS_PROCESS:
            return Alert(KILLS_PROCESS, str(claim), outcome.detail)
        case Stopped() if claim.kind is ItemKind.SOURCE:
            return Alert(SOURCE_FAILED, str(claim), f"{outcome.code}: {outcome.detail}")
        case Waiting() if claim.kind is ItemKind.SOURCE and outcome.reason == SOURCE_UNREACHABLE:
            return Alert(SOURCE_UNREACHABLE, str(claim), outcome.detail or outcome.reason)
        case _:
            return None


def ended_by(claim: Claim, outcome: Outcome) -> tuple[str, ...]:
    """Return the codes of the alerts about `claim` that are over with this outcome."""
    is_seen = claim.kind is ItemKind.SOURCE and isinstance(outcome, Advanced)
    return (SOURCE_UNREACHABLE, SOURCE_FAILED) if is_seen else ()
