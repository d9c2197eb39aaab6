"""The models of a process with everything that paying for them needs, and their start and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from footnoted.errors import ConfigurationError
from footnoted.ledger.switches.switches import Switches
from footnoted.llm.assembly import caps_of, min_prefix_of
from footnoted.llm.batches.choice import Choice, LlmMode
from footnoted.llm.batches.collection import Collection
from footnoted.llm.batches.gathering import Batcher
from footnoted.llm.batches.purchase import BatchPurchaser
from footnoted.llm.limits.limiter import Limiter
from footnoted.llm.limits.spacing import Spacing
from footnoted.llm.paying import Till
from footnoted.llm.prefixes import Prefixes
from footnoted.pipeline.alerts.money import MoneyWitness
from footnoted.pipeline.batches.keeper import BatchKeeper
from footnoted.settings import variable
from footnoted.telemetry import BUDGET_IN_FORCE, get_logger

if TYPE_CHECKING:
    from decimal import Decimal

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.prices import PriceTable
    from footnoted.llm.batches.port import BatchProvider
    from footnoted.llm.routes import Routes
    from footnoted.settings import Settings


class Provider(Protocol):
    """What the way to a provider tells of itself."""

    base_url: str

    @property
    def key_sha256(self) -> str:
        """Return the hash of the key."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


@dataclass(frozen=True, slots=True)
class PaidSetup:
    """What paying is set up from; `run_cap` is the most that this run may cost (USD).

    `batches` is None where the provider takes none.
    """

    settings: Settings
    database: Database
    clock: Clock
    prices: PriceTable
    run_cap: Decimal | None = None
    batches: BatchProvider | None = None


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """The models of each stage; without a till none of them costs anything."""

    routes: Routes
    till: Till | None = None
    witness: MoneyWitness | None = None
    provider: Provider | None = None
    purchaser: BatchPurchaser | None = None
    keeper: BatchKeeper | None = None
    collection: Collection | None = None

    async def load(self) -> None:
        """Bring back what was learned of the provider, and say which caps are in force.

        Without a key no provider is asked, so none can refuse.
        """
        if self.witness is not None and self.till is None:
            await self.witness.went_on()
        if self.till is None or self.witness is None:
            return
        await self.till.limiter.load()
        stop = self.till.limiter.stop
        await self.witness.started((stop.code, stop.detail) if stop else None)
        caps = self.till.caps
        get_logger().info(
            BUDGET_IN_FORCE,
            day_usd=str(caps.day),
            month_usd=str(caps.month),
            source_day_usd=str(caps.source_day),
            run_usd=str(caps.run),
            models=[model.name for model in self.routes.models if not model.is_free],
        )

    async def close(self) -> None:
        """Close the way to the provider."""
        if self.provider is not None:
            await self.provider.close()


def pay_nothing(routes: Routes, database: Database, clock: Clock) -> ModelAccess:
    """Return access to models that cost nothing."""
    return ModelAccess(routes, witness=MoneyWitness(database, clock))


def pay_for(routes: Routes, provider: Provider, setup: PaidSetup) -> ModelAccess:
    """Return access to these models with prices, caps, limits and cache around every call.

    Raises ConfigurationError for a mode that the provider lacks.
    """
    database, clock, settings = setup.database, setup.clock, setup.settings
    witness = MoneyWitness(database, clock)
    till = Till(
        clock=clock,
        prices=setup.prices,
        caps=caps_of(settings, str(uuid4()), setup.run_cap),
        limiter=Limiter(
            database, clock, provider=provider.base_url, key_sha256=provider.key_sha256
        ),
        spacing=Spacing(clock, settings.inter_video_sleep_s),
        prefixes=Prefixes(clock),
        switches=Switches(database, clock),
        witness=witness,
        min_prefix=min_prefix_of,
        timeout_s=settings.call_timeout_s,
    )
    if setup.batches is None:
        if settings.llm_mode == "batch":
            message = f"{variable('llm_mode')} is batch, and the server is said to lack batches"
            raise ConfigurationError(message)
        return ModelAccess(routes, till, witness, provider)
    choice = Choice(LlmMode(settings.llm_mode), database, clock, till.limiter)
    batcher = Batcher(database, till, setup.batches, choice)
    collection = Collection(database, till, setup.batches)
    keeper = BatchKeeper(database, clock, batcher, collection)
    purchaser = BatchPurchaser(database, clock, till, batcher)
    return ModelAccess(routes, till, witness, provider, purchaser, keeper, collection)
