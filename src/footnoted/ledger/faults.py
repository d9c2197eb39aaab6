"""What can go wrong with a call, as values: an adapter tells, the gateway and the limits act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read by tools
from enum import StrEnum

from footnoted.errors import FootnotedError, TransientError


class FaultKind(StrEnum):
    """What a fault means for the calls after it.

    `rate_limited` and `ramp_limited`: this model's class rests. `overloaded` and `unavailable`: the
    provider is in trouble. `broken`: an answer began and was lost or can't be read. `stopped`: no
    call can succeed until a person acts (key, credit, spend limit). `rejected`: this request can
    never succeed with this model. `too_large`: nor can it, unless it is made smaller.
    """

    RATE_LIMITED = "rate_limited"
    RAMP_LIMITED = "ramp_limited"
    OVERLOADED = "overloaded"
    UNAVAILABLE = "unavailable"
    BROKEN = "broken"
    STOPPED = "stopped"
    REJECTED = "rejected"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Allowance:
    """One bucket as an answer's headers tell it: per minute, what is left, when it is full."""

    limit: int
    remaining: int
    full_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowances:
    """What the headers of an answer say about the limits; None where they say nothing."""

    requests: Allowance | None = None
    input_tokens: Allowance | None = None
    output_tokens: Allowance | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call gave no answer. `code` is stable and may be stored; `message` is for a person.

    `may_be_billed` is False only where it is certain that nothing was processed.
    """

    kind: FaultKind
    code: str
    message: str
    may_be_billed: bool
    retry_after_s: float | None = None
    allowances: Allowances | None = None
    provider_request_id: str | None = None


class CallFailedError(FootnotedError):
    """A call gave no answer that could be journaled as one; it carries the fault."""

    code = "call_failed"

    def __init__(self, fault: Fault) -> None:
        """Carry `fault`."""
        super().__init__(fault.message)
        self.fault = fault


_WAIT_REASONS = {
    FaultKind.RATE_LIMITED: "rate_limited",
    FaultKind.RAMP_LIMITED: "rate_limited",
    FaultKind.OVERLOADED: "provider_resting",
    FaultKind.UNAVAILABLE: "provider_resting",
    FaultKind.BROKEN: "provider_resting",
    FaultKind.STOPPED: "provider_stopped",
}
_SHORTEST_WAIT_S = 1.0


def wait_of(fault: Fault) -> TransientError | None:
    """Return the wait a fault means; None where this request can never succeed.

    How long the provider rests is for the limits to say, when the item asks again.
    """
    reason = _WAIT_REASONS.get(fault.kind)
    if reason is None:
        return None
    wait_s = max(fault.retry_after_s or 0.0, _SHORTEST_WAIT_S)
    return TransientError(fault.message, wait_reason=reason, retry_after_s=wait_s)
