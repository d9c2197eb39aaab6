"""Caps that a person changed while nothing ran: what waited under the old ones is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.ledger.budgets.budget import Scope
from footnoted.ledger.budgets.store import source_cap
from footnoted.pipeline.alerts import store
from footnoted.pipeline.alerts.alert import cost_cap_reached
from footnoted.pipeline.outlook.store import end_waits
from footnoted.sources.videos.store import BUDGET

if TYPE_CHECKING:
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.budgets.budget import Caps


async def follow_caps(database: Database, caps: Caps, clock: Clock) -> None:
    """End the alerts that tell of another cap than is in force, and with them the waits for money.

    What a cap still leaves no room for is refused again, and waits again.
    """
    async with database.transaction() as session:
        has_changed = False
        for alert in await store.open_caps(session):
            scope, _, key = alert.concerns.partition(" ")
            cap = await _in_force(session, scope, key, caps)
            if cap is None or cost_cap_reached(scope, key, cap) != alert:
                await store.resolve_alert(session, alert.code, alert.concerns, clock.now())
                has_changed = True
        if has_changed:
            await end_waits(session, [BUDGET])
            await store.end_specs_waits(session)


async def _in_force(session: AsyncConnection, scope: str, key: str, caps: Caps) -> Decimal | None:
    match Scope(scope):
        case Scope.DAY:
            return caps.day
        case Scope.MONTH:
            return caps.month
        case _:
            own = await source_cap(session, int(key.partition("/")[0]))
            return caps.with_source(own).source_day
