"""`footnoted stale`: what today's configuration would make otherwise, and why."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from footnoted.reprocess.plan import Plan
    from footnoted.reprocess.rehearsal import StageForecast
    from footnoted.reprocess.scope import Scope
    from footnoted.settings import Settings


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(stale)


def stale(
    *,
    why: Annotated[bool, typer.Option("--why", help="Name each item with what changed.")] = False,
    stage: Annotated[str | None, typer.Option(help="Only this stage, and what follows.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what is stale: whose calls or output a changed prompt, model or taxonomy touches.

    What would be asked the same and answered the same is not stale, whatever changed.
    """
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json
    from footnoted.reprocess.scope import Reach, Scope

    plan = asyncio.run(_look(read_settings(), Scope(Reach.STALE, stage=stage)))
    if as_json:
        below = [_fields(forecast) for forecast in plan.forecasts if forecast.is_follow_up]
        stale = [_fields(forecast) for forecast in plan.stale]
        write_json("stale/1", {"stale": stale, "may_follow": below})
    else:
        _print(plan, with_items=why)


async def _look(settings: Settings, scope: Scope) -> Plan:
    from footnoted.cli.planning import open_desk

    async with open_desk(settings) as desk:
        return await desk.plan(scope)


def _print(plan: Plan, *, with_items: bool) -> None:
    from footnoted.cli.lines import remark, say

    if not plan.stale:
        say("Nothing is stale.")
        return
    items: Counter[tuple[str, str, str]] = Counter()
    calls: Counter[tuple[str, str, str]] = Counter()
    for forecast in plan.stale:
        key = (forecast.item.profile, forecast.stage, _why(forecast))
        items[key] += 1
        calls[key] += len(forecast.calls)
    for key, count in items.items():
        profile, stage, why = key
        say(f"{profile} {stage}: {count} stale, {calls[key]} calls to buy: {why}")
    below = list(dict.fromkeys(f.stage for f in plan.forecasts if f.is_follow_up))
    if below:
        say(f"Below them, should answers differ from last time: {', '.join(below)}.")
    if with_items:
        say()
        for forecast in plan.stale:
            kind = forecast.item.kind.replace("_", " ")
            labels = ", ".join(call.label for call in forecast.calls)
            asks = f" (asks anew: {labels})" if labels else ""
            title = forecast.item.title
            say(f"{kind} {forecast.item.id} {title!r}, {forecast.stage}: {_why(forecast)}{asks}")
    remark("`footnoted plan reprocess --scope stale` prices redoing it.")


def _why(forecast: StageForecast) -> str:
    words = [edge.words(forecast.stage) for edge in forecast.edges]
    return ", ".join(words) or forecast.trouble or "unknown"


def _fields(forecast: StageForecast) -> dict[str, Any]:
    return {
        "kind": forecast.item.kind.value,
        "id": forecast.item.id,
        "title": forecast.item.title,
        "profile": forecast.item.profile,
        "stage": forecast.stage,
        "why": [edge.words(forecast.stage) for edge in forecast.edges],
        "edges": [edge._asdict() for edge in forecast.edges],
        "calls": [call.label for call in forecast.calls],
        "replayed": forecast.replayed,
        "calls_are": "exact" if forecast.is_exact else "estimated",
    }
