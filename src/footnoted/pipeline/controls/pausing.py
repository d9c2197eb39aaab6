"""Pausing a source by hand, which also ends what is told about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.pipeline.alerts.store import resolve_alerts_of
from footnoted.sources import follow

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.sources.store import Source


async def pause_source(database: Database, source_id: int, *, clock: Clock) -> Source:
    """Stop looking at a source; nobody looks, so no alert about it can end by itself.

    Safe to repeat. Raises UsageError when the source is unknown.
    """
    source = await follow.pause_source(database, source_id, clock=clock)
    async with database.transaction() as session:
        await resolve_alerts_of(session, [f"source {source_id}"], clock.now())
    return source
