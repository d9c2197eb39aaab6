"""The alert desk of a daemon: every receiver kept told, and alerts of a passed day ended."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from footnoted.db.outage import is_database_down
from footnoted.pipeline.alerts.alert import EVERY_RUN, UNFELT_AFTER, caps_in_force
from footnoted.pipeline.alerts.delivery import store
from footnoted.pipeline.alerts.delivery.delivery import Delivery
from footnoted.pipeline.alerts.store import end_passed_caps, end_unfelt_caps
from footnoted.telemetry import ALERT_DESK_ERRED, get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.pipeline.alerts.delivery.port import Receiver

FINISH_S = 15.0
"""How long the end of a finite run waits for receivers."""
_SWEEP_EVERY_S = 60.0
_RETRY_S = 1.0


class AlertDesk:
    """Delivers beside the loop; nothing that goes wrong here reaches it."""

    def __init__(self, database: Database, clock: Clock, receivers: Sequence[Receiver]) -> None:
        """Deliver to `receivers`; nothing happens before `run`."""
        self._database, self._clock = database, clock
        self._names = [receiver.name for receiver in receivers]
        self._deliveries = [Delivery(database, clock, receiver) for receiver in receivers]
        self._is_registered = self._has_erred = False

    async def run(self) -> None:
        """Keep every receiver told until cancelled."""
        while not await self._register():
            await self._clock.sleep(_RETRY_S)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep())
            for delivery in self._deliveries:
                tasks.create_task(delivery.run())

    async def finish(self) -> None:
        """Return when every receiver was sent what it was not told yet, within FINISH_S."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_S):
                if not await self._register():
                    return
                await self._attempt(self._end_unfelt)
                await asyncio.gather(*(one.tell(hurries=True) for one in self._deliveries))

    async def _register(self) -> bool:
        """Return whether the database knows the receivers of this process."""
        if not self._is_registered:
            self._is_registered = await self._attempt(self._begin)
        return self._is_registered

    async def _begin(self, session: AsyncConnection) -> None:
        now = self._clock.now()
        await store.register(session, self._names, now)
        await end_passed_caps(session, caps_in_force(now), now)
        await end_unfelt_caps(session, now, now)

    async def _end_unfelt(self, session: AsyncConnection) -> None:
        now = self._clock.now()
        await end_unfelt_caps(session, now, now)

    async def _sweep(self) -> None:
        """End the alerts of caps that are over or felt no more; a run's goes on as long as it."""
        while True:
            await self._clock.sleep(_SWEEP_EVERY_S)
            await self._attempt(self._end_what_is_over)

    async def _end_what_is_over(self, session: AsyncConnection) -> None:
        now = self._clock.now()
        await store.keep_registered(session, self._names, now)
        await end_passed_caps(session, [*caps_in_force(now), EVERY_RUN], now)
        await end_unfelt_caps(session, now - UNFELT_AFTER, now)

    async def _attempt(self, work: Callable[[AsyncConnection], Awaitable[None]]) -> bool:
        """Return whether `work` was done in a transaction of its own."""
        try:
            async with self._database.transaction() as session:
                await work(session)
        except Exception as error:  # noqa: BLE001 - alerts must never end what they tell about
            if not (is_database_down(error) or self._has_erred):
                get_logger().warning(ALERT_DESK_ERRED, exc_info=error)
                self._has_erred = True
            return False
        return True
