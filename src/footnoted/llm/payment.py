"""The money of one call: what it may cost, whose budgets hold that, and what it did cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.ledger import store as journal
from footnoted.ledger.budgets import store as budgets
from footnoted.ledger.budgets.budget import charges_of, refusal
from footnoted.ledger.faults import FaultKind
from footnoted.ledger.switches.switches import CAPTURE_PROMPTS
from footnoted.llm.identity import prompt_bytes
from footnoted.llm.port import CallOptions
from footnoted.llm.settlement import cost_of
from footnoted.telemetry import CALL_COST_MORE, get_logger

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.ledger.faults import Fault
    from footnoted.ledger.prices import Prices
    from footnoted.llm.call import Call
    from footnoted.llm.limits.limiter import Ticket
    from footnoted.llm.paying import Till
    from footnoted.llm.port import RawAnswer
    from footnoted.llm.prefixes import PrefixUse

_OVERHEAD_TOKENS = 1_000
"""Tokens that a provider adds to a prompt and its schema, at the very most."""

_COUNT_MARGIN, _COUNT_FLOOR = 1.03, 64
"""Share and tokens by which a counted prompt is reserved above the count: counters estimate."""


@dataclass(frozen=True, slots=True)
class Admission:
    """On what terms a call may be made; one that goes into a batch costs its factor."""

    prices: Prices
    prefix: PrefixUse
    ticket: Ticket
    batch_id: int | None = None


class Payment:
    """Holds what one admitted call may cost; `Till.admit` makes it."""

    def __init__(self, till: Till, call: Call, admission: Admission) -> None:
        """Bound the cost by bytes: a byte-level tokenizer makes no more tokens than those."""
        prefix = admission.prefix
        self._till, self._call, self._prices = till, call, admission.prices
        self._prefix, self._ticket = prefix, admission.ticket
        self.batch_id = admission.batch_id
        self._is_used, self._is_counted = False, False
        self.was_sent = False
        self.captured_prompt: str | None = None
        self.options = CallOptions(
            till.timeout_s,
            prefix.caches,
            lambda: prefix.settle(True),  # noqa: FBT003 - a callback
        )
        self.amount = self._worst(prompt_bytes(call.request) + _OVERHEAD_TOKENS)

    def _worst(self, prompt_tokens: int) -> Decimal:
        length = self._call.request.max_tokens_out
        is_batch = self.batch_id is not None
        return self._prices.worst_case(
            prompt_tokens, length, is_batch=is_batch, caches=self._prefix.caches
        )

    async def prepare(self) -> None:
        """Look up whether whole prompts are kept at the moment."""
        if await self._till.switches.is_on(CAPTURE_PROMPTS):
            prompt = self._call.request.prompt
            self.captured_prompt = f"{prompt.system}\n\n=== user ===\n\n{prompt.user}"

    async def count(self) -> bool:
        """Bound the cost by the provider's own count; return whether that made it smaller."""
        if self._is_counted:
            return False
        self._is_counted = True
        tokens = await self._call.model.count_input(self._call.request)
        if tokens is None:
            return False
        counted = self._worst(math.ceil(tokens * _COUNT_MARGIN) + _COUNT_FLOOR)
        is_smaller, self.amount = counted < self.amount, min(self.amount, counted)
        return is_smaller

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
        charges = charges_of(self._till.caps, now, source_id)
        taken = await budgets.reserve(session, charges, self.amount)
        if taken < len(charges):
            standing = await budgets.standing(session, charges[taken])
            raise refusal(charges[taken], standing, self.amount, now)
        await budgets.hold(session, call_id, charges, self.amount)

    def cost_of(self, raw: RawAnswer) -> Decimal:
        """Return what an answer cost (USD)."""
        return cost_of(raw, self._prices)

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

    async def close(self) -> None:
        """Give back the room of a call that was never sent."""
        if not self._is_used:
            self._is_used = True
            await self._till.limiter.withdraw(self._ticket)
