"""Switches as those who obey them read them: from memory, and every few seconds from the table."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from footnoted.db.outage import is_database_down
from footnoted.ledger.switches.store import read_switch

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.switches.store import Switch

CAPTURE_PROMPTS = "capture_prompts"
"""The switch under which whole prompts are kept beside the calls."""
PAUSE = "pause"
"""The switch under which no work is begun."""
FRESH_S = 5.0
"""How old an answer may be; so long a switch takes to be obeyed."""


class Switches:
    """Answers at once, but for one query every FRESH_S seconds for each switch."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read from `database`; nothing is read before the first question."""
        self._database, self._clock = database, clock
        self._known: dict[str, Switch | None] = {}
        self._read_at_s: dict[str, float] = {}
        self._reading = asyncio.Lock()

    async def is_on(self, name: str) -> bool:
        """Return whether a switch is on; while the database is away, as it was known last."""
        now_s = self._clock.monotonic_s()
        if now_s - self._read_at_s.get(name, float("-inf")) >= FRESH_S:
            self._read_at_s[name] = now_s  # first, so that those who ask meanwhile do not read too
            async with self._reading:
                await self._read(name)
        elif name not in self._known:  # is being read for the first time
            async with self._reading:
                pass
        switch = self._known.get(name)
        return switch is not None and switch.is_on(self._clock.now())

    async def _read(self, name: str) -> None:
        try:
            async with self._database.statements() as session:
                self._known[name] = await read_switch(session, name)
        except Exception as error:
            if not is_database_down(error):
                raise
