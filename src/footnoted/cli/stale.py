"""`footnoted stale`: what today's configuration would make otherwise, and why."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.pipeline.embedding.standing import SpecStanding
    from footnoted.reprocess.plan import Plan
    from footnoted.reprocess.plans.store import UnderWay
    from footnoted.reprocess.rehearsal import StageForecast
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

    seen = asyncio.run(_look(read_settings(), stage))
    if as_json:
        below = [_fields(forecast) for forecast in seen.plan.forecasts if forecast.is_follow_up]
        stale = [_fields(forecast) for forecast in seen.stale]
        under_way = [_fields(forecast) for forecast in (*seen.reopened.stale, *seen.following)]
        shown = {"stale": stale, "may_follow": below, "under_way": under_way}
        plans = [one._asdict() for one in seen.applied]
        write_json("stale/1", {**shown, "index": seen.index, "plans": plans})
    else:
        _print(seen, with_items=why)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is stale, what is being redone because its transcript is another, and the index.

    `applied` are the plans whose items are not all redone yet, `elsewhere` the stages that the
    running daemon has set up otherwise.
    """

    plan: Plan
    reopened: Plan
    index: str | None
    applied: Sequence[UnderWay]
    elsewhere: Sequence[str]

    @property
    def stale(self) -> list[StageForecast]:
        """Return what is stale until somebody has it redone."""
        return [forecast for forecast in self.plan.stale if not forecast.follows]

    @property
    def following(self) -> list[StageForecast]:
        """Return the pages that are written anew by themselves."""
        return [forecast for forecast in self.plan.stale if forecast.follows]


async def _look(settings: Settings, stage: str | None) -> _Seen:
    from footnoted.cli.planning import open_desk
    from footnoted.pipeline.embedding.standing import standings
    from footnoted.reprocess.scope import Reach, Scope
    from footnoted.reprocess.store import Among
    from footnoted.search.embedding.assembly import wanted_spec

    async with open_desk(settings) as desk:
        plan = await desk.plan(Scope(Reach.STALE, stage=stage))
        reopened = await desk.plan(Scope(Reach.ALL, stage=stage), Among.REOPENED)
        async with desk.deps.database.transaction() as session:
            specs = await standings(session)
    wanted = wanted_spec(settings)
    index = None if wanted is None else edge_of_index(specs, wanted.key)
    return _Seen(plan, reopened, index, desk.applied, desk.elsewhere)


_WHOSE_TURN = {
    "ready": "`footnoted embedding switch` lets it serve",
    "retired": "`footnoted embedding build` takes it up again",
    "dropped": "`footnoted embedding build` builds it again",
}


def edge_of_index(specs: Sequence[SpecStanding], wanted: str) -> str | None:
    """Return which spec is wanted in the place of the one that serves; None when it serves."""
    serving = next((one.key for one in specs if one.state == "serving"), "words alone")
    if serving == wanted:
        return None
    begun = next((one for one in specs if one.key == wanted), None)
    done = f", {begun.embedded:,} of {begun.documents:,} documents embedded" if begun else ""
    whose = _WHOSE_TURN.get(begun.state.value if begun else "", "a daemon builds it beside")
    return f"embedder spec {serving}\N{RIGHTWARDS ARROW}{wanted}{done} ({whose})"


def _print(seen: _Seen, *, with_items: bool) -> None:
    from footnoted.cli.lines import say
    from footnoted.cli.plan_words import under_way

    for one in seen.applied:
        say(under_way(one))
    if seen.following:
        say(f"Written anew by themselves, as they are given other moments: {_groups(seen)}.")
    if not (seen.stale or seen.reopened.stale or seen.index):
        say(f"Nothing {'else ' if seen.applied or seen.following else ''}is stale.")
        return
    if seen.stale:
        _print_stale(seen, with_items=with_items)
    if seen.reopened.stale:
        say("Being redone already:")
        _print_items(seen.reopened.stale)
    if seen.index:
        say(f"index: {seen.index}; see `footnoted embedding status`")


def _groups(seen: _Seen) -> str:
    count = len(seen.following)
    return f"{count} page group{'s' if count > 1 else ''}"


def _print_stale(seen: _Seen, *, with_items: bool) -> None:
    from footnoted.cli.daemon_setup import restart_it
    from footnoted.cli.lines import remark, say

    items: Counter[tuple[str, str, str]] = Counter()
    calls: Counter[tuple[str, str, str]] = Counter()
    for forecast in seen.stale:
        key = (forecast.item.profile, forecast.stage, _why(forecast))
        items[key] += 1
        calls[key] += len(forecast.calls)
    for key, count in items.items():
        profile, stage, why = key
        say(f"{profile} {stage}: {count} stale, {calls[key]} calls to buy: {why}")
    below = list(dict.fromkeys(f.stage for f in seen.plan.forecasts if f.is_follow_up))
    if below:
        say(f"Below them, should answers differ from last time: {', '.join(below)}.")
    if with_items:
        say()
        _print_items(seen.stale)
    if seen.elsewhere:
        remark(restart_it(seen.elsewhere))
    remark("`footnoted plan reprocess --scope stale` prices redoing it.")


def _print_items(found: Sequence[StageForecast]) -> None:
    from footnoted.cli.lines import say

    for forecast in found:
        kind = forecast.item.kind.replace("_", " ")
        labels = ", ".join(call.label for call in forecast.calls)
        asks = f" (asks anew: {labels})" if labels else ""
        title = forecast.item.title
        say(f"{kind} {forecast.item.id} {title!r}, {forecast.stage}: {_why(forecast)}{asks}")


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
