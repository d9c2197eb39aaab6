"""What money for speech goes through: caps and limits, around one stretch at a time."""

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
    from footnoted.llm.limits.limiter import Limiter, Ticket
    from footnoted.llm.paying import Witness
    from footnoted.llm.port import RawAnswer
    from footnoted.llm.speech.call import SpeechCall, Tariff


@dataclass(frozen=True, slots=True)
class SpeechTill:
    """Everything that a paid stretch passes. `caps` are those of models: there is one budget."""

    clock: Clock
    caps: Caps
    limiter: Limiter
    witness: Witness
    timeout_s: float

    @asynccontextmanager
    async def admit(self, call: SpeechCall) -> AsyncGenerator[SpeechPayment]:
        """Yield the payment of a stretch that may be sent now.

        Raises TransientError when the service rests or refuses everything.
        """
        if call.tariff is None:
            message = f"{call.model_name} has no price"
            raise RuntimeError(message)
        demand = Demand(call.model_name, input_tokens=0, output_tokens=0, stage=call.scope.stage)
        ticket = await self.limiter.admit(demand)
        payment = SpeechPayment(self, ticket, call.tariff)
        try:
            yield payment
        except CapReachedError as error:
            await self.witness.cap_reached(error)
            raise
        finally:
            await payment.close()


class SpeechPayment(Holding):
    """Holds what one stretch may cost: its length is known, so there is nothing to count."""

    def __init__(self, till: SpeechTill, ticket: Ticket, tariff: Tariff) -> None:
        """Hold nothing yet."""
        super().__init__(till, ticket, tariff.worst_usd, CallOptions(till.timeout_s))
        self._tariff = tariff

    async def count(self) -> bool:
        """Return that looking closer makes it no less."""
        return False

    def cost_of(self, raw: RawAnswer) -> Decimal:
        """Return what an answer cost (USD)."""
        return self._tariff.cost(raw.usage.speech_ms)
