"""Upkeep: what is published without support is taken back and made anew; lost calls are named.

evidence that names no cues -> deleted, its videos made again from the journal
claims without evidence     -> off their pages, which are composed anew
overdue calls               -> given up, with an alert
points unlike PostgreSQL    -> written again; vectors that are lost are made again
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.db.outage import is_database_down
from footnoted.errors import TransientError
from footnoted.knowledge.groups.store import want_groups
from footnoted.ledger.store import give_up_overdue
from footnoted.pipeline.alerts.money import MoneyWitness
from footnoted.pipeline.upkeep import store
from footnoted.search.embedding.inspection import inspect, mend
from footnoted.sources.videos.store import notify_work
from footnoted.stages.page_documents import write_page_documents
from footnoted.telemetry import EVIDENCE_MENDED, PAGES_MENDED, get_logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.pipeline.upkeep.store import Dangling, UnsupportedPage
    from footnoted.search.embedding.spec_indexes import SpecIndexes

Remake = Callable[["AsyncConnection", Collection[int]], Awaitable[None]]
"""Has videos made again, from the first stage that asks models on, as the journal answers."""
_DAY_S = 86_400.0


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


async def find_dangling(database: Database) -> list[Dangling]:
    """Return the evidence that names cues which its recording does not have."""
    async with database.transaction() as session:
        return await store.dangling_evidence(session)


async def mend_evidence(database: Database, clock: Clock, remake: Remake) -> list[Dangling]:
    """Delete evidence that names no cues, and have its videos and pages made anew; return it."""
    async with database.transaction() as session:
        found = await store.dangling_evidence(session)
        if found:
            pages = await store.drop_evidence(session, found)
            await _take_back(session, pages, clock)
            await remake(session, {one.video_id for one in found})
            await notify_work(session)
    return found


async def mend_pages(database: Database, clock: Clock) -> Unsupported:
    """Take back what is published on nothing, and want those pages composed anew; return it."""
    async with database.transaction() as session:
        found = await store.unsupported_pages(session)
        if found:
            await _take_back(session, found, clock)
            await notify_work(session)
    return Unsupported(len(found), sum(page.claims for page in found))


async def _take_back(
    session: AsyncConnection, found: Sequence[UnsupportedPage], clock: Clock
) -> None:
    """Drop what these pages say on nothing, and want them composed anew."""
    await store.drop_unsupported(session, found, clock.now())
    await write_page_documents(session, [page.id for page in found])
    await want_groups(session, {page.group_id for page in found})


async def give_up_calls(database: Database, clock: Clock) -> int:
    """Turn calls whose time is over into lost ones, and raise their alert; return how many."""
    async with database.transaction() as session:
        count = await give_up_overdue(session, clock.now())
    if count:
        await MoneyWitness(database, clock).lost()
    return count


class Upkeep:
    """Looks once a day, and puts right what it finds."""

    def __init__(
        self, database: Database, clock: Clock, remake: Remake, indexes: SpecIndexes | None = None
    ) -> None:
        """Look after `database`, and after every point of `indexes` where they are given."""
        self._database, self._clock, self._remake = database, clock, remake
        self._indexes = indexes
        self._due_at_s = float("-inf")

    async def look(self) -> None:
        """Find and put right, if that was not done within a day.

        A database or an index that is away is looked at the next time.
        """
        now_s = self._clock.monotonic_s()
        if now_s < self._due_at_s:
            return
        try:
            await self._mend()
        except TransientError:
            return
        except Exception as error:
            if not is_database_down(error):
                raise
            return
        self._due_at_s = now_s + _DAY_S

    async def _mend(self) -> None:
        dangling = await mend_evidence(self._database, self._clock, self._remake)
        if dangling:
            videos = len({one.video_id for one in dangling})
            get_logger().warning(EVIDENCE_MENDED, evidence=len(dangling), videos=videos)
        mended = await mend_pages(self._database, self._clock)
        if mended.pages:
            get_logger().warning(PAGES_MENDED, pages=mended.pages, claims=mended.claims)
        await give_up_calls(self._database, self._clock)
        if self._indexes is not None:
            found = await inspect(self._database, self._indexes)
            if not found.is_clean:
                await mend(self._database, self._indexes, found)
