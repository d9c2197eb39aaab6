"""Changing a source by hand, which also ends what is told about the cap it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.pipeline.alerts.store import end_caps_of_source
from footnoted.sources import change
from footnoted.sources.change import NOTHING_SAID
from footnoted.sources.videos.store import notify_work

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.sources.change import Changed, Particulars
    from footnoted.sources.net.asking import Asked


async def change_source(
    database: Database,
    source_id: int,
    asked: Asked,
    said: Particulars = NOTHING_SAID,
    *,
    clock: Clock,
) -> Changed:
    """Change what is asked of a source; what waited for its cap goes on, and tells it if it cannot.

    The alert ends with the change, not after it: one that is raised under the new cap stays open.

    Raises UsageError as `sources.change.change_source` does.
    """
    now = clock.now()
    async with database.transaction() as session:
        changed = await change.change_source(session, source_id, asked, said, now)
        if asked.daily_cap_usd is not None:
            await end_caps_of_source(session, source_id, now)
        await notify_work(session)
    return changed
