"""What is put in order at the start and once a day: files that nobody needs any more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from footnoted.db.outage import is_database_down
from footnoted.fetch.ytdlp.program import clear_leftovers
from footnoted.sources.obtain.sweep import sweep
from footnoted.sources.transcriptions.store import wake_unheard
from footnoted.sources.uploads.storage import MediaStorage
from footnoted.telemetry import FILES_SWEPT, get_logger

if TYPE_CHECKING:
    from footnoted.db.session import Database
    from footnoted.settings import Settings

EVERY_H = 24


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Removes what earlier work left in the data directory."""

    settings: Settings
    database: Database

    async def begin(self) -> None:
        """Remove what a dead process left, and wake what may be heard now; nothing else may run."""
        await asyncio.to_thread(clear_leftovers, self.settings.data_dir / "work")
        max_bytes = int(self.settings.media_max_gb * 1e9)
        await MediaStorage(self.settings.data_dir, max_bytes).sweep()
        await self.sweep()
        if self.settings.speech != "off":
            async with self.database.transaction() as session:
                await wake_unheard(session)

    async def sweep(self) -> None:
        """Remove what was fetched for recordings that are over or gone."""
        try:
            removed = await sweep(self.database, self.settings.fetched_dir)
        except Exception as error:
            if not is_database_down(error):
                raise
            return
        if removed:
            get_logger().info(FILES_SWEPT, removed=removed)

    def scheduler(self) -> AsyncIOScheduler:
        """Return the scheduler of what is done once a day; it is not started yet."""
        scheduler = AsyncIOScheduler(timezone="UTC")
        trigger = IntervalTrigger(hours=EVERY_H, timezone="UTC")
        scheduler.add_job(  # pyright: ignore[reportUnknownMemberType] - it has no types
            self.sweep, trigger, id="sweep", coalesce=True, max_instances=1
        )
        return scheduler
