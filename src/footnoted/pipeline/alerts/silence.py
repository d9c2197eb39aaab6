"""Sources that published regularly and fell silent: looked for once a day.

A feed that moved without saying so, a page that lists nothing to us any more, or a folder that
nothing is saved to since its recorder died, fails no look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.db.outage import is_database_down
from footnoted.pipeline.alerts import store as alerts
from footnoted.pipeline.alerts.alert import SOURCE_SILENT, folder_silent, source_silent
from footnoted.sources import store as sources
from footnoted.sources.net.store import publication_times
from footnoted.sources.port import FOLDER_KIND
from footnoted.sources.recordings.store import arrival_times
from footnoted.sources.rules.schedule import rhythm_of, unusual_silence

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.sources.store import Source


class Silence:
    """Tells a person of sources that fell silent, and when they are heard of again."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Look at the sources in `database`."""
        self._database, self._clock = database, clock

    async def look(self) -> None:
        """Raise and end alerts; an absent database is looked at the next time."""
        now = self._clock.now()
        try:
            async with self._database.transaction() as session:
                for source in await sources.list_sources(session):
                    await _judge(session, source, now)
        except Exception as error:
            if not is_database_down(error):
                raise


async def _judge(session: AsyncConnection, source: Source, now: datetime) -> None:
    is_folder = source.kind == FOLDER_KIND
    silence = None
    if not source.paused:
        times = await (arrival_times if is_folder else publication_times)(session, source.id)
        silence = unusual_silence(rhythm_of(times, now), now)
    if silence is None:
        await alerts.resolve_alert(session, SOURCE_SILENT, f"source {source.id}", now)
        return
    tell = folder_silent if is_folder else source_silent
    await alerts.raise_alert(session, tell(source.id, source.title, silence.days), now)
