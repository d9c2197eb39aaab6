"""Which alert an outcome raises or ends: pure decisions; settling writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.model.outcome import Advanced, Outcome, Stopped, Waiting
from footnoted.model.status import ItemKind

if TYPE_CHECKING:
    from footnoted.model.claim import Claim

KILLS_PROCESS = "kills_process"
SOURCE_UNREACHABLE = "source_unreachable"
INDEX_REBUILT = "index_rebuilt"
SEARCH_INDEX = "search index"


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


def alert_of(claim: Claim, outcome: Outcome) -> Alert | None:
    """Return what a person should hear of an outcome, if anything."""
    match outcome:
        case Stopped() if outcome.code == KILLS_PROCESS:
            return Alert(KILLS_PROCESS, str(claim), outcome.detail)
        case Waiting() if claim.kind is ItemKind.SOURCE and outcome.reason == SOURCE_UNREACHABLE:
            return Alert(SOURCE_UNREACHABLE, str(claim), outcome.detail or outcome.reason)
        case _:
            return None


def ended_by(claim: Claim, outcome: Outcome) -> str | None:
    """Return the code of the alert about `claim` that is over with this outcome, if any."""
    is_seen = claim.kind is ItemKind.SOURCE and isinstance(outcome, Advanced)
    return SOURCE_UNREACHABLE if is_seen else None
