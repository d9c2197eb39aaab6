"""Brings results home: the way back of batches, safe to repeat at any point.

    intent  look among the provider's batches for one that is ours -> its name, or provably none
    sent    look -> ended -> each result journaled and settled in a transaction of its own

Who made a batch is seen only in its results, which have our names for the calls in them. So an
unnamed batch is looked for among those made after the intent, of as many requests, that we know by
no other name: one that is still worked on keeps ours waiting, one that has ended tells. When none
of them can be ours, long after the request must have arrived, there is none.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.ledger import store as journal
from footnoted.ledger.batches import store
from footnoted.ledger.batches.batch import CANCELED, EXPIRED, NOT_MADE, BatchState, Made
from footnoted.llm.batches.port import Verdict
from footnoted.llm.settlement import cost_of, settlement_of
from footnoted.telemetry import (
    BATCH_ADOPTED,
    BATCH_COLLECTED,
    BATCH_RELEASED,
    CALL_COST_MORE,
    get_logger,
)

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.batches.batch import Batch, OpenCall
    from footnoted.llm.batches.port import BatchProvider, Result, Standing
    from footnoted.llm.paying import Till
    from footnoted.llm.port import RawAnswer

LOST = "batch_lost"
_MISSING = "batch_result_missing"


@dataclass(frozen=True, slots=True)
class Patience:
    """When something that is not there counts as absent.

    An intent is looked after once no process can still be sending it (`sending`), and released when
    the provider has listed nothing of it for `unseen`: batches are listed within a minute.
    """

    sending: timedelta = timedelta(minutes=5)
    unseen: timedelta = timedelta(minutes=15)


class Collection:
    """Looks after the batches of one provider, whoever sent them."""

    def __init__(
        self,
        database: Database,
        till: Till,
        provider: BatchProvider,
        patience: Patience | None = None,
    ) -> None:
        """Ask `provider`; prices and whom to tell are those of `till`."""
        self._database, self._till, self._provider = database, till, provider
        self._clock: Clock = till.clock
        self._patience = patience or Patience()

    async def open_batches(self) -> list[Batch]:
        """Return the batches that are out, or may be, oldest first."""
        async with self._database.transaction() as session:
            return await store.open_batches(session, self._provider.name)

    async def release_forsaken(self, before_age: timedelta) -> int:
        """Release what was gathered by processes that died, longer ago than an age; count it."""
        now = self._clock.now()
        async with self._database.transaction() as session:
            forsaken = await store.forsaken(session, now - before_age)
            for batch_id in forsaken:
                await store.release(session, batch_id, NOT_MADE, now)
        return len(forsaken)

    async def look_after(self, batch: Batch, *, is_sole: bool) -> None:
        """Take a batch as far as it has come. Raises CallFailedError.

        `is_sole` says that nobody else can be sending it at the moment.
        """
        if batch.state is BatchState.INTENT:
            age = self._clock.now() - batch.intent_at
            if is_sole or age >= self._patience.sending:
                await self._adopt(batch)
        elif batch.provider_id is not None:
            await self._collect(batch, batch.provider_id)

    @property
    def provider_name(self) -> str:
        """Return what the books know the provider by."""
        return self._provider.name

    async def cancel(self, batch_id: int) -> bool:
        """Ask for a batch to end early; what is answered is kept, the rest costs nothing.

        Return whether there was anything to cancel. Raises CallFailedError.
        """
        async with self._database.transaction() as session:
            batch = await store.find(session, batch_id)
        if batch is None or batch.provider_id is None:
            return False
        return await self._provider.cancel(batch.provider_id) is not None

    async def _adopt(self, batch: Batch) -> None:
        async with self._database.transaction() as session:
            calls = await store.open_calls(session, batch.id)
        names, may_come = {call.custom_id for call in calls}, False
        for standing in await self._candidates(batch):
            if not standing.has_ended:
                may_come = True
            elif await self._has_any(standing, names):
                await self._name(batch, standing)
                await self._collect(batch, standing.id)
                return
        if not may_come and self._clock.now() - batch.intent_at >= self._patience.unseen:
            async with self._database.transaction() as session:
                await store.release(session, batch.id, NOT_MADE, self._clock.now())
            get_logger().warning(BATCH_RELEASED, batch=batch.id, calls=len(calls))

    async def _candidates(self, batch: Batch) -> list[Standing]:
        """Return the batches that may be this one, newest first."""
        later: list[Standing] = []
        async with aclosing(self._provider.newest_first()) as listed:
            async for standing in listed:
                if standing.id == batch.newest_before:
                    break
                later.append(standing)
        async with self._database.transaction() as session:
            known = await store.known_names(session, [standing.id for standing in later])
        return [one for one in later if one.requests == batch.requests and one.id not in known]

    async def _has_any(self, standing: Standing, names: set[str]) -> bool:
        """Return whether the first result of a batch has one of these names."""
        async with aclosing(self._provider.results(standing.id)) as results:
            async for result in results:
                return result.custom_id in names
        return False

    async def _name(self, batch: Batch, standing: Standing) -> None:
        made = Made(standing.id, standing.expires_at)
        async with self._database.transaction() as session:
            await store.note_sent(session, batch.id, made, self._clock.now())
        get_logger().warning(BATCH_ADOPTED, batch=batch.id, id=standing.id)

    async def _collect(self, batch: Batch, provider_id: str) -> None:
        standing = await self._provider.look(provider_id)
        is_overdue = self._clock.now() >= batch.deadline_at
        if standing is None and is_overdue:
            await self._end(batch, LOST)
        if standing is None or not standing.has_ended:
            return  # a batch may not be seen for a minute after it was made
        async with self._database.transaction() as session:
            calls = {call.custom_id: call for call in await store.open_calls(session, batch.id)}
        async with aclosing(self._provider.results(provider_id)) as results:
            async for result in results:
                if (call := calls.get(result.custom_id)) is not None:
                    await self._settle(call, result)
        await self._end(batch, _MISSING)

    async def _settle(self, call: OpenCall, result: Result) -> None:
        """Journal one result, unless somebody did."""
        fault = result.fault
        async with self._database.transaction() as session:
            if not await store.hold_open(session, call.id):
                return
            if result.answer is not None:
                now = self._clock.now()
                prices = self._till.prices.prices_of(call.model, now)
                cost = cost_of(result.answer, prices, is_batch=True)
                settlement = settlement_of(result.answer, cost)
                await journal.settle(session, call.id, settlement, now, holds=True)
            elif fault is not None and fault.may_be_billed:
                await journal.mark_unknown(session, call.id, fault.code, None)
            else:
                await journal.release(session, call.id, _code_of(result))
        if result.answer is not None:
            await self._tell_dear(call, result.answer)
        elif fault is not None and fault.may_be_billed:
            await self._till.witness.lost()

    async def _tell_dear(self, call: OpenCall, answer: RawAnswer) -> None:
        prices = self._till.prices.prices_of(call.model, self._clock.now())
        cost = cost_of(answer, prices, is_batch=True)
        if cost > call.reserved_usd:
            reserved = str(call.reserved_usd)
            get_logger().warning(
                CALL_COST_MORE, call=call.id, reserved_usd=reserved, cost_usd=str(cost)
            )
            await self._till.witness.cost_more(call.id, call.reserved_usd, cost)

    async def _end(self, batch: Batch, fault_code: str) -> None:
        async with self._database.transaction() as session:
            lost = await store.end(session, batch.id, fault_code, self._clock.now())
        tell = get_logger().warning if lost else get_logger().info
        tell(BATCH_COLLECTED, batch=batch.id, calls=batch.requests, lost=lost)
        if lost:
            await self._till.witness.lost()


def _code_of(result: Result) -> str:
    match result.verdict:
        case Verdict.EXPIRED:
            return EXPIRED
        case Verdict.CANCELED:
            return CANCELED
        case _:
            return result.fault.code if result.fault is not None else LOST
