"""News as alerts: told once each, over after a while, erased when they are not so any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from footnoted.db.outage import is_database_down
from footnoted.pipeline.alerts import store as alerts
from footnoted.pipeline.alerts.alert import Alert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.stages.news import Newsroom

LOOKED_BACK: Final = timedelta(days=3)
"""What became known within that time and was not told yet is told: longer than between two looks
of any daemon, and what becomes known does so while one runs."""
STAYS: Final = timedelta(days=7)
"""How long an alert about news tops `status`, unless somebody dismisses it."""


class NewsAlerts:
    """Turns what profiles have to tell into alerts."""

    def __init__(self, database: Database, clock: Clock, newsrooms: Sequence[Newsroom]) -> None:
        """Ask `newsrooms` for what is known in `database`."""
        self._database, self._clock, self._newsrooms = database, clock, newsrooms

    async def look(self) -> None:
        """Raise alerts and end them; an absent database is looked at the next time."""
        now = self._clock.now()
        try:
            for newsroom in self._newsrooms:
                async with self._database.transaction() as session:
                    await _tell(session, newsroom, now)
        except Exception as error:
            if not is_database_down(error):
                raise


async def _tell(session: AsyncConnection, newsroom: Newsroom, now: datetime) -> None:
    edition = await newsroom.edition(session, now - LOOKED_BACK, now)
    await alerts.forget_alerts(session, newsroom.code, edition.standing)
    for news in edition.fresh:
        await alerts.raise_once(session, Alert(*news), now)
    await alerts.end_alerts_before(session, newsroom.code, now - STAYS, now)
