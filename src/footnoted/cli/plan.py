"""`footnoted plan`: what the waiting work, or redoing some of the finished, would cost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.choices import ReachChoice

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.cli.planning import Desk
    from footnoted.reprocess.plan import Plan
    from footnoted.reprocess.plans.store import PlanRow
    from footnoted.reprocess.scope import Scope
    from footnoted.reprocess.store import Among
    from footnoted.settings import Settings

ReachOption = Annotated[
    ReachChoice, typer.Option("--scope", help="Some videos, a source's, all, or what is stale.")
]
VideoOption = Annotated[
    list[int] | None, typer.Option("--video", help="With --scope video: ids that `status` shows.")
]
SourceOption = Annotated[
    int | None, typer.Option("--source", help="With --scope source: the id `source list` shows.")
]
OwnerOption = Annotated[str | None, typer.Option(help="Only videos of this owner's sources.")]
StageOption = Annotated[str | None, typer.Option(help="Begin at this stage.")]
SinceOption = Annotated[
    str | None, typer.Option(help="Only videos taken in since: 7d, 12h, 2w or a date.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Buy fresh answers although nothing changed.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_HEADERS = ("plan", "applied", "items left", "p50", "p90", "until", "spent", "reserved")


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Show what work would cost before it is done.")
    group.callback(invoke_without_command=True)(backlog)
    group.command("reprocess")(reprocess)
    group.command("list")(show_plans)
    program.add_typer(group, name="plan")


def backlog(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Price the work that waits; with `reprocess`, redoing what is finished."""
    if context.invoked_subcommand is not None:
        return
    from footnoted.reprocess.scope import Reach, Scope
    from footnoted.reprocess.store import Among

    _show(Scope(Reach.ALL), Among.WAITING, as_json=as_json)


def reprocess(
    reach: ReachOption,
    *,
    video: VideoOption = None,
    source: SourceOption = None,
    owner: OwnerOption = None,
    stage: StageOption = None,
    since: SinceOption = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Price redoing finished videos; nothing is changed, and no model is asked."""
    from footnoted.reprocess.store import Among

    scope = scope_of(reach, video, source, since)
    _show(_narrowed(scope, owner, stage, force=force), Among.DONE, as_json=as_json)


def show_plans(*, as_json: JsonOption = False) -> None:
    """Show the plans that were applied: what each was thought to cost, and what it did."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json
    from footnoted.db.storage import Storage  # noqa: TC001 - typer reads no annotation of it
    from footnoted.reprocess.plans import store

    async def work(storage: Storage) -> tuple[list[PlanRow], datetime]:
        async with storage.database.transaction() as session:
            return await store.read_plans(session, 50), storage.clock.now()

    found, now = with_storage(work)
    if as_json:
        write_json("plans/1", {"plans": [_fields(plan) for plan in found]})
    elif found:
        write_table(_HEADERS, [_row(plan, now) for plan in found])
    else:
        say("No plan was applied yet; `footnoted reprocess --scope stale` makes one.")


def scope_of(
    reach: ReachChoice, videos: list[int] | None, source: int | None, since: str | None
) -> Scope:
    """Return the scope that options name. Raises UsageError for a time that is none."""
    from datetime import UTC, datetime

    from footnoted.cli.since import parse_since
    from footnoted.reprocess.scope import Reach, Scope

    at = None if since is None else parse_since(since, datetime.now(UTC))
    return Scope(Reach(reach.value), tuple(videos or ()), source, since=at)


def _narrowed(scope: Scope, owner: str | None, stage: str | None, *, force: bool) -> Scope:
    from dataclasses import replace

    return replace(scope, owner=owner, stage=stage, force=force)


def _show(scope: Scope, among: Among, *, as_json: bool) -> None:
    from footnoted.cli.daemon_setup import restart_it
    from footnoted.cli.lines import remark
    from footnoted.cli.plan_words import NOTHING_ASKED, UP_TO_DATE, plan_fields, print_plan
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json
    from footnoted.reprocess.store import Among

    plan, desk = asyncio.run(_planned(read_settings(), scope, among))
    if as_json:
        write_json("plan/1", {"scope": scope.summary(), **plan_fields(plan, desk.span(plan))})
    else:
        print_plan(plan, desk, nothing=NOTHING_ASKED if among is Among.WAITING else UP_TO_DATE)
        if desk.elsewhere:
            remark(restart_it(desk.elsewhere))


async def _planned(settings: Settings, scope: Scope, among: Among) -> tuple[Plan, Desk]:
    from footnoted.cli.planning import open_desk

    async with open_desk(settings) as desk:
        return await desk.plan(scope, among), desk


def _row(plan: PlanRow, now: datetime) -> tuple[object, ...]:
    from footnoted.cli.spending import show_usd
    from footnoted.cli.times import show_time

    most = plan.cap_usd if plan.cap_usd is not None else plan.stop_at_usd
    return (
        plan.id,
        show_time(plan.applied_at, now),
        plan.items_left,
        f"${plan.forecast['p50_usd']}",
        f"${plan.forecast['p90_usd']}",
        None if most is None else show_usd(most),
        show_usd(plan.spent_usd),
        show_usd(plan.reserved_usd),
    )


def _fields(plan: PlanRow) -> dict[str, object]:
    return {
        "id": plan.id,
        "scope": plan.scope,
        "forecast": plan.forecast,
        "applied_at": plan.applied_at.isoformat(),
        "items_left": plan.items_left,
        "cap_usd": None if plan.cap_usd is None else str(plan.cap_usd),
        "stop_at_usd": None if plan.stop_at_usd is None else str(plan.stop_at_usd),
        "spent_usd": str(plan.spent_usd),
        "reserved_usd": str(plan.reserved_usd),
    }
