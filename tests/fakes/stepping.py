"""A clock that jumps to the next moment somebody waits for, and who is asked by that clock."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from footnoted.db.outage import DatabaseDownError
from footnoted.ledger.faults import Allowance, Allowances, Fault, FaultKind
from tests.emulator.buckets import Limiter as EmulatedLimits
from tests.emulator.configuration import Configuration, Limits
from tests.emulator.errors import RefusedError
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from footnoted.llm.port import Usage

ROUNDS = 30
PIECE_S = 0.5


async def settle() -> None:
    """Let every task run as far as it can without time passing."""
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


class SteppingClock(FakeClock):
    """Time stands still until `step` or `run` jump to the next sleeper."""

    def due_in_s(self) -> float | None:
        """Return how long until the next sleeper wakes; None when nobody sleeps."""
        due = [due_s for due_s, _ in self._sleepers]
        return min(due) - self._monotonic_s if due else None

    async def step(self) -> bool:
        """Jump to the next sleeper; return whether there was one."""
        await settle()
        wait_s = self.due_in_s()
        if wait_s is None:
            return False
        self.advance(max(0.0, wait_s) + 1e-9)
        await settle()
        return True

    async def run(self, *works: Coroutine[Any, Any, Any]) -> list[Any]:
        """Return what `works` return, all done at once; nobody waits for real time.

        Raises what the first of them raises, and TimeoutError when one waits for nothing.
        """
        together = asyncio.gather(*works)
        while not together.done():
            if not await self.step() and not together.done():
                together.cancel()
                message = "a call waits for nothing"
                raise TimeoutError(message)
        return await together


class AwayDatabase:
    """A database that cannot be reached; `attempts` counts who tried."""

    def __init__(self) -> None:
        """Be away."""
        self.attempts = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Any]:
        """Raise DatabaseDownError."""
        self.attempts += 1
        message = "the database went away"
        raise DatabaseDownError(message)
        yield


class StrictProvider:
    """Admits, counts and refuses as the emulator's buckets do; `refused` are its 429s."""

    def __init__(self, clock: FakeClock, limits: Limits, burst_s: float) -> None:
        """Start with full buckets."""
        configuration = Configuration(default_limits=limits, burst_s=burst_s)
        self._limits = EmulatedLimits(configuration)
        self._clock = clock
        self.refused: list[Fault] = []
        self.output_tokens = 0

    async def call(self, usage: Usage, latency_s: float) -> Allowances | Fault:
        """Return what the headers of the answer say, or the fault of a refusal."""
        try:
            self._limits.admit("class", usage.input_tokens, self._clock.monotonic_s())
        except RefusedError as error:
            after_s = error.refusal.retry_after_s
            fault = limited(after_s)
            self.refused.append(fault)
            return fault
        pieces = math.ceil(latency_s / PIECE_S)
        for _ in range(pieces):  # output counts as it is produced
            await self._clock.sleep(latency_s / pieces)
            now_s = self._clock.monotonic_s()
            self._limits.pool("class", now_s).output.take(usage.output_tokens / pieces, now_s)
        now_s = self._clock.monotonic_s()
        self.output_tokens += usage.output_tokens
        return allowances_of(self._limits.headers("class", now_s))


def allowances_of(headers: dict[str, str]) -> Allowances:
    """Return what the headers of the three limits say."""

    def one(name: str) -> Allowance:
        stem = f"anthropic-ratelimit-{name}"
        return Allowance(int(headers[f"{stem}-limit"]), int(headers[f"{stem}-remaining"]))

    return Allowances(one("requests"), one("input-tokens"), one("output-tokens"))


def limited(retry_after_s: float | None = None) -> Fault:
    """Return a 429."""
    return fault(FaultKind.RATE_LIMITED, retry_after_s=retry_after_s)


def fault(kind: FaultKind, code: str = "", *, retry_after_s: float | None = None) -> Fault:
    """Return a fault of a call that was not processed."""
    name = code or kind.value
    return Fault(kind, name, f"it said: {name}", may_be_billed=False, retry_after_s=retry_after_s)
