"""The money of one call: what it may cost, whose budgets hold that, and what it did cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.ledger.switches.switches import CAPTURE_PROMPTS
from footnoted.llm.holding import Holding
from footnoted.llm.identity import prompt_bytes
from footnoted.llm.port import CallOptions
from footnoted.llm.settlement import cost_of

if TYPE_CHECKING:
    from decimal import Decimal

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


class Payment(Holding):
    """Holds what one admitted call may cost; `Till.admit` makes it."""

    def __init__(self, till: Till, call: Call, admission: Admission) -> None:
        """Bound the cost by bytes: a byte-level tokenizer makes no more tokens than those."""
        prefix, self._call, self._prices = admission.prefix, call, admission.prices
        self._switches, self._prefix = till.switches, prefix
        self._is_batch = admission.batch_id is not None
        self._is_counted = False
        options = CallOptions(
            till.timeout_s,
            prefix.caches,
            lambda: prefix.settle(True),  # noqa: FBT003 - a callback
        )
        amount = self._worst(prompt_bytes(call.request) + _OVERHEAD_TOKENS)
        super().__init__(till, admission.ticket, amount, options)
        self.batch_id = admission.batch_id

    def _worst(self, prompt_tokens: int) -> Decimal:
        length = self._call.request.max_tokens_out
        return self._prices.worst_case(
            prompt_tokens, length, is_batch=self._is_batch, caches=self._prefix.caches
        )

    async def prepare(self) -> None:
        """Look up whether whole prompts are kept at the moment."""
        if await self._switches.is_on(CAPTURE_PROMPTS):
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

    def cost_of(self, raw: RawAnswer) -> Decimal:
        """Return what an answer cost (USD)."""
        return cost_of(raw, self._prices)
