"""What a call asks of the limits, what it is given, and how far waiting may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnoted.llm.limits.buckets import Charge


@dataclass(frozen=True, slots=True)
class Demand:
    """One call as it is estimated: uncached input, the answer, and what the estimates learn by."""

    model: str
    input_tokens: int
    output_tokens: int
    stage: str = ""
    prompt_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far the limiter goes.

    A call whose turn is more than `max_wait_s` away is parked at once. One that waits for what
    nobody can foretell (a free place, a probe's answer) is parked after `patience_s`. At most
    `max_concurrent` calls of a class are out, `start_concurrent` at first: the lowest paid tier's
    400,000 output tokens a minute are 56 answers at 120 tokens a second, and 95 at 70. `burst_s` is
    how many seconds of a limit may be used at once before an answer has told how many.
    """

    max_wait_s: float = 60.0
    patience_s: float = 120.0
    max_concurrent: int = 128
    start_concurrent: int = 64
    burst_s: float = 0.5


@dataclass(slots=True, eq=False)
class Ticket:
    """One admitted call; hand it back once, by `answered`, `failed` or `withdraw`.

    `epoch` is the class's rest it came after, `seen` what the provider must have counted by then.
    """

    demand: Demand
    model_class: str
    charge: Charge
    seen: Charge
    epoch: int
    is_probe: bool
    probes_stop: bool
    is_open: bool = True
