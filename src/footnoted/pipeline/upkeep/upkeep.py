"""Upkeep: what is published without support is taken back and made anew; lost calls are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.db.outage import is_database_down
from footnoted.knowledge.groups.store import want_groups
from footnoted.ledger.store import give_up_overdue
from footnoted.pipeline.alerts.money import MoneyWitness
from footnoted.pipeline.upkeep import store
from footnoted.sources.videos.store import notify_work
from footnoted.stages.page_documents import write_page_documents
from footnoted.telemetry import PAGES_MENDED, get_logger

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Published pages with claims that nothing supports, or none; and how many such claims."""

    pages: int
    claims: int


async def find_unsupported(database: Database) -> Unsupported:
    """Return what is published on nothing."""
    async with database.transaction() as session:
        found = await store.unsupported_pages(session)
    return Unsupported(len(found), sum(page.claims for page in found))


async def mend_pages(database: Database, clock: Clock) -> Unsupported:
    """Take back what is published on nothing, and want those pages composed anew; return it."""
    async with database.transaction() as session:
        found = await store.unsupported_pages(session)
        if found:
            await store.drop_unsupported(session, found, clock.now())
            await write_page_documents(session, [page.id for page in found])
            await want_groups(session, {page.group_id for page in found})
            await notify_work(session)
    return Unsupported(len(found), sum(page.claims for page in found))


async def give_up_calls(database: Database, clock: Clock) -> int:
    """Turn calls whose time is over into lost ones, and raise their alert; return how many."""
    async with database.transaction() as session:
        count = await give_up_overdue(session, clock.now())
    if count:
        await MoneyWitness(database, clock).lost()
    return count


class Upkeep:
    """Looks daily, and puts right what it finds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Look after `database`."""
        self._database, self._clock = database, clock

    async def look(self) -> None:
        """Find and put right; an absent database is looked at the next time."""
        try:
            mended = await mend_pages(self._database, self._clock)
            await give_up_calls(self._database, self._clock)
        except Exception as error:
            if not is_database_down(error):
                raise
            return
        if mended.pages:
            get_logger().warning(PAGES_MENDED, pages=mended.pages, claims=mended.claims)
