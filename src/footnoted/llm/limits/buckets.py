"""Token buckets as arithmetic: no clock and no waiting here, the time is always given.

A bucket refills continuously at `limit / 60` a second up to its capacity. What is taken in any
window of `t` seconds is at most `limit * (t + burst) / 60`, where the capacity is
`limit * burst / 60`. It begins with a small burst, because a provider may hold 60 a minute as one
a second. Once an answer proves that the provider's own bucket holds more, the capacity grows to
what was proven, and the level by as much as the capacity; the level is never raised by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footnoted.ledger.faults import Allowance, Allowances
    from footnoted.llm.limits.classes import Limits

MINUTE_S = 60.0
TOLERANCE = 1e-3  # of a request or a token: what floats lose on the way
PROVEN_SHARE = 0.95  # of proven room that is used: requests arrive closer together than they left


@dataclass(frozen=True, slots=True)
class Charge:
    """What one call takes from the three buckets."""

    requests: float = 0.0
    input_tokens: float = 0.0
    output_tokens: float = 0.0

    def __add__(self, other: Charge) -> Charge:
        """Return both together."""
        return Charge(
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )

    def __sub__(self, other: Charge) -> Charge:
        """Return what is left of this without the other."""
        return Charge(
            self.requests - other.requests,
            self.input_tokens - other.input_tokens,
            self.output_tokens - other.output_tokens,
        )


class Bucket:
    """One limit: what is left of it now, in requests or tokens. It may be in debt."""

    def __init__(self, limit: int, burst_s: float, now_s: float) -> None:
        """Start full."""
        self.limit = limit
        self._start_burst_s = burst_s
        self.capacity = self._start_capacity()
        self._level = self.capacity
        self._at_s = now_s
        self._taken = 0.0

    def level(self, now_s: float) -> float:
        """Return what is left at a time; time that runs backwards refills nothing."""
        elapsed_s = max(0.0, now_s - self._at_s)
        return min(self.capacity, self._level + elapsed_s * self._rate)

    @property
    def taken(self) -> float:
        """Return all that was ever taken, less what was given back."""
        return self._taken

    def take(self, amount: float, now_s: float) -> None:
        """Take what a call needs; a negative amount gives back."""
        self._settle(now_s)
        self._level = min(self.capacity, self._level - amount)
        self._taken += amount

    def wait_s(self, amount: float, now_s: float) -> float:
        """Return how long until `amount` is there; a full bucket is enough for any amount."""
        missing = min(amount, self.capacity) - self.level(now_s)
        return missing / self._rate if missing > TOLERANCE else 0.0

    def drain_s(self, amount: float, now_s: float) -> float:
        """Return how long until `amount` has been taken by others and nothing is owed."""
        return max(0.0, amount - self.level(now_s)) / self._rate

    def learn(self, told: Allowance, unseen: float, now_s: float) -> bool:
        """Believe what an answer's headers say; return whether the limit is another than before.

        `unseen` is what was taken that the provider may not have counted when it said so.
        """
        if told.limit < 1:
            return False
        self._settle(now_s)
        changed = told.limit != self.limit
        if changed:
            self._rescale(told.limit)
        self._level = min(self._level, float(max(0, told.remaining)))
        self._grow((told.remaining - unseen) * PROVEN_SHARE)
        return changed

    def shrink(self, now_s: float) -> None:
        """Return to the small burst: the provider refused what was believed to fit."""
        self._settle(now_s)
        self.capacity = min(self.capacity, self._start_capacity())
        self._level = min(self._level, self.capacity)

    @property
    def _rate(self) -> float:
        return self.limit / MINUTE_S

    def _settle(self, now_s: float) -> None:
        self._level = self.level(now_s)
        self._at_s = max(self._at_s, now_s)

    def _start_capacity(self) -> float:
        return max(1.0, self.limit * self._start_burst_s / MINUTE_S)

    def _rescale(self, limit: int) -> None:
        self.limit = limit
        self.capacity = self._start_capacity()
        self._level = min(self._level, self.capacity)

    def _grow(self, proven: float) -> None:
        capacity = min(proven, float(self.limit))
        if capacity > self.capacity:
            self._level += capacity - self.capacity
            self.capacity = capacity


class Pool:
    """The three buckets of one class of models."""

    def __init__(self, limits: Limits, burst_s: float, now_s: float) -> None:
        """Start full, with a capacity of `burst_s` seconds."""
        self.requests = Bucket(limits.requests, burst_s, now_s)
        self.input_tokens = Bucket(limits.input_tokens, burst_s, now_s)
        self.output_tokens = Bucket(limits.output_tokens, burst_s, now_s)

    def take(self, charge: Charge, now_s: float) -> None:
        """Take a call's charge, whether it is there or not."""
        self.requests.take(charge.requests, now_s)
        self.input_tokens.take(charge.input_tokens, now_s)
        self.output_tokens.take(charge.output_tokens, now_s)

    def correct(self, charged: Charge, actual: Charge, now_s: float) -> None:
        """Put what a call really used in the place of what was charged for it."""
        self.requests.take(actual.requests - charged.requests, now_s)
        self.input_tokens.take(actual.input_tokens - charged.input_tokens, now_s)
        self.output_tokens.take(actual.output_tokens - charged.output_tokens, now_s)

    def wait_s(self, charge: Charge, now_s: float) -> float:
        """Return how long until all three buckets have what a call needs."""
        return max(
            self.requests.wait_s(charge.requests, now_s),
            self.input_tokens.wait_s(charge.input_tokens, now_s),
            self.output_tokens.wait_s(charge.output_tokens, now_s),
        )

    def drain_s(self, ahead: Charge, now_s: float) -> float:
        """Return how long until all that is `ahead` can have passed."""
        return max(
            self.requests.drain_s(ahead.requests, now_s),
            self.input_tokens.drain_s(ahead.input_tokens, now_s),
            self.output_tokens.drain_s(ahead.output_tokens, now_s),
        )

    @property
    def taken(self) -> Charge:
        """Return all that was ever taken, less what was given back."""
        buckets = (self.requests, self.input_tokens, self.output_tokens)
        return Charge(*(bucket.taken for bucket in buckets))

    def learn(self, told: Allowances, unseen: Charge, now_s: float) -> bool:
        """Believe an answer's headers; return whether a limit is another than before.

        `unseen` is what was taken that the provider may not have counted when it said so.
        """
        pairs = (
            (self.requests, told.requests, unseen.requests),
            (self.input_tokens, told.input_tokens, unseen.input_tokens),
            (self.output_tokens, told.output_tokens, unseen.output_tokens),
        )
        changes = [
            bucket.learn(allowance, amount, now_s)
            for bucket, allowance, amount in pairs
            if allowance is not None
        ]
        return any(changes)

    def shrink(self, now_s: float) -> None:
        """Return all three to their small burst."""
        for bucket in (self.requests, self.input_tokens, self.output_tokens):
            bucket.shrink(now_s)
