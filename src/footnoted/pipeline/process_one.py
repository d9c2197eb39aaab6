"""Advance one claimed item by exactly one stage.

    1 gate      may it run at all?
    2 prepare   load its input, or take the pinned one       short transaction
    3 run       the stage's work, under its time limit       no transaction, no session
    4 save      compare-and-set + output + event             one short transaction
    5 settle    or: wait, stop, failure as the row's change  one short transaction

What can be expected is returned; the one `except Exception` of the machine is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import PermanentError
from footnoted.model.outcome import Lost, Outcome, Stopped, Waiting
from footnoted.pipeline import gate
from footnoted.pipeline.guard import guarded
from footnoted.pipeline.orders import order as orders
from footnoted.pipeline.orders import store as order_store
from footnoted.pipeline.settling import moment_of, save_output, settle_outcome, why
from footnoted.stages.port import ItemGoneError, StageContext
from footnoted.telemetry import STAGE_ERRED, TICK_FINISHED, get_logger

if TYPE_CHECKING:
    from pydantic import BaseModel

    from footnoted.model.claim import Claim
    from footnoted.pipeline.deps import Deps
    from footnoted.stages.port import AnyStage


@dataclass(frozen=True, slots=True)
class _Prepared:
    given: BaseModel
    generation: int


async def process_one(claim: Claim, deps: Deps) -> Outcome:
    """Return what became of `claim` after one stage; the database holds the same.

    Raises only what means that the database itself is away (`deps.keeper.is_lost`).
    """
    started_s = deps.clock.monotonic_s()
    stage = _stage_of(claim, deps)
    outcome = await _advance(claim, stage, deps)
    get_logger().info(
        TICK_FINISHED,
        item=str(claim),
        profile=claim.profile,
        stage=stage.name,
        outcome=type(outcome).__name__.lower(),
        why=why(outcome),
        duration_ms=round((deps.clock.monotonic_s() - started_s) * 1000),
    )
    return outcome


async def _advance(claim: Claim, stage: AnyStage, deps: Deps) -> Outcome:
    if (stopped := gate.before(claim, deps.limits)) is not None:
        return await settle_outcome(claim, stage, stopped, deps)
    try:
        result = await guarded(_run(claim, stage, deps), stage.time_limit_s)
        if isinstance(result, Waiting | Stopped):
            return await settle_outcome(claim, stage, result, deps)
        return await save_output(claim, stage, result, deps)
    except ItemGoneError:
        return Lost()
    except Exception as error:
        if deps.keeper.is_lost(error):
            raise
        if not isinstance(error, gate.EXPECTED_ERRORS):
            get_logger().exception(STAGE_ERRED, item=str(claim), stage=stage.name)
        return await settle_outcome(
            claim, stage, gate.judge(error, moment_of(deps), deps.limits), deps
        )


def _stage_of(claim: Claim, deps: Deps) -> AnyStage:
    flow = deps.flows.get(claim.kind, claim.profile)
    step = flow.step_at(claim.status) if flow is not None else None
    if step is None:
        message = f"{claim} was claimed at {claim.status!r}, where no stage is"
        raise PermanentError(message, failure_code="no_stage")
    return step.stage


async def _run(claim: Claim, stage: AnyStage, deps: Deps) -> BaseModel | Waiting | Stopped:
    prepared = await _prepare(claim, stage, deps)
    asker = deps.askers.asker_for(claim, stage.name, prepared.generation)
    context = StageContext(asker, deps.prompts.get(claim.profile, {}))
    result: BaseModel | Waiting | Stopped = await stage.run(prepared.given, context)
    return result


async def _prepare(claim: Claim, stage: AnyStage, deps: Deps) -> _Prepared:
    async with deps.database.transaction() as session:
        if not stage.asks:
            return _Prepared(await stage.load(session, claim.id), 0)
        prompts = deps.prompts.get(claim.profile, {})
        models = deps.askers.model_of(claim.profile, stage.name)
        parts = orders.fingerprint_parts(stage, models, prompts)
        pinned = await order_store.open_order(session, claim, stage.name, parts)
        if pinned is not None:
            given = stage.given_type.model_validate_json(pinned.given_json)
            return _Prepared(given, pinned.generation)
        given = await stage.load(session, claim.id)
        draft = orders.draft_order(given, parts)
        pinned = await order_store.pin(session, claim, stage.name, draft, deps.clock.now())
        return _Prepared(given, pinned.generation)
