"""Money that one call holds in its budgets, from its admission to its settlement or release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from footnoted.ledger import store as journal
from footnoted.ledger.budgets import store as budgets
from footnoted.ledger.budgets.budget import charges_of, plan_refusal, refusal
from footnoted.ledger.faults import FaultKind
from footnoted.telemetry import CALL_COST_MORE, get_logger

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.ledger.budgets.budget import Caps
    from footnoted.ledger.faults import Fault
    from footnoted.llm.limits.limiter import Limiter, Ticket
    from footnoted.llm.paying import Witness
    from footnoted.llm.port import CallOptions, RawAnswer


class Purse(Protocol):
    """What holding money needs of a till."""

    @property
    def clock(self) -> Clock:
        """Return the clock that days and months are told by."""
        ...

    @property
    def caps(self) -> Caps:
        """Return the most that each scope may cost."""
        ...

    @property
    def limiter(self) -> Limiter:
        """Return the limits of the provider."""
        ...

    @property
    def witness(self) -> Witness:
        """Return who hears of what a person should know."""
        ...


class Holding:
    """Holds `amount` (USD) for one call; the ticket is what its provider's limits gave it."""

    def __init__(self, purse: Purse, ticket: Ticket, amount: Decimal, options: CallOptions) -> None:
        """Hold nothing yet; `reserve` does."""
        self._till, self._ticket = purse, ticket
        self._is_used = False
        self.was_sent = False
        self.captured_prompt: str | None = None
        self.batch_id: int | None = None
        self.options = options
        self.amount = amount

    async def open(self, session: AsyncConnection) -> datetime:
        """Begin to move money; return the time, which no other reservation runs ahead of."""
        await budgets.lock(session)
        return self._till.clock.now()

    async def reserve(self, session: AsyncConnection, call_id: int, now: datetime) -> None:
        """Hold the amount in every budget of the call.

        Raises BudgetExceededError, or TransientError where others' reservations are in the way.
        """
        await budgets.let_go(session, [call_id])  # of one that died before it sent
        source_id = await journal.note_source(session, call_id)
        own = None if source_id is None else await budgets.source_cap(session, source_id)
        plan = await budgets.plan_cap(session, call_id)
        if plan is not None and (
            stopped := plan_refusal(plan, await budgets.spent_on(session, plan), now)
        ):
            raise stopped
        charges = charges_of(self._till.caps.with_source(own), now, source_id, plan)
        taken = await budgets.reserve(session, charges, self.amount)
        if taken < len(charges):
            standing = await budgets.standing(session, charges[taken])
            raise refusal(charges[taken], standing, self.amount, now)
        await budgets.hold(session, call_id, charges, self.amount)

    async def answered(self, call_id: int, raw: RawAnswer, cost: Decimal) -> None:
        """Tell the limits what came, and a person when it cost more than was held."""
        self._is_used = self.was_sent = True
        was_stopped = self._till.limiter.stop is not None
        await self._till.limiter.answered(self._ticket, raw.usage, raw.allowances)
        if was_stopped and self._till.limiter.stop is None:
            await self._till.witness.went_on()
        if cost > self.amount:
            get_logger().warning(
                CALL_COST_MORE, call=call_id, reserved_usd=str(self.amount), cost_usd=str(cost)
            )
            await self._till.witness.cost_more(call_id, self.amount, cost)

    async def failed(self, fault: Fault) -> None:
        """Tell the limits what went wrong."""
        self._is_used = self.was_sent = True
        await self._till.limiter.failed(self._ticket, fault)
        if fault.kind is FaultKind.STOPPED:
            await self._till.witness.stopped(fault.code, fault.message)

    async def lost(self) -> None:
        """Tell a person of money whose answers never came."""
        await self._till.witness.lost()

    async def close(self) -> None:
        """Give back the room of a call that was never sent."""
        if not self._is_used:
            self._is_used = True
            await self._till.limiter.withdraw(self._ticket)
