"""Alerts about money: raised where a call is refused or cost more than was held for it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from footnoted.errors import DependencyDownError
from footnoted.ledger.budgets.budget import Scope
from footnoted.pipeline.alerts import store
from footnoted.pipeline.alerts.alert import (
    MODEL_PROVIDER,
    PROVIDER_STOPPED,
    call_cost_more,
    cost_cap_reached,
    provider_stopped,
    spending_unknown,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.budgets.budget import CapReachedError
    from footnoted.pipeline.alerts.alert import Alert


class MoneyWitness:
    """Turns what happens to money into alerts; `run_is_spent` when this run's own cap is."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Write alerts to `database`."""
        self._database = database
        self._clock = clock
        self.run_is_spent = False

    async def cap_reached(self, error: CapReachedError) -> None:
        """Raise the alert of a cap unless it is open; the cap of a run ends the run instead."""
        charge = error.charge
        if charge.scope is Scope.RUN:
            self.run_is_spent = True
        elif charge.cap is not None:
            alert = cost_cap_reached(charge.scope, charge.key, charge.cap)
            with suppress(DependencyDownError):  # whatever asks again is refused again
                async with self._database.transaction() as session:
                    await store.keep_open(session, alert, self._clock.now())

    async def cost_more(self, call_id: int, reserved: Decimal, cost: Decimal) -> None:
        """Raise the alert of a call that cost more than was held for it."""
        await self._raise(call_cost_more(call_id, reserved, cost))

    async def lost(self) -> None:
        """Raise the alert of answers that were lost since a person dismissed it, if any were."""
        with suppress(DependencyDownError):
            async with self._database.transaction() as session:
                calls, usd = await store.lost_since_dismissed(session)
                if calls:
                    alert = spending_unknown(calls, usd)
                    await store.raise_alert(session, alert, self._clock.now())

    async def stopped(self, code: str, detail: str) -> None:
        """Raise the one alert of a provider that refuses everything."""
        await self._raise(provider_stopped(code, detail))

    async def went_on(self) -> None:
        """End that alert: a call was answered."""
        await self._end(PROVIDER_STOPPED, MODEL_PROVIDER)

    async def started(self, stop: tuple[str, str] | None) -> None:
        """Bring alerts in line with what a new process knows: caps of other days are over."""
        if stop is not None:
            await self.stopped(*stop)
        else:
            await self.went_on()

    async def _end(self, code: str, concerns: str) -> None:
        with suppress(DependencyDownError):
            async with self._database.transaction() as session:
                await store.resolve_alert(session, code, concerns, self._clock.now())

    async def _raise(self, alert: Alert) -> None:
        with suppress(DependencyDownError):  # what it is about is journaled, and comes up again
            async with self._database.transaction() as session:
                await store.raise_alert(session, alert, self._clock.now())
