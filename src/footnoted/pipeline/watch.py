"""Looking at the database: what is due, and whether it is there at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError, DependencyDownError
from footnoted.pipeline.outlook import store
from footnoted.telemetry import (
    DATABASE_LOST,
    DATABASE_RECOVERED,
    LEASES_REAPED,
    WORK_PAUSED,
    WORK_RESUMED,
    get_logger,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from footnoted.pipeline.deps import Deps

HELD_UP = (
    *("budget", "budget_reserved", "batch", "call_in_flight"),
    *("rate_limited", "provider_resting", "provider_stopped"),
)
"""The waits that end when money or a provider allows."""
WITH_THE_PROCESS = ("budget_reserved", "call_in_flight", "stopping")
"""The waits for what a process has under way: they end with it."""
_RETRY_S = 0.25
_RELAPSE_S = 60.0
_LONGEST_PAUSE_S = 15.0
GIVE_UP_S = 60.0
"""How long a drain or a single pass waits for a database that is away."""


async def check_statuses(deps: Deps) -> None:
    """Raise ConfigurationError when the database holds a status that a known flow does not."""
    async with deps.database.transaction() as session:
        seen = await store.statuses_in_use(session)
    if unknown := deps.flows.unknown_statuses(seen):
        message = f"the database has {'; '.join(unknown)}: it was made by another release"
        raise ConfigurationError(message)


class Watch:
    """Looks for the loop, and remembers when it last did."""

    def __init__(self, deps: Deps) -> None:
        """Look at the database of `deps`."""
        self._deps = deps
        self._looked_at_s = float("-inf")
        self._outage: _Outage | None = None
        self.saw_interrupted = True
        self.is_paused = False

    @property
    def age_s(self) -> float:
        """Return seconds since the last look."""
        return self._deps.clock.monotonic_s() - self._looked_at_s

    async def look(self) -> store.Outlook:
        """Return what is due, having woken what waited and ended what leases have run out."""
        now = self._deps.clock.now()
        profiles = sorted({flow.profile for flow in self._deps.flows})
        async with self._deps.database.statements() as session:
            outlook = await store.look(session, now, profiles)
        if outlook.is_paused != self.is_paused:
            self.is_paused = outlook.is_paused
            get_logger().info(WORK_PAUSED if self.is_paused else WORK_RESUMED)
        if outlook.is_asleep:
            await self._wake(now)
        self._looked_at_s = self._deps.clock.monotonic_s()
        return outlook

    async def is_held_up(self) -> bool:
        """Return whether work waits for a cap, a limit or a person who paused it all."""
        if self.is_paused:
            return True
        async with self._deps.database.statements() as session:
            return await store.is_held_up(session, HELD_UP)

    async def _wake(self, now: datetime) -> None:
        async with self._deps.database.transaction() as session:
            reaped = await store.wake(session, now)
        if reaped:
            self.saw_interrupted = True
            get_logger().warning(LEASES_REAPED, leases=reaped)

    async def wait_for_database(
        self, loss: Loss, recover: Callable[[], Awaitable[None]], give_up: Callable[[], bool]
    ) -> None:
        """Return when the database answers and `recover` worked, or when `give_up` says so.

        Raises DependencyDownError when a run that should end has waited for long enough.
        """
        outage = self._outage_of(loss)
        await self._sleep(outage.pause_s, give_up)
        while not give_up():
            self._refuse_to_wait_for_ever(outage)
            try:
                await self._deps.keeper.ensure_running()
                await recover()
            except Exception as error:
                is_down = isinstance(error, DependencyDownError)
                if not (is_down or self._deps.keeper.is_lost(error)):
                    raise
                outage.why = str(error)
                await self._deps.clock.sleep(_RETRY_S)
            else:
                outage.over_at_s = self._deps.clock.monotonic_s()
                away_s = round(outage.over_at_s - outage.since_s, 1)
                # A relapse is not told again, and so is what it seems to recover to.
                tell = get_logger().debug if outage.pause_s else get_logger().info
                tell(DATABASE_RECOVERED, away_s=away_s)
                return

    def _outage_of(self, loss: Loss) -> _Outage:
        """Return the outage a loss belongs to.

        When nothing was done since the last one, that is not over: a full disk lets us read. Then
        we try less and less often, and do not say it again and again.
        """
        now_s, last = self._deps.clock.monotonic_s(), self._outage
        goes_on = (
            last is not None and last.done == loss.done and now_s < last.over_at_s + _RELAPSE_S
        )
        if last is not None and goes_on:
            last.pause_s = min(max(2 * last.pause_s, _RETRY_S), _LONGEST_PAUSE_S)
            last.why = str(loss.error)
            return last
        get_logger().error(DATABASE_LOST, why=str(loss.error))
        self._outage = _Outage(now_s, loss.done, loss.is_finite, str(loss.error))
        return self._outage

    async def _sleep(self, seconds: float, give_up: Callable[[], bool]) -> None:
        until_s = self._deps.clock.monotonic_s() + seconds
        while self._deps.clock.monotonic_s() < until_s and not give_up():
            await self._deps.clock.sleep(_RETRY_S)

    def _refuse_to_wait_for_ever(self, outage: _Outage) -> None:
        away_s = self._deps.clock.monotonic_s() - outage.since_s
        if outage.is_finite and away_s > GIVE_UP_S:
            message = f"the database has been away for {away_s:.0f} s: {outage.why}"
            raise DependencyDownError(message)


@dataclass(frozen=True, slots=True)
class Loss:
    """That the database went away: why, how much was done until then, and whether the run ends."""

    error: Exception
    done: int
    is_finite: bool


@dataclass(slots=True)
class _Outage:
    since_s: float
    done: int
    is_finite: bool
    why: str
    over_at_s: float = float("inf")
    pause_s: float = 0.0
