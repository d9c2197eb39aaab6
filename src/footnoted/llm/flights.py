"""Calls on their way: one each per request, owned here, so that no answer is lost with its asker.

A stage that is cancelled or loses its claim stops waiting; the call goes on to its journaled
answer, which whoever asks next replays.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakValueDictionary

from footnoted.errors import TransientError
from footnoted.llm.purchasable import Purchasable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from footnoted.ledger.journal import Entry
    from footnoted.llm.purchase import Purchaser

CallT = TypeVar("CallT", bound=Purchasable)


class Flights(Generic[CallT]):
    """Owns the tasks that buy through one purchaser."""

    def __init__(self, purchaser: Purchaser[CallT]) -> None:
        """Begin with nothing on its way."""
        self._purchaser = purchaser
        self._in_flight: dict[str, asyncio.Task[Entry]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._is_closed = False

    def close(self) -> None:
        """Send no paid call from now on; what is not sent yet is given up."""
        self._is_closed = True
        self._purchaser.close()
        for digest, task in self._in_flight.items():
            if not self._purchaser.is_sent(digest):
                task.cancel()

    async def settled(self) -> None:
        """Return when no answer is on its way any more, after `close`."""
        self.close()
        while self._in_flight:
            await asyncio.wait(self._in_flight.values())
        await self._purchaser.settled()

    async def bought(self, call: CallT) -> Entry:
        """Return the journaled answer to a call, bought unless somebody did so meanwhile."""
        async with self._sole(call.digest):
            task = self._in_flight.get(call.digest)
            if task is None:
                if self._is_closed and not call.is_free:
                    raise _stopping()
                task = asyncio.create_task(self._purchaser.buy(call))
                self._in_flight[call.digest] = task
                task.add_done_callback(lambda ended: self._ended(call.digest, ended))
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                if task.cancelled():
                    raise _stopping() from None
                raise

    def _ended(self, digest: str, task: asyncio.Task[Entry]) -> None:
        del self._in_flight[digest]
        if not task.cancelled():
            task.exception()  # looked at: whoever asked may be gone

    @asynccontextmanager
    async def _sole(self, digest: str) -> AsyncGenerator[None]:
        """Let one caller at a time ask for a request; who comes second finds it journaled."""
        async with self._locks.setdefault(digest, asyncio.Lock()):
            yield


def _stopping() -> TransientError:
    message = "footnoted is stopping; the call was not sent"
    return TransientError(message, wait_reason="stopping", retry_after_s=0.1)
