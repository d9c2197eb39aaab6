"""The rest of a class of models as a state machine: it works, rests, or lets one call probe.

    working --a fault--> resting --its time has passed--> half open --one call--> probing
       ^                    ^------ the probe meets a fault of the same sort -------'  |
       '--------------------------------- an answer ----------------------------------'

Pure: the time is always given, in seconds of a clock that never goes backwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from footnoted.ledger.faults import Fault, FaultKind

_BASE_S = 1.0
_LEAST_TOLD_S = 1.0
_CAP_S = 600.0
_LONGEST_S = 31 * 86_400.0
_JITTER = 0.5
_WARNED_FROM_S = 60.0
LONGEST_DETAIL = 500

RESTING_KINDS = frozenset(
    {
        FaultKind.RATE_LIMITED,
        FaultKind.RAMP_LIMITED,
        FaultKind.OVERLOADED,
        FaultKind.UNAVAILABLE,
        FaultKind.BROKEN,
    }
)
SLOWING_KINDS = frozenset({FaultKind.RATE_LIMITED, FaultKind.RAMP_LIMITED, FaultKind.OVERLOADED})
"""Faults that say: too many at once. After the others a single answer is proof enough."""


class Phase(StrEnum):
    """Whether calls may go out."""

    WORKING = "working"
    RESTING = "resting"
    HALF_OPEN = "half_open"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a class rests: a stable code and a sentence for a person."""

    code: str
    detail: str


def backoff_s(step: int, jitter: float) -> float:
    """Return the pause after the `step`-th failure in a row (from 0): 1 s, 2 s, ... 10 min."""
    pause_s = _BASE_S * 2.0 ** min(step, 20)
    return min(_CAP_S, pause_s * (1 + _JITTER * jitter))


def told_s(fault: Fault) -> float | None:
    """Return the pause the provider asks for, or None where it asks for none that makes sense."""
    asked_s = fault.retry_after_s
    if asked_s is None or math.isnan(asked_s) or asked_s < _LEAST_TOLD_S:
        return None
    return min(asked_s, _LONGEST_S)


class Rest:
    """What one class does now, and until when.

    `epoch` counts the rests that began: a call admitted in an earlier one met the same trouble as
    those it was out with, and tells nothing new.
    """

    def __init__(self) -> None:
        """Work."""
        self.epoch = 0
        self.until_s: float | None = None
        self.reason: Reason | None = None
        self._failures = 0
        self._is_probed = False
        self._needs_probe = True
        self._was_warned = False

    def phase(self, now_s: float) -> Phase:
        """Return what holds now."""
        if self.until_s is None:
            return Phase.WORKING
        if now_s < self.until_s:
            return Phase.RESTING
        return Phase.PROBING if self._is_probed else Phase.HALF_OPEN

    def left_s(self, now_s: float) -> float:
        """Return how long the class still rests."""
        return 0.0 if self.until_s is None else max(0.0, self.until_s - now_s)

    def restore(self, until_s: float, reason: Reason) -> None:
        """Go on with a rest of an earlier process; if its time has passed, one call probes."""
        self.until_s = until_s
        self.reason = reason
        self._was_warned = True

    def probe(self) -> None:
        """Note that the one call of this window is out."""
        self._is_probed = True

    def probe_ended(self, epoch: int) -> None:
        """Note that the probe of this window told nothing: the next call probes."""
        if epoch == self.epoch:
            self._is_probed = False

    def failed(self, fault: Fault, epoch: int, now_s: float, jitter: float) -> bool:
        """Begin, extend or repeat a rest; return whether its end moved.

        Calls that were out together fail together: only the first of them counts, unless the
        provider asks for a longer pause.
        """
        asked_s = told_s(fault)
        is_late = epoch < self.epoch
        if is_late and (asked_s is None or asked_s <= self.left_s(now_s)):
            return False
        self.until_s = now_s + (backoff_s(self._failures, jitter) if asked_s is None else asked_s)
        self.reason = Reason(fault.code, fault.message[:LONGEST_DETAIL])
        self.epoch += 1
        self._failures += 0 if is_late else 1
        self._is_probed = False
        self._needs_probe = fault.kind in SLOWING_KINDS
        return True

    def answered(self, epoch: int, now_s: float, *, is_probe: bool) -> bool:
        """Note an answer; return whether it ended a rest."""
        if self.until_s is None:
            self._failures = 0
            return False
        is_proof = (is_probe and epoch == self.epoch) or not self._needs_probe
        if not is_proof or now_s < self.until_s:
            return False
        self.until_s = self.reason = None
        self._failures = 0
        self._is_probed = self._was_warned = False
        return True

    def warns(self, now_s: float) -> bool:
        """Return, once in a row of rests, whether this one is long enough to be warned of."""
        if self._was_warned or self.left_s(now_s) < _WARNED_FROM_S:
            return False
        self._was_warned = True
        return True
