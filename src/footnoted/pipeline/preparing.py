"""What a stage is given for an item: as pinned, as loaded now, or nothing where it is done.

A stage that asks models is done when the same input met the same configuration before: its output
stands, and the item moves on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.pipeline.orders import order as orders
from footnoted.pipeline.orders import store as order_store

if TYPE_CHECKING:
    from pydantic import BaseModel

    from footnoted.model.claim import Claim
    from footnoted.pipeline.deps import Deps
    from footnoted.stages.port import AnyStage


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a stage is given and works with; without `given` all of it was done before."""

    given: BaseModel | None
    setup: orders.Setup
    generation: int = 0


async def prepare(claim: Claim, stage: AnyStage, deps: Deps) -> Prepared:
    """Return what the stage is given; what asks models is pinned first, so that it is replayed."""
    setup = setup_of(claim.profile, stage, deps)
    async with deps.database.transaction() as session:
        if not stage.asks:
            return Prepared(await stage.load(session, claim.id), setup)
        order = await order_store.read_order(session, *claim.key, stage.name)
        if order is not None:
            setup = setup.under(order.override, stage.name)
        parts = orders.fingerprint_parts(stage, setup)
        if order is not None and order.given_json is not None and order.is_open_under(parts):
            given = stage.given_type.model_validate_json(order.given_json)
            return Prepared(given, setup, order.generation)
        given = await stage.load(session, claim.id)
        draft = orders.draft_order(given, parts)
        if order is not None and order.answers(draft):
            return Prepared(None, setup)
        generation = await order_store.pin(session, claim.key, stage.name, draft, deps.clock.now())
        return Prepared(given, setup, generation)


def setup_of(profile: str, stage: AnyStage, deps: Deps) -> orders.Setup:
    """Return what a stage works with as configured."""
    prompts = deps.prompts.get(profile, {})
    if not stage.asks:
        return orders.Setup(prompts, "")
    models = deps.askers.model_of(profile, stage.name)
    return orders.Setup(prompts, models, manner=deps.askers.manner_of(profile, stage.name))
