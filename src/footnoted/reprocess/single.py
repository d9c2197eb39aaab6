"""Redoing one video by hand: a stage again, with a prompt or models of its own, or everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from footnoted.errors import UsageError
from footnoted.model.status import DISCOVERED, STOPPED_STATUSES, ItemKind
from footnoted.pipeline.orders.store import read_orders
from footnoted.prompting import listed, parse_prompt
from footnoted.reprocess import store
from footnoted.reprocess.store import Redoing
from footnoted.settings import variable
from footnoted.sources.videos.store import notify_work

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.pipeline.deps import Deps
    from footnoted.pipeline.flow import Flow, Step
    from footnoted.pipeline.orders.order import Override
    from footnoted.pipeline.upkeep.upkeep import Remake
    from footnoted.reprocess.store import Item

STAGE_RERUN = "stage_rerun"
CLEAN = "clean"
REPAIR = "repair"


@runtime_checkable
class SharesOutput(Protocol):
    """A stage whose output belongs to no one item, such as which names are one.

    No item can have a prompt, a model or fresh answers of its own there.
    """

    shares_output: ClassVar[bool]


@dataclass(frozen=True, slots=True)
class Rerun:
    """A stage of a video that is wanted again; `fresh` buys its answers anew.

    `override` replaces what was set for it before; None is as configured.
    """

    video_id: int
    stage: str
    override: Override | None = None
    fresh: bool = False


async def rerun_stage(deps: Deps, wanted: Rerun) -> Redoing:
    """Put a video back to before a stage; what follows is redone as far as that changes.

    Raises UsageError for a video that is not there or is worked on, a stage that it does not have
    or that asks no model, where a stage before it was never passed, naming that, for a prompt that
    leaves out what the stage is asked about, and for one of its own where the stage is for all.
    """
    async with deps.database.transaction() as session:
        item = await _free_video(session, wanted.video_id)
        flow = _flow_of(item, deps)
        step = _step_of(flow, wanted.stage, item)
        await _require_passed(session, item, flow, step)
        require_own(step, wanted)
        _require_question(item, wanted, deps)
        why = ["override" if wanted.override is not None else "as configured"]
        why += await _set_after(session, item, flow, step)
        redoing = Redoing(
            item.kind,
            item.id,
            item.profile,
            item.status,
            step.status,
            wanted.stage,
            why,
            STAGE_RERUN,
        )
        await _put_back(session, redoing, deps)
        override = None if wanted.override is None else wanted.override.model_dump()
        await store.set_override(session, item.id, wanted.stage, override)
        if wanted.fresh:
            await store.want_fresh(session, item.kind, item.id, [wanted.stage])
        await notify_work(session)
    return redoing


async def clean_video(deps: Deps, video_id: int, *, fresh: bool) -> Redoing:
    """Put a video back to its beginning, with no memory of what its outputs were made by.

    What it has serves until it is replaced. Answers are replayed, unless `fresh` ones are wanted.
    Raises UsageError for a video that is not there or is worked on.
    """
    async with deps.database.transaction() as session:
        item = await _free_video(session, video_id)
        flow = _flow_of(item, deps)
        first = flow.stages[0].name
        redoing = Redoing(
            item.kind, item.id, item.profile, item.status, DISCOVERED, first, ["clean"], CLEAN
        )
        await _put_back(session, redoing, deps)
        await store.forget_orders(session, item.id)
        if fresh:
            stages = [stage.name for stage in flow.stages if stage.asks]
            await store.want_fresh(session, item.kind, item.id, stages)
        await notify_work(session)
    return redoing


def remake_of(deps: Deps) -> Remake:
    """Return what has videos made again by the flows of `deps`, for a repair."""
    return _Repair(deps)


@dataclass(frozen=True, slots=True)
class _Repair:
    """Has videos made again from the first stage that asks models; the journal is replayed."""

    deps: Deps

    async def why_not(self, session: AsyncConnection, video_id: int) -> str | None:
        """Return why nothing would make a video again, and what to do; None: it can be."""
        item = await store.read_video_item(session, video_id)
        if item is None:
            return "it is gone"
        flow = self.deps.flows.get(ItemKind.VIDEO, item.profile)
        if flow is None:
            return (
                f"its profile {item.profile!r} is not in use: install or mend it,"
                " as `footnoted profile check` tells"
            )
        if item.status in STOPPED_STATUSES:
            return f"it is {item.status}: `footnoted retry {item.id}` takes it up again"
        if item.status not in flow.statuses or _first_asking(flow) is None:
            return f"nothing of it can be asked again: `footnoted clean {item.id}` makes it anew"
        return None

    async def make(self, session: AsyncConnection, video_id: int) -> None:
        """Put a video back to before its first questions; one that is yet to ask goes on."""
        item = await store.read_video_item(session, video_id)
        flow = None if item is None else self.deps.flows.get(ItemKind.VIDEO, item.profile)
        first = None if flow is None else _first_asking(flow)
        if item is None or flow is None or first is None:
            message = f"video {video_id} cannot be made again"
            raise ValueError(message)
        await store.distrust_orders(session, item.id)
        here = flow.step_at(item.status)
        if here is None or here.rank > first.rank:
            place = (item.status, first.status, first.stage.name)
            redoing = Redoing(item.kind, item.id, item.profile, *place, [REPAIR])
            await _put_back(session, redoing, self.deps)


def _first_asking(flow: Flow) -> Step | None:
    return next((step for step in flow.steps() if step.stage.asks), None)


async def _free_video(session: AsyncConnection, video_id: int) -> Item:
    item = await store.read_video_item(session, video_id)
    if item is None:
        message = f"there is no video {video_id}; `footnoted status` and `search` show ids"
        raise UsageError(message)
    if item.is_in_work:
        raise _in_work(item)
    return item


def _in_work(item: Item | Redoing) -> UsageError:
    message = f"video {item.id} is being worked on: wait for it, or `footnoted cancel` it first"
    return UsageError(message)


def _flow_of(item: Item, deps: Deps) -> Flow:
    flow = deps.flows.get(ItemKind.VIDEO, item.profile)
    if flow is None:
        message = f"video {item.id} is of the profile {item.profile!r}, which is not installed"
        raise UsageError(message)
    return flow


def _step_of(flow: Flow, stage: str, item: Item) -> Step:
    steps = {step.stage.name: step for step in flow.steps() if step.stage.asks}
    if stage not in steps:
        message = (
            f"video {item.id} has no stage {stage!r} that can be rerun; there is"
            f" {', '.join(steps)} (pages: `footnoted reprocess --stage compose`)"
        )
        raise UsageError(message)
    return steps[stage]


async def _require_passed(session: AsyncConnection, item: Item, flow: Flow, wanted: Step) -> None:
    """Raise UsageError where a stage before `wanted` was never passed, or is to be passed anew."""
    passed = await read_orders(session, ItemKind.VIDEO, item.id)
    here = flow.step_at(await store.milestone_of(session, item.id))
    for step in flow.steps():
        order = passed.get(step.stage.name)
        is_lacking = order is None or order.output_sha256 is None
        is_to_come = here is not None and step.rank >= here.rank
        if step.rank < wanted.rank and (is_lacking or is_to_come):
            message = (
                f"video {item.id} has not passed {step.stage.name} yet, which"
                f" {wanted.stage.name} needs; `footnoted show {item.id}` tells where it is"
            )
            raise UsageError(message)


async def _set_after(session: AsyncConnection, item: Item, flow: Flow, wanted: Step) -> list[str]:
    """Return, for each stage after `wanted` that goes on with what was set for it, that it does."""
    passed = await read_orders(session, ItemKind.VIDEO, item.id)
    names = [step.stage.name for step in flow.steps() if step.rank > wanted.rank]
    own = [name for name in names if name in passed and passed[name].override is not None]
    return [f"{name} as set for this video" for name in own]


def require_own(step: Step, wanted: Rerun) -> None:
    """Raise UsageError for what is set for one video where a stage works for all of them."""
    is_own = wanted.override is not None or wanted.fresh
    if is_own and isinstance(step.stage, SharesOutput):
        message = (
            f"what {wanted.stage} says holds for all videos, so no single one has a prompt, a model"
            f" or fresh answers of its own; {variable('stage_models')} and the prompt file in"
            f" {variable('user_dir')} are for all"
        )
        raise UsageError(message)


def _require_question(item: Item, wanted: Rerun, deps: Deps) -> None:
    """Raise UsageError for a prompt that leaves out what the stage is asked about."""
    usual = deps.prompts.get(item.profile, {}).get(wanted.stage)
    if usual is None or wanted.override is None or wanted.override.prompt is None:
        return
    own = parse_prompt(wanted.stage, wanted.override.prompt)
    if left_out := usual.left_out_by(own):
        message = (
            f"the prompt leaves out {listed(left_out)}, which the one of {wanted.stage} puts in"
        )
        raise UsageError(message)


async def _put_back(session: AsyncConnection, redoing: Redoing, deps: Deps) -> None:
    if not await store.put_back(session, redoing, deps.clock.now()):
        raise _in_work(redoing)
