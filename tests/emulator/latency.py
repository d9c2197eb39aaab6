"""How long a call takes: time to its first token, then a pace per token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.emulator.chance import drawn

if TYPE_CHECKING:
    from tests.emulator.cache import Split
    from tests.emulator.configuration import Latency


@dataclass(frozen=True, slots=True)
class Pace:
    """Emulated seconds before the first token, and per token after it."""

    first_token_s: float
    per_token_s: float


def pace_of(latency: Latency, split: Split, in_flight: int, *, compiles: bool, seed: str) -> Pace:
    """Return the pace of a call; the jitter is the same for the same seed."""
    jitter = 1 + drawn(seed, "latency").uniform(-latency.jitter, latency.jitter)
    crowd = 1 + latency.slowdown_per_call * max(0, in_flight - 1)
    first = (
        latency.base_s
        + latency.per_uncached_token_s * split.uncached
        + latency.per_cached_token_s * split.read
        + (latency.grammar_compile_s if compiles else 0.0)
    )
    per_token = 1 / latency.tokens_per_s if latency.tokens_per_s else 0.0
    return Pace(first * jitter * crowd, per_token * jitter * crowd)
