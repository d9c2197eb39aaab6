"""Writing what became of an item: the compare-and-set, the output and the event, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.model.outcome import Advanced, Lost, Outcome, Stopped, Waiting
from footnoted.model.status import STOPPED_STATUSES
from footnoted.pipeline import gate, store
from footnoted.pipeline.alerts import store as alert_store
from footnoted.pipeline.alerts.alert import alert_of, ended_by
from footnoted.pipeline.orders import order as orders
from footnoted.pipeline.orders import store as order_store
from footnoted.pipeline.preparing import setup_of

if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.claim import Claim
    from footnoted.pipeline.deps import Deps
    from footnoted.stages.port import AnyStage


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage put out, how many calls it bought and replayed for that, and who answered."""

    out: BaseModel
    calls: Mapping[str, int]
    answered_by: tuple[str, ...] = ()


async def save_output(claim: Claim, stage: AnyStage, made: Made | None, deps: Deps) -> Outcome:
    """Return Advanced when the claim held and what was made is saved with it, else Lost.

    Without `made`, what the stage had made of the same input stands.
    """
    outcome = Advanced(stage.gives)
    change = gate.change(claim, outcome, moment_of(deps), deps.limits)
    if change is None:
        return Lost()
    now = deps.clock.now()
    told = {"unchanged": True} if made is None else _event_fields(made)
    note = store.Note(stage.name, {"to": stage.gives, **told})
    async with deps.database.transaction() as session:
        if not await store.settle(session, claim, change, note, now):
            return Lost()
        if made is not None:
            await stage.save(session, claim.id, made.out)
            if claim.profile:
                await _close_order(session, claim, stage, made, deps)
        if _is_end(claim, change.status, deps):
            ending = store.Ending("done", await _setup(session, claim, deps))
            await store.close_run(session, claim, ending, now)
        for over in ended_by(claim, outcome):
            await alert_store.resolve_alert(session, over, str(claim), now)
        await _remove_leftovers(session, claim, change.status, deps)
    return outcome


async def _close_order(
    session: AsyncConnection, claim: Claim, stage: AnyStage, made: Made, deps: Deps
) -> None:
    """Record what the output is and was made by; stages below another one have it to do anew."""
    now = deps.clock.now()
    saved = orders.Saved(orders.output_sha256(made.out), made.answered_by, deps.program)
    flow = deps.flows.get(claim.kind, claim.profile)
    names = [each.name for each in flow.stages] if flow is not None else [stage.name]
    later = names[names.index(stage.name) + 1 :]
    await order_store.outdate(session, claim.key, stage.name, saved.sha256, later)
    if stage.asks:
        await order_store.close(session, claim.key, stage.name, saved, now)
    else:
        parts = orders.fingerprint_parts(stage, setup_of(claim.profile, stage, deps))
        await order_store.record(session, claim.key, parts, saved, now)


def _event_fields(made: Made) -> dict[str, object]:
    """Return the counts an output wants told in its event (a field named `counts`), and calls."""
    counts = made.out.model_dump(include={"counts"}, mode="json").get("counts")
    calls = {word: count for word, count in sorted(made.calls.items()) if count}
    told = {"counts": counts, "calls": calls}
    return {name: value for name, value in told.items() if value}


async def settle_outcome(claim: Claim, stage: AnyStage, outcome: Outcome, deps: Deps) -> Outcome:
    """Return `outcome` when the claim held and the row tells it now, else Lost."""
    change = gate.change(claim, outcome, moment_of(deps), deps.limits)
    if change is None:
        return Lost()
    now = deps.clock.now()
    note = store.Note(stage.name, {"why": why(outcome)})
    async with deps.database.transaction() as session:
        if not await store.settle(session, claim, change, note, now):
            return Lost()
        if change.status in STOPPED_STATUSES:
            ending = store.Ending("failed", await _setup(session, claim, deps), stage.name)
            await store.close_run(session, claim, ending, now)
        if (alert := alert_of(claim, outcome)) is not None:
            await alert_store.raise_alert(session, alert, now)
        await _remove_leftovers(session, claim, change.status, deps)
    return outcome


async def _remove_leftovers(
    session: AsyncConnection, claim: Claim, status: str, deps: Deps
) -> None:
    """Remove what the work on an item left, if it is over: the row is held until this commits."""
    flow = deps.flows.get(claim.kind, claim.profile)
    if flow is None or flow.leftovers is None:
        return
    if status == flow.end or status in STOPPED_STATUSES:
        await flow.leftovers.remove(session, claim.id)


def _is_end(claim: Claim, status: str, deps: Deps) -> bool:
    flow = deps.flows.get(claim.kind, claim.profile)
    return flow is not None and status == flow.end


async def _setup(session: AsyncConnection, claim: Claim, deps: Deps) -> dict[str, object]:
    """Return what the program was and what each stage of the item's flow is made by.

    `by_hand` are the stages for which a person set something else for this item.
    """
    flow = deps.flows.get(claim.kind, claim.profile)
    known = await order_store.read_orders(session, *claim.key)
    overrides = {name: order.override for name, order in known.items() if order.override}
    made_by: dict[str, object] = {}
    for stage in flow.stages if flow is not None else ():
        setup = setup_of(claim.profile, stage, deps).under(overrides.get(stage.name), stage.name)
        made_by[stage.name] = orders.fingerprint_parts(stage, setup)
    by_hand = sorted(overrides.keys() & made_by.keys())
    told: dict[str, object] = {"program": deps.program, "stages": made_by}
    return {**told, "by_hand": by_hand} if by_hand else told


def moment_of(deps: Deps) -> gate.Moment:
    """Return the time and jitter of a decision that is made now."""
    return gate.Moment(deps.clock.now(), deps.clock.jitter())


def why(outcome: Outcome) -> str | None:
    """Return the short name of the reason of an outcome, if it has one."""
    match outcome:
        case Waiting():
            return outcome.reason
        case Stopped():
            return outcome.code
        case Advanced() | Lost():
            return None
        case _:
            return outcome.code
