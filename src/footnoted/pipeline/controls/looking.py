"""Looking at a source at a person's word, also where it had stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.pipeline.alerts.store import resolve_alerts_of
from footnoted.pipeline.controls.selection import Selection
from footnoted.pipeline.controls.store import retry_sources
from footnoted.sources import store
from footnoted.sources.follow import require_source
from footnoted.sources.videos.store import notify_work

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.sources.store import Source


async def look_now(database: Database, source_id: int, *, clock: Clock) -> Source:
    """Have a source looked at as soon as a daemon can; one that failed is taken up again.

    Raises UsageError when it is unknown, or paused.
    """
    now = clock.now()
    async with database.transaction() as session:
        source = await require_source(session, source_id)
        if source.paused:
            message = (
                f"source {source_id} is paused, so nobody looks at it;"
                f" `footnoted source resume {source_id}` looks at once"
            )
            raise UsageError(message)
        await _take_up(session, source_id, now)
        await store.hasten(session, source_id, now)
        await notify_work(session)
        return await require_source(session, source_id)


async def resume_source(database: Database, source_id: int, *, clock: Clock) -> Source:
    """Look at a source again, at once: one that was paused, or failed.

    Safe to repeat. Raises UsageError when it is unknown.
    """
    now = clock.now()
    async with database.transaction() as session:
        await store.set_paused(session, source_id, now, paused=False)
        await _take_up(session, source_id, now)
        await notify_work(session)
        return await require_source(session, source_id)


async def _take_up(session: AsyncConnection, source_id: int, now: datetime) -> None:
    """Have a source that stopped looked at again, and end what was told about it."""
    if await retry_sources(session, Selection(source_id=source_id), now):
        await resolve_alerts_of(session, [f"source {source_id}"], now)
