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

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds
        for due_s, event in self._sleepers:
            if due_s <= self._monotonic_s:
                event.set()

    def now(self) -> datetime:
        """Return the time as it stands."""
        return self._now

    def monotonic_s(self) -> float:
        """Return seconds since the clock was made."""
        return self._monotonic_s

    async def sleep(self, seconds: float) -> None:
        """Return when `advance` has let `seconds` pass."""
        event = asyncio.Event()
        self._sleepers.append((self._monotonic_s + seconds, event))
        await event.wait()

    def jitter(self) -> float:
        """Return what `jitter_value` says."""
        return self.jitter_value
