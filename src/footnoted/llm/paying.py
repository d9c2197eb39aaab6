"""What money goes through: prices, caps, limits and the cache, around one call at a time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from footnoted.ledger.budgets.budget import CapReachedError, Caps
from footnoted.llm.identity import prompt_bytes
from footnoted.llm.limits.limiter import Demand
from footnoted.llm.payment import Admission, Payment
from footnoted.llm.prefixes import PrefixUse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from decimal import Decimal

    from footnoted.clock import Clock
    from footnoted.ledger.prices import PriceTable
    from footnoted.ledger.switches.switches import Switches
    from footnoted.llm.call import Call
    from footnoted.llm.limits.limiter import Limiter
    from footnoted.llm.limits.spacing import Spacing
    from footnoted.llm.prefixes import Prefixes


BATCH_LANE = "message-batches"
"""The class whose limits and rests hold for making batches; those of models don't."""


class Witness(Protocol):
    """Who hears of what a person should know about money."""

    async def cap_reached(self, error: CapReachedError) -> None:
        """Hear that a cap has no room for a call."""
        ...

    async def cost_more(self, call_id: int, reserved: Decimal, cost: Decimal) -> None:
        """Hear that a call cost more than was reserved for it."""
        ...

    async def lost(self) -> None:
        """Hear that answers were lost which may be billed."""
        ...

    async def stopped(self, code: str, detail: str) -> None:
        """Hear that the provider refuses every call."""
        ...

    async def went_on(self) -> None:
        """Hear that a call was answered after all were refused."""
        ...


@dataclass(frozen=True, slots=True)
class Till:
    """Everything that a paid call passes. `min_prefix` gives a model's least cacheable tokens."""

    clock: Clock
    prices: PriceTable
    caps: Caps
    limiter: Limiter
    spacing: Spacing
    prefixes: Prefixes
    switches: Switches
    witness: Witness
    min_prefix: Callable[[str], int]
    timeout_s: float

    @asynccontextmanager
    async def admit(self, call: Call) -> AsyncGenerator[Payment]:
        """Yield the payment of a call that may be made now; what it took is given back at the end.

        Raises TransientError when the provider rests or an earlier video's pause lasts, and
        ConfigurationError for a model without a price.
        """
        prices = self.prices.prices_of(call.model.name, self.clock.now())
        item = f"{call.scope.item_kind} {call.scope.item_id}"
        await self.spacing.enter(item)
        prefix, payment = PrefixUse(), None
        try:
            prefix = await self._prefix(call)
            ticket = await self.limiter.admit(self._demand(call, prefix))
            payment = Payment(self, call, Admission(prices, prefix, ticket))
            try:
                await payment.prepare()
                yield payment
            finally:
                await payment.close()
        except CapReachedError as error:
            await self.witness.cap_reached(error)
            raise
        finally:
            prefix.settle(False)  # noqa: FBT003 - a callback; nothing, when it was told before
            self.spacing.left(item, called=payment is not None and payment.was_sent)

    @asynccontextmanager
    async def admit_to_batch(self, call: Call, batch_id: int) -> AsyncGenerator[Payment]:
        """Yield the payment of a call that goes into a batch, at the price of one.

        Batches have no part in a model's limits nor in the pause between videos. A prefix that
        calls share is marked for the cache, and nobody waits for who writes it: see
        docs/decisions/0020. Raises TransientError when the provider takes no batch now.
        """
        prices = self.prices.prices_of(call.model.name, self.clock.now())
        ticket = await self.limiter.admit(Demand(BATCH_LANE, 0, 0))
        await self.limiter.withdraw(ticket)  # the batch itself asks for another
        prefix = PrefixUse(caches=self._shares_a_prefix(call))
        payment = Payment(self, call, Admission(prices, prefix, ticket, batch_id))
        await payment.prepare()
        try:
            yield payment
        except CapReachedError as error:
            await self.witness.cap_reached(error)
            raise

    async def _prefix(self, call: Call) -> PrefixUse:
        if not self._has_cacheable_prefix(call):
            return PrefixUse()
        return await self.prefixes.use(call.prefix_key, siblings=call.siblings)

    def _shares_a_prefix(self, call: Call) -> bool:
        return self._has_cacheable_prefix(call) and self.prefixes.is_shared(
            call.prefix_key, siblings=call.siblings
        )

    def _has_cacheable_prefix(self, call: Call) -> bool:
        system = call.request.prompt.system
        tokens = self.limiter.expected_input(call.model.name, len(system.encode()))
        return tokens >= self.min_prefix(call.model.name)

    def _demand(self, call: Call, prefix: PrefixUse) -> Demand:
        name, size = call.model.name, prompt_bytes(call.request)
        cached = len(call.request.prompt.system.encode()) if prefix.is_warm else 0
        return Demand(
            model=name,
            input_tokens=self.limiter.expected_input(name, size - cached),
            output_tokens=self.limiter.expected_output(
                name, call.scope.stage, call.request.max_tokens_out
            ),
            stage=call.scope.stage,
            prompt_bytes=size,
        )
