"""What money for embedding goes through: caps and limits, around one request at a time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.ledger.budgets.budget import CapReachedError, Caps
from footnoted.llm.holding import Holding
from footnoted.llm.limits.limiter import Demand
from footnoted.llm.port import CallOptions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from decimal import Decimal

    from footnoted.clock import Clock
    from footnoted.llm.embedding.call import EmbeddingCall, TokenTariff
    from footnoted.llm.limits.limiter import Limiter, Ticket
    from footnoted.llm.paying import Witness
    from footnoted.llm.port import RawAnswer


@dataclass(frozen=True, slots=True)
class EmbeddingTill:
    """Everything that a paid request passes. `caps` are those of models: there is one budget."""

    clock: Clock
    caps: Caps
    limiter: Limiter
    witness: Witness
    timeout_s: float

    @asynccontextmanager
    async def admit(self, call: EmbeddingCall) -> AsyncGenerator[EmbeddingPayment]:
        """Yield the payment of a request that may be sent now.

        Raises TransientError when the service rests or refuses everything.
        """
        if call.tariff is None:
            message = f"{call.model_name} has no price"
            raise RuntimeError(message)
        tokens = self.limiter.expected_input(call.model_name, call.tariff.most_tokens)
        demand = Demand(
            call.model_name,
            tokens,
            output_tokens=0,
            stage=call.scope.stage,
            prompt_bytes=call.tariff.most_tokens,
        )
        ticket = await self.limiter.admit(demand)
        payment = EmbeddingPayment(self, ticket, call.tariff)
        try:
            yield payment
        except CapReachedError as error:
            await self.witness.cap_reached(error)
            raise
        finally:
            await payment.close()


class EmbeddingPayment(Holding):
    """Holds what one request may cost: a token for every byte, so there is nothing to count."""

    def __init__(self, till: EmbeddingTill, ticket: Ticket, tariff: TokenTariff) -> None:
        """Hold nothing yet."""
        super().__init__(till, ticket, tariff.worst_usd, CallOptions(till.timeout_s))
        self._tariff = tariff

    async def count(self) -> bool:
        """Return that looking closer makes it no less."""
        return False

    def cost_of(self, raw: RawAnswer) -> Decimal:
        """Return what an answer cost (USD)."""
        return self._tariff.cost(raw.usage.input_tokens)
