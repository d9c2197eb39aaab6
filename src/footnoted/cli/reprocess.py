"""`footnoted reprocess`: has finished videos redone, exactly as far as a plan says."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.choices import ReachChoice
from footnoted.cli.plan import (
    ForceOption,
    JsonOption,
    OwnerOption,
    SinceOption,
    SourceOption,
    StageOption,
    VideoOption,
    scope_of,
)

if TYPE_CHECKING:
    from footnoted.reprocess.applying import Applied
    from footnoted.reprocess.plan import Plan
    from footnoted.reprocess.scope import Scope
    from footnoted.reprocess.span import Span
    from footnoted.settings import Settings

MaxUsdOption = Annotated[
    float | None,
    typer.Option(min=0, max=1_000_000, help="The most that it may cost; else as the plan says."),
]


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(reprocess)


def reprocess(
    reach: Annotated[
        ReachChoice, typer.Option("--scope", help="Some videos, a source's, all, or what is stale.")
    ] = ReachChoice.STALE,
    *,
    video: VideoOption = None,
    source: SourceOption = None,
    owner: OwnerOption = None,
    stage: StageOption = None,
    since: SinceOption = None,
    force: ForceOption = False,
    max_usd: MaxUsdOption = None,
    plan: Annotated[
        int | None, typer.Option("--plan", help="Raise the cap of this plan to --max-usd.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Plan, ask, and put back what is stale; a running daemon, or `run --drain`, redoes it."""
    from footnoted.cli.session import read_settings

    cap = None if max_usd is None else Decimal(str(max_usd))
    if plan is not None:
        _raise_cap(plan, cap)
        return
    scope = replace(scope_of(reach, video, source, since), owner=owner, stage=stage, force=force)
    asyncio.run(_reprocess(read_settings(), scope, _Wishes(cap, yes, as_json)))


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What a person said beside the scope."""

    cap: Decimal | None
    yes: bool
    as_json: bool


async def _reprocess(settings: Settings, scope: Scope, wishes: _Wishes) -> None:
    from footnoted.cli.daemon_setup import restart_it
    from footnoted.cli.plan_words import print_plan
    from footnoted.cli.planning import open_desk
    from footnoted.errors import UsageError
    from footnoted.reprocess.applying import apply_plan

    async with open_desk(settings) as desk:
        plan = await desk.plan(scope)
        if not wishes.as_json:
            print_plan(plan, desk)
        if not plan.redoings():
            _tell(plan, None, desk.span(plan), as_json=wishes.as_json)
            return
        if desk.elsewhere:
            message = f"nothing was changed: {restart_it(desk.elsewhere)}"
            raise UsageError(message)
        _agree(plan, wishes)
        applied = await apply_plan(desk.deps, scope, plan, wishes.cap)
        _tell(plan, applied, desk.span(plan), as_json=wishes.as_json)


def _agree(plan: Plan, wishes: _Wishes) -> None:
    """Raise UsageError unless a person agrees with what it costs."""
    from footnoted.cli.spending import show_usd
    from footnoted.errors import UsageError

    money = plan.money
    if not money.calls or wishes.yes:
        return
    if wishes.cap is not None and plan.p90_usd <= wishes.cap:
        return
    end = plan.of_calls.p90_usd if wishes.cap is None else wishes.cap
    question = (
        f"Buy {money.calls} calls for about {show_usd(plan.p50_usd)}?"
        f" At {show_usd(end)} it waits for you."
    )
    if sys.stdin.isatty() and typer.confirm(question, err=True):
        return
    message = (
        f"nothing was changed: it may cost {show_usd(plan.p90_usd)} (p90); say --yes,"
        " or --max-usd with at least that"
    )
    raise UsageError(message)


def _tell(plan: Plan, applied: Applied | None, span: Span, *, as_json: bool) -> None:
    from footnoted.cli.lines import remark, say
    from footnoted.cli.plan_words import plan_fields
    from footnoted.cli.terminal import write_json

    if as_json:
        done = None
        if applied is not None:
            done = {
                "plan": applied.plan_id,
                "put_back": [_named(r.kind.value, r.id) for r in applied.put_back],
                "left": [_named(r.kind.value, r.id) for r in applied.left],
            }
        write_json("reprocess/1", {"applied": done, **plan_fields(plan, span)})
        return
    if applied is None:
        if plan.lines:
            say("Nothing would come out otherwise, so nothing was put back.")
        return
    say(f"Plan {applied.plan_id}: {len(applied.put_back)} put back.")
    for left in applied.left:
        say(f"{left.kind.replace('_', ' ')} {left.id} moved meanwhile and was left alone")
    remark("`footnoted run --drain` redoes them; a running daemon has begun.")
    remark("`footnoted plan list` sets what it cost against what was forecast.")


def _named(kind: str, item_id: int) -> dict[str, object]:
    return {"kind": kind, "id": item_id}


def _raise_cap(plan_id: int, cap: Decimal | None) -> None:
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.db.storage import Storage  # noqa: TC001 - typer reads no annotation of it
    from footnoted.errors import UsageError
    from footnoted.ledger.dollars import dollars
    from footnoted.reprocess.applying import raise_cap

    if cap is None:
        message = "--plan goes with --max-usd: the most that the plan may cost from now on"
        raise UsageError(message)

    async def work(storage: Storage) -> int:
        return await raise_cap(storage.database, plan_id, cap, clock=storage.clock)

    woken = with_storage(work)
    say(f"Plan {plan_id} may cost {dollars(cap)}; {woken} items that waited for it go on.")
