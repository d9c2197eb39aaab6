"""Alerts about hosts: one for each host that refuses us, however many items wait for it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from footnoted.errors import DependencyDownError
from footnoted.pipeline.alerts import store
from footnoted.pipeline.alerts.alert import HOST_BLOCKED, host_blocked

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.clock import Clock
    from footnoted.db.session import Database


class HostAlerts:
    """Hears from the gate before every host, and turns what it says into alerts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Write alerts to `database`."""
        self._database = database
        self._clock = clock

    async def rested(self, host: str, code: str, detail: str, until: datetime) -> None:
        """Raise the one alert of a host that refuses us, or say that it still does."""
        with suppress(DependencyDownError):  # it refuses again, and is told then
            async with self._database.transaction() as session:
                alert = host_blocked(host, code, detail, until)
                await store.raise_alert(session, alert, self._clock.now())

    async def recovered(self, host: str) -> None:
        """End that alert."""
        with suppress(DependencyDownError):
            async with self._database.transaction() as session:
                await store.resolve_alert(session, HOST_BLOCKED, host, self._clock.now())
