"""Telling one receiver: claim -> collect what it was not told -> send -> note what came of it.

At least once: a process that dies between sending and noting leaves the message to be sent again.
No transaction is open while a receiver is asked.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.db.outage import is_database_down
from footnoted.pipeline.alerts.delivery import store
from footnoted.pipeline.alerts.delivery.message import message_of
from footnoted.telemetry import ALERT_DELIVERED, ALERT_UNDELIVERED, get_logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.pipeline.alerts.delivery.message import News
    from footnoted.pipeline.alerts.delivery.port import Receiver

LOOK_EVERY_S = 5.0
GAP = timedelta(seconds=5)
"""Least time between two messages to one receiver; what comes meanwhile goes into the next."""
_CLAIM = timedelta(seconds=60)
_BACKOFF_BASE_S = 30.0
_BACKOFF_CAP_S = 900.0
_MOST_DOUBLINGS = 10


class Delivery:
    """Keeps one receiver told, in the background, and never raises for what goes wrong there."""

    def __init__(self, database: Database, clock: Clock, receiver: Receiver) -> None:
        """Tell `receiver`; nothing happens before `run` or `tell`."""
        self._database, self._clock, self._receiver = database, clock, receiver
        self._lock = asyncio.Lock()
        self._is_silent = False

    async def run(self) -> None:
        """Look for what the receiver was not told yet, again and again, until cancelled."""
        while True:
            await self.tell()
            await self._clock.sleep(LOOK_EVERY_S)

    async def tell(self, *, hurries: bool = False) -> None:
        """Send at most one message; with `hurries`, also to a receiver that rests."""
        try:
            async with self._lock:
                await self._tell(hurries=hurries)
        except Exception as error:  # noqa: BLE001 - alerts must never end what they tell about
            if not is_database_down(error):
                # Without a traceback: what fails here may have the address in its words.
                self._say_silent(f"a bug: {type(error).__name__}")

    async def _tell(self, *, hurries: bool) -> None:
        if not (news := await self._claim(hurries=hurries)):
            return
        why = await self._receiver.deliver(message_of(news, self._clock.now()))
        if why is None:
            await self._note_told(news)
            get_logger().info(ALERT_DELIVERED, receiver=self._receiver.name, alerts=len(news))
            self._is_silent = False
        else:
            self._say_silent(why)
            await self._note_failure(why)

    async def _claim(self, *, hurries: bool) -> Sequence[News]:
        """Return what the receiver is to be told now, by us and nobody else."""
        name = self._receiver.name
        async with self._database.statements() as session:
            if not await store.has_news(session, name):
                return []
        now = self._clock.now()
        async with self._database.transaction() as session:
            if not await store.claim(session, name, now, now + _CLAIM, hurries=hurries):
                return []
            news = await store.untold(session, name)
            if not news:  # another process told it meanwhile
                await store.let_go(session, name)
            return news

    async def _note_told(self, news: Sequence[News]) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            await store.note_told(session, self._receiver.name, news, now, now + GAP)

    async def _note_failure(self, why: str) -> None:
        now, name = self._clock.now(), self._receiver.name
        async with self._database.transaction() as session:
            pause_s = pause_after(await store.failures_of(session, name), self._clock.jitter())
            failure = store.Failure(why, now + timedelta(seconds=pause_s))
            await store.note_failure(session, name, failure, now)

    def _say_silent(self, why: str) -> None:
        """Log that the receiver takes nothing, once until it does again."""
        if not self._is_silent:
            get_logger().warning(ALERT_UNDELIVERED, receiver=self._receiver.name, why=why)
        self._is_silent = True


def pause_after(failures: int, jitter: float) -> float:
    """Return seconds to rest after a failure that followed `failures` others; half is jitter."""
    full = min(_BACKOFF_BASE_S * 2.0 ** min(failures, _MOST_DOUBLINGS), _BACKOFF_CAP_S)
    return full * (0.5 + 0.5 * jitter)
