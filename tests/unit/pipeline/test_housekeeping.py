"""Chores beside the loop: asked when it is time, and ended with the process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from footnoted.db.session import Database
from footnoted.pipeline.housekeeping import Chore, Housekeeping
from footnoted.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


class Work:
    """Notes how often it was asked, and that it was let finish what it does at its end."""

    def __init__(self, *, lasts_s: float = 0.0) -> None:
        """Take `lasts_s` for each look."""
        self.begun = asyncio.Event()
        self.asked, self.has_ended = 0, False
        self._lasts_s = lasts_s

    async def look(self) -> None:
        """Look, and tidy up whatever happens."""
        self.asked += 1
        self.begun.set()
        try:
            await asyncio.sleep(self._lasts_s)
        finally:
            await asyncio.sleep(0)
            self.has_ended = True


def keeping(work: Work, engine: AsyncEngine | None = None) -> Housekeeping:
    """Return a housekeeping with one chore, asked hourly, whose first time is over already."""
    database = Database(engine)  # type: ignore[arg-type] # nothing here asks it
    return Housekeeping(Settings(), database, [Chore("work", 0.0, 3_600, work.look)])


async def test_a_chore_is_asked_while_the_context_lasts() -> None:
    """For the first time when its first time has come."""
    work = Work()
    async with keeping(work).running():
        await asyncio.wait_for(work.begun.wait(), 10)
    assert (work.asked, work.has_ended) == (1, True)


async def test_what_a_chore_is_at_ends_with_the_context() -> None:
    """And is let clean up before anything it stands on is taken away."""
    work = Work(lasts_s=3_600)
    async with keeping(work).running():
        await asyncio.wait_for(work.begun.wait(), 10)
    assert work.has_ended


async def test_a_process_that_ends_asks_every_chore_once() -> None:
    """A timer's drain is too short for a schedule."""
    work = Work()
    await keeping(work).finish()
    assert work.asked == 1
