"""Buys calls in batches where the batcher takes them, and live where it doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import TransientError
from footnoted.ledger.journal import Entry
from footnoted.llm.call import Call
from footnoted.llm.purchase import Purchaser, in_batch

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.llm.batches.gathering import Batcher
    from footnoted.llm.paying import Till

MONEY_WAIT_S = 300.0
"""How long a call waits for money that is held: likely by a batch, which takes its time."""


class BatchPurchaser(Purchaser[Call]):
    """A purchaser that may put a call into a batch and raise the wait for it."""

    def __init__(self, database: Database, clock: Clock, till: Till, batcher: Batcher) -> None:
        """Pay from `till`, gather with `batcher`."""
        super().__init__(database, clock, till)
        self._purse, self._batcher = till, batcher

    async def buy(self, call: Call) -> Entry:
        """Return the journaled answer to a call that is not journaled yet.

        Raises TransientError (`batch`) for one that is in a batch now; else what a live call does.
        """
        if not call.is_free and call.is_in_batch:
            raise in_batch(call)
        if await self._batcher.takes(call):
            return await self._put_into_batch(call)
        return await super().buy(call)

    async def _put_into_batch(self, call: Call) -> Entry:
        """Return the answer that somebody got meanwhile; else raise the wait for the batch."""
        try:
            async with (
                self._batcher.place() as batch,
                self._purse.admit_to_batch(call, batch.id) as payment,
            ):
                begun = await self._reserve(call, payment)
                if isinstance(begun, Entry):
                    return begun
                self._unsent.pop(call.digest, None)
                batch.take(begun, call, caches_system=payment.options.caches_system)
        except TransientError as error:
            if error.wait_reason == "budget_reserved":
                error.retry_after_s = MONEY_WAIT_S
            raise
        raise in_batch(call)

    def close(self) -> None:
        """Send what is gathered now."""
        self._batcher.close()

    async def settled(self) -> None:
        """Return when nothing that was gathered is on its way out; release what was never sent."""
        await self._batcher.settled()
        await super().settled()
