"""Time, sleep and randomness as one injected thing, so that no test waits and none is random."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the machine needs to know of time."""

    def now(self) -> datetime:
        """Return the time now, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds from an arbitrary start that never go backwards."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        ...

    def jitter(self) -> float:
        """Return a number in [0, 1) to spread retries with."""
        ...


class SystemClock:
    """The clock of the machine footnoted runs on."""

    def __init__(self) -> None:
        """Seed the jitter from the system."""
        self._random = random.SystemRandom()

    def now(self) -> datetime:
        """Return the time now, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return the monotonic clock in seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        await asyncio.sleep(seconds)

    def jitter(self) -> float:
        """Return a number in [0, 1)."""
        return self._random.random()
