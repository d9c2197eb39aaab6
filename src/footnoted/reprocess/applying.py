"""Doing what a plan says: items are put back, and the machine redoes them like any other work.

All of it in one transaction: whoever dies of it has changed nothing, and whatever is left of a plan
was put back. What is being worked on is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import UsageError
from footnoted.model.status import ItemKind
from footnoted.pipeline.alerts.alert import COST_CAP_REACHED
from footnoted.pipeline.alerts.store import resolve_alert
from footnoted.reprocess import store
from footnoted.reprocess.plans import store as plans
from footnoted.sources.videos.store import notify_work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.pipeline.deps import Deps
    from footnoted.reprocess.plan import Plan
    from footnoted.reprocess.scope import Scope
    from footnoted.reprocess.store import Redoing


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a plan: its number, the items put back, and those that moved meanwhile."""

    plan_id: int
    put_back: tuple[Redoing, ...]
    left: tuple[Redoing, ...]


async def apply_plan(deps: Deps, scope: Scope, plan: Plan, cap_usd: Decimal | None) -> Applied:
    """Put back every item of a plan, or none; its calls may cost `cap_usd` (USD) together.

    Without a cap it goes on until it has cost its 90th percentile, and then waits for a person.

    Pages that only follow from their videos are not put back: the videos want them when they are
    redone, if anything of them changed.
    """
    now, charged = deps.clock.now(), plan.of_calls
    # In one order, so that two who apply at once wait for each other and never in a circle.
    redoings = sorted(plan.redoings(), key=lambda redoing: (redoing.kind, redoing.id))
    stop_at = charged.p90_usd if cap_usd is None and plan.money.calls else None
    forecast = plans.StoredForecast(scope.summary(), charged.summary(), cap_usd, stop_at)
    done: list[Redoing] = []
    left: list[Redoing] = []
    async with deps.database.transaction() as session:
        plan_id = await plans.write_plan(session, forecast, _items_of(plan), now)
        for redoing in redoings:
            moved = await store.put_back(session, redoing, now)
            (done if moved else left).append(redoing)
            if moved and scope.force:
                stages = _from(redoing.stage, redoing, deps)
                await store.want_fresh(session, redoing.kind, redoing.id, stages)
        await plans.drop_plan_items(session, plan_id, [(r.kind.value, r.id) for r in left])
        await notify_work(session)
    return Applied(plan_id, tuple(done), tuple(left))


async def raise_cap(database: Database, plan_id: int, cap_usd: Decimal, *, clock: Clock) -> int:
    """Let a plan cost that much (USD); return how many of its items waited for money.

    Raises UsageError when there is no such plan.
    """
    async with database.transaction() as session:
        if not await plans.raise_cap(session, plan_id, cap_usd):
            message = f"there is no plan {plan_id}; `footnoted plan list` shows them"
            raise UsageError(message)
        woken = await plans.wake_plan(session, plan_id, clock.now())
        await resolve_alert(session, COST_CAP_REACHED, f"plan {plan_id}", clock.now())
        await notify_work(session)
    return woken


def _from(stage: str, redoing: Redoing, deps: Deps) -> list[str]:
    """Return a stage and those that come after it, as far as they ask models."""
    flow = deps.flows.get(redoing.kind, redoing.profile)
    names = [each.name for each in flow.stages if each.asks] if flow is not None else []
    return names[names.index(stage) :] if stage in names else names


def _items_of(plan: Plan) -> Sequence[tuple[str, int]]:
    """Return all items that the plan's money is for: what is put back, and pages that follow."""
    found = {(redoing.kind.value, redoing.id) for redoing in plan.redoings()}
    pages = [f for f in plan.forecasts if f.item.kind is ItemKind.PAGE_GROUP]
    found |= {(f.item.kind.value, f.item.id) for f in pages if f.is_stale or f.is_follow_up}
    return sorted(found)
