"""Looks after batches beside the loop: again and again, and whatever goes wrong.

    release what the dead gathered -> each batch that is out: adopt, collect -> wake who waited

A process that died between two of these leaves nothing to repair: the next look does the rest.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.db.outage import is_database_down
from footnoted.ledger.faults import CallFailedError
from footnoted.ledger.store import ORPHAN_AGE
from footnoted.pipeline.alerts.alert import BATCH_OVERDUE, batch_overdue
from footnoted.pipeline.alerts.store import raise_alert, resolve_alert
from footnoted.pipeline.batches import store
from footnoted.telemetry import BATCH_ERRED, BATCHES_UNSEEN, get_logger

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.batches.batch import Batch
    from footnoted.llm.batches.collection import Collection
    from footnoted.llm.batches.gathering import Batcher


class BatchKeeper:
    """Keeps an eye on every batch of the provider, whoever sent it."""

    def __init__(
        self, database: Database, clock: Clock, batcher: Batcher, collection: Collection
    ) -> None:
        """Look after what `collection` finds, but not at what `batcher` is sending."""
        self._database, self._clock = database, clock
        self._batcher, self._collection = batcher, collection
        self._lock = asyncio.Lock()
        self._is_silent = False
        self._overdue: set[int] = set()

    async def run(self, every_s: float, *, is_sole: bool) -> None:
        """Look every so many seconds, until cancelled; `is_sole`: no other daemon sends any."""
        while True:
            await self._clock.sleep(every_s)
            await self.look(is_sole=is_sole)

    async def start(self, *, is_sole: bool) -> None:
        """Look for the first time: when nobody else can be gathering, all of it is forsaken."""
        await self.look(is_sole=is_sole, forsaken_age=timedelta(0) if is_sole else ORPHAN_AGE)

    async def look(self, *, is_sole: bool, forsaken_age: timedelta = ORPHAN_AGE) -> None:
        """Look once at everything; nothing that goes wrong is raised."""
        try:
            async with self._lock:
                await self._look(forsaken_age, is_sole=is_sole)
        except Exception as error:  # noqa: BLE001 - the loop goes on without, and it is tried again
            if not is_database_down(error):
                get_logger().exception(BATCH_ERRED, batch=None)

    async def _look(self, forsaken_age: timedelta, *, is_sole: bool) -> None:
        await self._collection.release_forsaken(forsaken_age)
        for batch in await self._collection.open_batches():
            if not self._batcher.is_at_work_on(batch.id):
                await self._look_after(batch, is_sole=is_sole)
        async with self._database.transaction() as session:
            await store.wake(session, self._clock.now())

    async def _look_after(self, batch: Batch, *, is_sole: bool) -> None:
        try:
            await self._collection.look_after(batch, is_sole=is_sole)
        except CallFailedError as error:
            if not self._is_silent:  # once until the provider answers again
                get_logger().warning(BATCHES_UNSEEN, batch=batch.id, why=error.fault.message)
            self._is_silent = True
        else:
            self._is_silent = False
        await self._tell(batch)

    async def _tell(self, batch: Batch) -> None:
        """Raise the alert of a batch that should have ended, and end it when it has."""
        is_out = batch.id in {one.id for one in await self._collection.open_batches()}
        now = self._clock.now()
        alert = batch_overdue(batch.id, batch.provider_id, batch.requests)
        async with self._database.transaction() as session:
            if not is_out:
                await resolve_alert(session, BATCH_OVERDUE, alert.concerns, now)
            elif now >= batch.deadline_at and batch.id not in self._overdue:
                await raise_alert(session, alert, now)
                self._overdue.add(batch.id)
