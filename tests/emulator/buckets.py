"""Token buckets: how much may pass per minute, what is left, and when the rest is back."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.emulator.clocks import rfc3339
from tests.emulator.errors import Refusal, RefusedError

if TYPE_CHECKING:
    from tests.emulator.configuration import Configuration, Limits, Ramp

MINUTE_S = 60.0
ROUNDING = 1_000
NEVER_RETRY_S = 60
EPSILON = 1e-6


class Bucket:
    """Refills continuously at `per_minute / 60` a second up to its capacity; may go negative."""

    def __init__(self, per_minute: int, burst_s: float, now_s: float) -> None:
        """Start full."""
        self.per_minute = per_minute
        self.capacity = max(1.0, per_minute * burst_s / MINUTE_S)
        self._rate = per_minute / MINUTE_S
        self._level = self.capacity
        self._at_s = now_s

    def level(self, now_s: float) -> float:
        """Return what is left now."""
        self._level = min(self.capacity, self._level + (now_s - self._at_s) * self._rate)
        self._at_s = now_s
        return self._level

    def take(self, amount: float, now_s: float) -> None:
        """Take what was used; a negative amount gives back."""
        self._level = min(self.capacity, self.level(now_s) - amount)

    def wait_s(self, amount: float, now_s: float) -> float:
        """Return how long until `amount` is there; infinite when it never fits."""
        missing = amount - self.level(now_s)
        if missing <= EPSILON:
            return 0.0
        return math.inf if amount > self.capacity else missing / self._rate

    def full_in_s(self, now_s: float) -> float:
        """Return how long until the bucket is full."""
        return (self.capacity - self.level(now_s)) / self._rate

    def headers(self, name: str, now_s: float, rounding: int = 1) -> dict[str, str]:
        """Return limit, remaining and reset as the three headers of `name`."""
        left = max(0.0, self.level(now_s))
        remaining = math.floor(left) if rounding == 1 else round(left / rounding) * rounding
        stem = f"anthropic-ratelimit-{name}"
        return {
            f"{stem}-limit": str(self.per_minute),
            f"{stem}-remaining": str(remaining),
            f"{stem}-reset": rfc3339(now_s + self.full_in_s(now_s)),
        }


@dataclass(slots=True)
class Pool:
    """The three buckets of one model class, and what it was let through of late."""

    requests: Bucket
    input: Bucket
    output: Bucket
    admitted: deque[tuple[float, int]]


def _limited(limiter: str, wait_s: float) -> RefusedError:
    retry_after_s = NEVER_RETRY_S if math.isinf(wait_s) else max(1, math.ceil(wait_s - EPSILON))
    message = f"This request would exceed your organization's rate limit of {limiter}."
    return RefusedError(Refusal(429, message, retry_after_s=retry_after_s, should_retry=True))


class Limiter:
    """All pools, made on first use from the configuration."""

    def __init__(self, configuration: Configuration) -> None:
        """Start with no pool."""
        self._configuration = configuration
        self._pools: dict[str, Pool] = {}
        self._singles: dict[str, Bucket] = {}

    def _limits(self, name: str) -> Limits:
        return self._configuration.limits.get(name, self._configuration.default_limits)

    def pool(self, name: str, now_s: float) -> Pool:
        """Return the pool of a model class."""
        if name not in self._pools:
            limits, burst_s = self._limits(name), self._configuration.burst_s
            sizes = (limits.rpm, limits.itpm, limits.otpm)
            self._pools[name] = Pool(*(Bucket(size, burst_s, now_s) for size in sizes), deque())
        return self._pools[name]

    def admit(self, name: str, input_tokens: int, now_s: float) -> None:
        """Take a request and its estimated input. Raises RefusedError (429) when it must wait."""
        pool = self.pool(name, now_s)
        limits = self._limits(name)
        waits = {
            f"{limits.rpm} requests per minute": pool.requests.wait_s(1, now_s),
            f"{limits.itpm} input tokens per minute": pool.input.wait_s(input_tokens, now_s),
            f"{limits.otpm} output tokens per minute": pool.output.wait_s(1, now_s),
        }
        limiter, wait_s = max(waits.items(), key=lambda pair: pair[1])
        if wait_s > 0:
            raise _limited(limiter, wait_s)
        if self._configuration.ramp is not None:
            _hold_ramp(pool.admitted, self._configuration.ramp, input_tokens, now_s)
        pool.requests.take(1, now_s)
        pool.input.take(input_tokens, now_s)
        pool.admitted.append((now_s, input_tokens))

    def admit_single(self, name: str, rpm: int, now_s: float) -> None:
        """Take one request of an endpoint that has a limit of its own. Raises RefusedError."""
        if name not in self._singles:
            self._singles[name] = Bucket(rpm, self._configuration.burst_s, now_s)
        bucket = self._singles[name]
        wait_s = bucket.wait_s(1, now_s)
        if wait_s > 0:
            limiter = f"{rpm} {name} requests per minute"
            raise _limited(limiter, wait_s)
        bucket.take(1, now_s)

    def headers(self, name: str, now_s: float) -> dict[str, str]:
        """Return the twelve headers; `tokens` repeats whichever token limit is nearer."""
        pool = self.pool(name, now_s)
        tight = min(pool.input, pool.output, key=lambda b: b.level(now_s) / b.capacity)
        return {
            **pool.requests.headers("requests", now_s),
            **pool.input.headers("input-tokens", now_s, ROUNDING),
            **pool.output.headers("output-tokens", now_s, ROUNDING),
            **tight.headers("tokens", now_s, ROUNDING),
        }


def _ramp_excess(admitted: deque[tuple[float, int]], ramp: Ramp, tokens: int, at_s: float) -> bool:
    recent = sum(count for when, count in admitted if when > at_s - MINUTE_S) + tokens
    before = sum(count for when, count in admitted if at_s - 2 * MINUTE_S < when <= at_s - MINUTE_S)
    return recent > max(ramp.floor_tokens, ramp.factor * before)


def _hold_ramp(admitted: deque[tuple[float, int]], ramp: Ramp, tokens: int, now_s: float) -> None:
    while admitted and admitted[0][0] <= now_s - 2 * MINUTE_S:
        admitted.popleft()
    if not _ramp_excess(admitted, ramp, tokens, now_s):
        return
    waits = range(1, int(2 * MINUTE_S) + 1)
    wait_s = next(
        (s for s in waits if not _ramp_excess(admitted, ramp, tokens, now_s + s)), NEVER_RETRY_S
    )
    message = "Your organization's usage grew too fast; increase it gradually."
    raise RefusedError(Refusal(429, message, "ramp_limit_exceeded", wait_s, should_retry=True))
