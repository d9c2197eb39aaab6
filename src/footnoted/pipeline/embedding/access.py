"""Embedding as a process has it: who embeds, and what the money for it goes through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from footnoted.llm.assembly import caps_of
from footnoted.llm.embedding.call import EmbeddingCall
from footnoted.llm.embedding.paying import EmbeddingTill
from footnoted.llm.flights import Flights
from footnoted.llm.limits.limiter import Bounds, Limiter
from footnoted.llm.purchase import Purchaser
from footnoted.pipeline.alerts.alert import PROVIDER_STOPPED, Alert
from footnoted.pipeline.alerts.money import MoneyWitness

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.budgets.budget import CapReachedError
    from footnoted.pipeline.paid import ModelAccess, PaidSetup
    from footnoted.search.embedding.port import Embedder
    from footnoted.search.embedding.spec import Channel, Spec

EMBEDDING_SERVICE = "embedding service"
_BOUNDS = Bounds(max_wait_s=20.0, patience_s=900.0, max_concurrent=8, start_concurrent=4)
_TIMEOUT_S = 120.0


class EmbeddingWitness(MoneyWitness):
    """Tells of money as for models; a service that refuses everything is an alert of its own.

    What `models` should hear of the caps that both share is told to them.
    """

    def __init__(self, database: Database, clock: Clock, models: MoneyWitness | None) -> None:
        """Write alerts to `database`; `models` is the witness of the models, if there is one."""
        super().__init__(database, clock)
        self._models = models

    async def cap_reached(self, error: CapReachedError) -> None:
        """Raise the alert of a cap once; the cap of a run ends the run, whoever reached it."""
        if self._models is not None:
            await self._models.cap_reached(error)
        else:
            await super().cap_reached(error)

    async def stopped(self, code: str, detail: str) -> None:
        """Raise the one alert of an embedding service that refuses everything."""
        message = f"no vectors are made ({code}): {detail}"
        await self._raise(Alert(PROVIDER_STOPPED, EMBEDDING_SERVICE, message))

    async def went_on(self) -> None:
        """End that alert: texts were embedded."""
        await self._end(PROVIDER_STOPPED, EMBEDDING_SERVICE)


@dataclass(frozen=True, slots=True)
class EmbeddingAccess:
    """An embedder, the spec that is wanted of it, and what paying for it needs.

    Without a till it costs nothing.
    """

    embedder: Embedder
    wanted: Spec
    flights: Flights[EmbeddingCall]
    database: Database
    clock: Clock
    witness: EmbeddingWitness
    till: EmbeddingTill | None

    async def load(self) -> None:
        """Bring back what was learned of the service, before anything is sent."""
        if self.till is None:
            return
        await self.till.limiter.load()
        stop = self.till.limiter.stop
        await self.witness.started((stop.code, stop.detail) if stop else None)

    async def close(self) -> None:
        """Send nothing more, wait for what is on its way, and let go of the service."""
        self.flights.close()
        await self.flights.settled()
        await self.embedder.close()

    def makes(self, channel: Channel) -> bool:
        """Return whether this embedder is the one that a channel was made by."""
        ours = (self.embedder.maker, self.embedder.base_url)
        return (channel.maker, channel.base_url) == ours

    @property
    def free_models(self) -> tuple[str, ...]:
        """Return the names under which calls are journaled that bill nothing."""
        if self.till is not None:
            return ()
        return tuple({channel.model for channel in self.wanted.dense})


def pay_for_embedding(
    embedder: Embedder, wanted: Spec, setup: PaidSetup, models: ModelAccess | None = None
) -> EmbeddingAccess:
    """Return access to an embedder with caps and limits around every request.

    With `models`, both share their caps, that of the run too.
    """
    database, clock = setup.database, setup.clock
    witness = EmbeddingWitness(database, clock, models.witness if models else None)
    model_till = models.till if models else None
    till = None
    if embedder.prices_at(wanted.dense[0].model, clock.now()) is not None:
        run_caps = caps_of(setup.settings, str(uuid4()), setup.run_cap)
        till = EmbeddingTill(
            clock=clock,
            caps=model_till.caps if model_till else run_caps,
            limiter=Limiter(
                database,
                clock,
                provider=embedder.provider,
                key_sha256=embedder.key_sha256,
                bounds=_BOUNDS,
            ),
            witness=witness,
            timeout_s=min(_TIMEOUT_S, setup.settings.call_timeout_s),
        )
    purchaser = Purchaser[EmbeddingCall](database, clock, till)
    return EmbeddingAccess(embedder, wanted, Flights(purchaser), database, clock, witness, till)
