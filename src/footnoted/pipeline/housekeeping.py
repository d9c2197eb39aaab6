"""What is put in order at the start and now and then: files nobody needs, and chores from above."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from footnoted.db.outage import is_database_down
from footnoted.fetch.ytdlp.program import clear_leftovers
from footnoted.sources.obtain.sweep import sweep, sweep_uploads
from footnoted.sources.transcriptions.store import wake_offline, wake_unheard
from footnoted.sources.uploads.storage import MediaStorage
from footnoted.telemetry import FILES_SWEPT, get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from footnoted.db.session import Database
    from footnoted.settings import Settings

EVERY_H = 24


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that looks whether it is due, and does it then; it is asked every so often.

    A process that does not run on and on asks it once at its end.
    """

    name: str
    first_after_s: float
    every_s: float
    look: Callable[[], Awaitable[None]]


class Housekeeping:
    """Removes what earlier work left in the data directory, and has chores done beside the loop."""

    def __init__(self, settings: Settings, database: Database, chores: Sequence[Chore]) -> None:
        """Nothing is done before `begin`, `running` or `finish`."""
        self.settings, self.database = settings, database
        self._chores = chores
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Remove what a dead process left, and wake what may be heard now; nothing else may run."""
        await asyncio.to_thread(clear_leftovers, self.settings.data_dir / "work")
        max_bytes = int(self.settings.media_max_gb * 1e9)
        await MediaStorage(self.settings.data_dir, max_bytes).sweep()
        await self.sweep()
        async with self.database.transaction() as session:
            if self.settings.speech != "off":
                await wake_unheard(session)
            if not self.settings.offline:
                await wake_offline(session)

    async def sweep(self) -> None:
        """Remove what was fetched for recordings that are over or gone."""
        try:
            removed = await sweep(self.database, self.settings.fetched_dir)
            removed += await sweep_uploads(self.database, self.settings.data_dir / "media")
        except Exception as error:
            if not is_database_down(error):
                raise
            return
        if removed:
            get_logger().info(FILES_SWEPT, removed=removed)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Sweep once a day and ask the chores meanwhile; what they are at ends with the context."""
        scheduler = self._scheduler()
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def finish(self) -> None:
        """Ask every chore once more, one after another."""
        for chore in self._chores:
            await chore.look()

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(timezone="UTC")
        trigger = IntervalTrigger(hours=EVERY_H, timezone="UTC")
        scheduler.add_job(  # pyright: ignore[reportUnknownMemberType] - it has no types
            self.sweep, trigger, id="sweep", coalesce=True, max_instances=1
        )
        for chore in self._chores:
            first_at = datetime.now(UTC) + timedelta(seconds=chore.first_after_s)
            every = IntervalTrigger(seconds=round(chore.every_s), timezone="UTC")
            # A first time that a busy loop missed is made up for, not left out.
            scheduler.add_job(  # pyright: ignore[reportUnknownMemberType] - as above
                self._start,
                every,
                [chore],
                id=chore.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=first_at,
            )
        return scheduler

    async def _start(self, chore: Chore) -> None:
        """Have a chore done in a task of ours: the scheduler would not wait for its end."""
        task = asyncio.create_task(_look(chore), name=chore.name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait([task])


async def _look(chore: Chore) -> None:
    await chore.look()
