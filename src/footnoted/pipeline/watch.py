"""Looking at the database: what is due, and whether it is there at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError, DependencyDownError
from footnoted.pipeline import store
from footnoted.telemetry import DATABASE_LOST, DATABASE_RECOVERED, LEASES_REAPED, get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from footnoted.pipeline.deps import Deps

_RETRY_S = 0.25
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
        self.saw_interrupted = True

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
        if outlook.is_asleep:
            await self._wake(now)
        self._looked_at_s = self._deps.clock.monotonic_s()
        return outlook

    async def _wake(self, now: datetime) -> None:
        async with self._deps.database.transaction() as session:
            reaped = await store.wake(session, now)
        if reaped:
            self.saw_interrupted = True
            get_logger().warning(LEASES_REAPED, leases=reaped)

    async def wait_for_database(
        self, recover: Callable[[], Awaitable[None]], give_up: Callable[[float], bool]
    ) -> None:
        """Return when the database answers and `recover` worked, or when `give_up` says so.

        `give_up` is asked with the seconds since the loss. Raises DependencyDownError once they
        exceed what a run that should end can wait.
        """
        clock, since_s = self._deps.clock, self._deps.clock.monotonic_s()
        get_logger().error(DATABASE_LOST)
        while not give_up(clock.monotonic_s() - since_s):
            try:
                await self._deps.keeper.ensure_running()
                await recover()
            except Exception as error:
                if not self._deps.keeper.is_lost(error):
                    raise
                await clock.sleep(_RETRY_S)
            else:
                away_s = round(clock.monotonic_s() - since_s, 1)
                get_logger().info(DATABASE_RECOVERED, away_s=away_s)
                return


def refuse_to_wait(away_s: float) -> None:
    """Raise DependencyDownError when a run that should end has waited long enough."""
    if away_s > GIVE_UP_S:
        message = f"the database has been away for {away_s:.0f} s"
        raise DependencyDownError(message)
