"""Advance one claimed item by exactly one stage.

    1 gate      may it run at all?
    2 prepare   load its input, or take the pinned one       short transaction
                (or find that this input was worked on by the same configuration: then only 4)
    3 run       the stage's work, under its time limit       no transaction, no session
    4 save      compare-and-set + output + event             one short transaction
    5 settle    or: wait, stop, failure as the row's change  one short transaction

What can be expected is returned; the one `except Exception` of the machine is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.errors import PermanentError
from footnoted.model.outcome import Lost, Outcome, Stopped, Waiting
from footnoted.pipeline import gate
from footnoted.pipeline.guard import guarded
from footnoted.pipeline.preparing import prepare
from footnoted.pipeline.settling import (
    Made,
    moment_of,
    save_output,
    settle_outcome,
    why,
)
from footnoted.stages.port import ItemGoneError, StageContext
from footnoted.telemetry import STAGE_ERRED, TICK_FINISHED, get_logger

if TYPE_CHECKING:
    from pydantic import BaseModel

    from footnoted.model.claim import Claim
    from footnoted.pipeline.deps import Deps
    from footnoted.stages.port import AnyStage


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
        ran = await guarded(_run(claim, stage, deps), stage.time_limit_s)
        if isinstance(ran, Waiting | Stopped):
            return await settle_outcome(claim, stage, ran, deps)
        return await save_output(claim, stage, ran, deps)
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


async def _run(claim: Claim, stage: AnyStage, deps: Deps) -> Made | Waiting | Stopped | None:
    """Return the output, or why there is none; None when nothing of it is to be done again."""
    prepared = await prepare(claim, stage, deps)
    if prepared.given is None:
        return None
    models, generation = prepared.setup.own_models, prepared.generation
    asker = deps.askers.asker_for(claim, stage.name, generation, models)
    context = StageContext(asker, prepared.setup.prompts, models)
    result: BaseModel | Waiting | Stopped = await stage.run(prepared.given, context)
    if isinstance(result, Waiting | Stopped):
        return result
    return Made(result, asker.tally, tuple(sorted(asker.answered_by)))
