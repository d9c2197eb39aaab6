"""One call from its reservation to its journaled answer; the only place where a model is asked.

    free   journal "sent" -> ask -> journal the answer
    paid   wait for room in the limits -> reserve -> journal "sent" -> ask -> journal + settle

A call that failed is settled by what its fault says: released where nothing can have been billed,
else unknown, with its money held.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from footnoted.db.outage import DatabaseDownError
from footnoted.errors import BudgetExceededError, FootnotedError, TransientError
from footnoted.ledger import store
from footnoted.ledger.faults import CallFailedError, Fault, FaultKind
from footnoted.ledger.journal import FREE, CallState, Entry
from footnoted.llm.port import CallOptions
from footnoted.llm.purchasable import Purchasable
from footnoted.llm.settlement import settlement_of

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.journal import CallDraft, Settlement
    from footnoted.llm.port import RawAnswer
    from footnoted.llm.purchasable import Counter, Money

IN_FLIGHT_WAIT_S = 5.0
BATCH_WAIT_S = 3_600.0
"""When what waits for a batch looks by itself; it is woken as soon as its answers are in."""
DEADLINE_MARGIN = timedelta(seconds=60)
_ANSWER_KEPT_S = 600.0
_JOURNAL_PAUSE_S = 0.25

CallT = TypeVar("CallT", bound=Purchasable)


class Purchaser(Generic[CallT]):
    """Makes calls and journals them. `till` is what money goes through; without it none does."""

    def __init__(self, database: Database, clock: Clock, till: Counter[CallT] | None) -> None:
        """Join the journal's database; free models need no till."""
        self._database = database
        self._clock = clock
        self._till = till
        self._unsent: defaultdict[str, list[datetime]] = defaultdict(list)
        self._sent: set[str] = set()

    async def buy(self, call: CallT) -> Entry:
        """Return the journaled answer to a call that is not journaled yet.

        Raises TransientError while another process makes it or the provider rests,
        BudgetExceededError without room under a cap, CallFailedError where this request can never
        succeed with this model, DatabaseDownError when the journal is away for long.
        """
        if call.is_free:
            begun = await self._begin(call, CallState.SENT, None)
            if isinstance(begun, Entry):
                return begun
            return await self._ask(call, begun, CallOptions(), None)
        if self._till is None:
            message = f"{call.model_name} costs money, and nothing here may spend any"
            raise RuntimeError(message)
        async with self._till.admit(call) as payment:
            begun = await self._reserve(call, payment)
            if isinstance(begun, Entry):
                return begun
            await self._send(call, begun, payment)
            return await self._ask(call, begun, payment.options, payment)

    def close(self) -> None:
        """Gather no more calls from now on; this one makes each by itself."""

    async def settled(self) -> None:
        """Release what was begun here and never sent, with its money, after `close`.

        Where the database is away it stays: the next start releases it.
        """
        left = [(digest, at) for digest, moments in self._unsent.items() for at in moments]
        self._unsent.clear()
        if not left:
            return
        with suppress(DatabaseDownError):
            async with self._database.transaction() as session:
                await store.release_unsent(session, left)

    def is_sent(self, digest: str) -> bool:
        """Return whether a call is with its model: its answer is paid for and worth waiting for."""
        return digest in self._sent

    async def _reserve(self, call: CallT, payment: Money) -> int | Entry:
        """Return the row of a call whose money is held, counting its prompt where that is tight."""
        try:
            return await self._begin(call, CallState.RESERVED, payment)
        except (BudgetExceededError, TransientError):
            if not await payment.count():
                raise
        return await self._begin(call, CallState.RESERVED, payment)

    async def _begin(self, call: CallT, state: CallState, payment: Money | None) -> int | Entry:
        """Return the row of a call, journaled as `state`, with its money held.

        Where somebody else got an answer meanwhile, it is that answer that is returned.
        A row whose commit the database swallowed is known as ours, unsent, and taken up again.
        """
        unsent = self._unsent[call.digest]
        left = [(call.digest, at) for at in unsent]
        overdue = 0
        try:
            async with self._database.transaction() as session:
                now = await payment.open(session) if payment else self._clock.now()
                unsent.append(now)
                if payment is not None:
                    overdue = await store.give_up_overdue(session, now)
                entry = (await store.latest_entries(session, [call.digest])).get(call.digest)
                if entry is not None and not call.may_follow(entry):
                    unsent.pop()
                    return entry
                taking = store.Taking(now, call.is_free, left, state)
                call_id = await store.reserve(session, _draft(call, entry, payment), taking)
                if call_id is None:
                    raise _in_flight(call, entry, now)
                if payment is not None:
                    await payment.reserve(session, call_id, now)
        except DatabaseDownError:
            raise
        except FootnotedError:
            unsent.pop()  # rolled back for certain
            raise
        finally:
            if overdue and payment is not None:
                await payment.lost()
        return call_id

    async def _send(self, call: CallT, call_id: int, payment: Money) -> None:
        now = self._clock.now()
        deadline = now + timedelta(seconds=payment.options.timeout_s) + DEADLINE_MARGIN
        async with self._database.transaction() as session:
            if not await store.mark_sent(session, call_id, now, deadline):
                raise _in_flight(call, None, now)

    async def _ask(
        self, call: CallT, call_id: int, options: CallOptions, payment: Money | None
    ) -> Entry:
        self._unsent.pop(call.digest, None)
        self._sent.add(call.digest)
        try:
            return await self._ask_and_journal(call, call_id, options, payment)
        finally:
            self._sent.discard(call.digest)

    async def _ask_and_journal(
        self, call: CallT, call_id: int, options: CallOptions, payment: Money | None
    ) -> Entry:
        try:
            raw = await self._answer(call, options)
        except CallFailedError as error:
            await self._settle_fault(call_id, error.fault, payment)
            raise
        except Exception:
            if call.is_free:
                async with self._database.transaction() as session:
                    await store.release(session, call_id)
            raise
        settlement = settlement_of(raw, payment.cost_of(raw) if payment else FREE)
        await self._journal(call_id, settlement, holds=payment is not None)
        if payment is not None:
            await payment.answered(call_id, raw, settlement.cost_usd)
        return _entry_of(call, call_id, settlement, raw)

    async def _answer(self, call: CallT, options: CallOptions) -> RawAnswer:
        """Return the raw answer; no answer within the time limit is a lost one."""
        if call.is_free:
            return await call.ask(options)
        try:
            async with asyncio.timeout(options.timeout_s):
                return await call.ask(options)
        except TimeoutError:
            message = f"{call.model_name} did not answer within {options.timeout_s:g} s"
            raise CallFailedError(
                Fault(FaultKind.BROKEN, "timeout", message, may_be_billed=True)
            ) from None

    async def _journal(self, call_id: int, settlement: Settlement, *, holds: bool) -> None:
        """Write an answer down; it is kept in hand while the database is away, though not for ever.

        Raises DatabaseDownError when that lasts.
        """
        give_up_at_s = self._clock.monotonic_s() + _ANSWER_KEPT_S
        while True:
            try:
                async with self._database.transaction() as session:
                    now = self._clock.now()
                    await store.settle(session, call_id, settlement, now, holds=holds)
            except DatabaseDownError:
                if self._clock.monotonic_s() > give_up_at_s:
                    raise
                await self._clock.sleep(_JOURNAL_PAUSE_S)
            else:
                return

    async def _settle_fault(self, call_id: int, fault: Fault, payment: Money | None) -> None:
        if payment is not None:
            await payment.failed(fault)
        async with self._database.transaction() as session:
            if fault.may_be_billed:
                await store.mark_unknown(session, call_id, fault.code, fault.provider_request_id)
            else:
                await store.release(session, call_id, fault.code)
        if fault.may_be_billed and payment is not None:
            await payment.lost()


def _draft(call: Purchasable, entry: Entry | None, payment: Money | None) -> CallDraft:
    generation = call.generation
    if entry is not None:
        generation = max(generation, entry.generation + (1 if entry.is_spent else 0))
    draft = call.draft(generation)
    if payment is None:
        return replace(draft, prompt_preview=None)
    return replace(
        draft,
        reserved_usd=payment.amount,
        prompt_text=payment.captured_prompt,
        batch_id=payment.batch_id,
    )


def _entry_of(call: Purchasable, call_id: int, settlement: Settlement, raw: RawAnswer) -> Entry:
    return Entry(
        id=call_id,
        request_sha256=call.digest,
        generation=call.generation,
        state=CallState.ANSWERED,
        usable=settlement.unusable_code is None,
        answer=settlement.answer,
        unusable_code=settlement.unusable_code,
        output_tokens=raw.usage.output_tokens,
        thinking_tokens=raw.usage.thinking_tokens,
    )


def _in_flight(call: Purchasable, entry: Entry | None, now: datetime) -> TransientError:
    """Return the wait for a call that somebody else is making, or died making."""
    if entry is not None and entry.is_in_batch:
        return in_batch(call)
    wait_s = IN_FLIGHT_WAIT_S
    message = f"an equal call to {call.model_name} is on its way; its answer will be used"
    if entry is not None and entry.deadline_at is not None:
        left_s = (entry.deadline_at - now).total_seconds()
        wait_s = min(max(left_s, 1.0), 60.0)
        message += f", and if none has come by {entry.deadline_at:%H:%M:%S} UTC it is asked again"
    return TransientError(message, wait_reason="call_in_flight", retry_after_s=wait_s)


def in_batch(call: Purchasable) -> TransientError:
    """Return the wait for a call that is in a batch."""
    message = f"asked of {call.model_name} in a batch: answers come within a day, mostly an hour"
    return TransientError(message, wait_reason="batch", retry_after_s=BATCH_WAIT_S)
