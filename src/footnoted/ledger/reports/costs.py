"""Reading what calls cost in one short transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.ledger.budgets.budget import charges_of
from footnoted.ledger.reports import store
from footnoted.ledger.reports.report import CostReport

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.db.session import Database
    from footnoted.ledger.budgets.budget import Caps
    from footnoted.ledger.reports.report import CostQuery


async def read_costs(database: Database, query: CostQuery, caps: Caps, now: datetime) -> CostReport:
    """Return what calls cost and hold, beside the caps of the day and the month of `now`."""
    async with database.transaction() as session:
        await store.see_one_moment(session)
        lines, all_lines = await store.cost_lines(session, query)
        return CostReport(
            at=now,
            by=query.grouping,
            since=query.since,
            until=query.until,
            lines=lines,
            hidden=all_lines - len(lines),
            total=await store.cost_total(session, query),
            caps=await store.cap_lines(session, charges_of(caps, now, source_id=None)),
        )
