"""What stages ask through: the gateway, bound to one item and stage at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.call import CallScope

if TYPE_CHECKING:
    from footnoted.llm.gateway import Gateway
    from footnoted.llm.routes import Routes
    from footnoted.model.claim import Claim
    from footnoted.pipeline.alerts.money import MoneyWitness
    from footnoted.pipeline.deps import CountingAsker


class GatewayAskers:
    """Gives stages their askers; `witness` knows whether the money of this run is used up."""

    def __init__(
        self, gateway: Gateway, routes: Routes, witness: MoneyWitness | None = None
    ) -> None:
        """Ask through `gateway`."""
        self._gateway = gateway
        self._routes = routes
        self._witness = witness

    @property
    def is_spent(self) -> bool:
        """Return whether the money of this run is used up, so that it should end."""
        return self._witness is not None and self._witness.run_is_spent

    def model_of(self, profile: str, stage: str) -> str:
        """Return the models that a stage of a profile asks."""
        return self._routes.name_of(stage, profile)

    def manner_of(self, profile: str, stage: str) -> dict[str, str]:
        """Return what of the set-up of those models is not as usual, such as their effort."""
        return self._routes.manner_of(stage, profile)

    def asker_for(self, claim: Claim, stage: str, generation: int, models: str) -> CountingAsker:
        """Return the asker of one claimed item and stage, by other `models` where some are set."""
        scope = CallScope(claim.kind, claim.id, stage, generation, claim.profile, models)
        return self._gateway.asker(scope)

    def close(self) -> None:
        """Send no paid call from now on."""
        self._gateway.close()

    async def settled(self) -> None:
        """Return when no answer is on its way any more."""
        await self._gateway.settled()
