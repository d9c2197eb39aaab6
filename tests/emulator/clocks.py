"""Time of the emulated world: a real clock at a scale, or a virtual one that tests steer."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime
from typing import Protocol

VIRTUAL_START_S = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
SETTLE_ROUNDS = 20
AUTO_GRACE_S = 0.002


def rfc3339(at_s: float) -> str:
    """Return an epoch time as RFC 3339 in UTC, to the millisecond."""
    return (
        datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


class Clock(Protocol):
    """What the server asks of time; all values are emulated epoch seconds."""

    @property
    def sleepers(self) -> int:
        """Return how many callers are asleep."""
        ...

    def now(self) -> float:
        """Return the emulated time."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once the emulated time has moved on by `seconds`."""
        ...

    async def advance(self, seconds: float) -> None:
        """Move a virtual clock; a real one raises ValueError."""
        ...


class RealClock:
    """Wall time that runs `scale` times as fast as the machine's."""

    def __init__(self, scale: float = 1.0) -> None:
        """Start at the machine's time."""
        self._scale = scale
        self._started_s = time.time()
        self._monotonic_s = time.monotonic()
        self.sleepers = 0

    def now(self) -> float:
        """Return the scaled time since the start, as an epoch time."""
        return self._started_s + (time.monotonic() - self._monotonic_s) * self._scale

    async def sleep(self, seconds: float) -> None:
        """Sleep `seconds / scale` real seconds."""
        if seconds <= 0:
            return
        self.sleepers += 1
        try:
            await asyncio.sleep(seconds / self._scale)
        finally:
            self.sleepers -= 1

    async def advance(self, seconds: float) -> None:
        """Refuse: a real clock cannot be moved."""
        message = f"a real clock cannot be advanced by {seconds} s"
        raise ValueError(message)


class VirtualClock:
    """Stands still until advanced; with `auto` it jumps to the next sleeper once all is idle."""

    def __init__(self, *, auto: bool = False, start_s: float = VIRTUAL_START_S) -> None:
        """Stand at `start_s`."""
        self._auto = auto
        self._now_s = start_s
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._sequence = itertools.count()
        self._driver: asyncio.Task[None] | None = None

    @property
    def sleepers(self) -> int:
        """Return how many callers wait for the clock to move."""
        return sum(1 for _, _, future in self._waiting if not future.done())

    def now(self) -> float:
        """Return the time the clock was last moved to."""
        return self._now_s

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was moved past the deadline."""
        if seconds <= 0:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._now_s + seconds, next(self._sequence), future))
        self._start_driver()
        await future

    def set_auto(self, *, auto: bool) -> None:
        """Let the clock move by itself from now on, or no longer."""
        self._auto = auto
        self._start_driver()

    def _start_driver(self) -> None:
        if self._auto and (self._driver is None or self._driver.done()):
            self._driver = asyncio.get_running_loop().create_task(self._drive())

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`, waking sleepers one by one in the order of their deadlines."""
        target = self._now_s + seconds
        await self._settle()
        while self._waiting and self._waiting[0][0] <= target:
            await self._step()
        self._now_s = max(self._now_s, target)
        await self._settle()

    async def _step(self) -> None:
        deadline, _, future = heapq.heappop(self._waiting)
        self._now_s = max(self._now_s, deadline)
        if not future.done():
            future.set_result(None)
        await self._settle()

    async def _drive(self) -> None:
        while self._auto and self._waiting:
            await asyncio.sleep(AUTO_GRACE_S)
            if self._waiting:
                await self._step()

    async def _settle(self) -> None:
        for _ in range(SETTLE_ROUNDS):
            await asyncio.sleep(0)
