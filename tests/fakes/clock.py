"""A clock that only moves when it is told to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FakeClock:
    """Time stands still until `advance`; sleepers wake when their time has come."""

    def __init__(self, now: datetime = START) -> None:
        """Start at `now`, with no jitter."""
        self._now = now
        self._monotonic_s = 0.0
        self.jitter_value = 0.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []
        self._slept_on = asyncio.Event()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds
        for sleeper in [one for one in self._sleepers if one[0] <= self._monotonic_s]:
            self._sleepers.remove(sleeper)
            sleeper[1].set()

    def now(self) -> datetime:
        """Return the time as it stands."""
        return self._now

    def monotonic_s(self) -> float:
        """Return seconds since the clock was made."""
        return self._monotonic_s

    async def sleep(self, seconds: float) -> None:
        """Return when `advance` has let `seconds` pass."""
        sleeper = (self._monotonic_s + seconds, asyncio.Event())
        self._sleepers.append(sleeper)
        self._slept_on.set()
        try:
            await sleeper[1].wait()
        finally:
            if sleeper in self._sleepers:  # who gives up waiting is forgotten
                self._sleepers.remove(sleeper)

    async def until_slept_on(self, task: asyncio.Task[object], within_s: float = 30.0) -> None:
        """Return when somebody sleeps, or when `task` has ended; time stands still meanwhile."""
        if not self._sleepers:
            self._slept_on.clear()
            waiting = asyncio.create_task(self._slept_on.wait())
            await asyncio.wait(
                {task, waiting}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED
            )
            waiting.cancel()

    def jitter(self) -> float:
        """Return what `jitter_value` says."""
        return self.jitter_value
