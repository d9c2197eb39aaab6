"""What the commands about redoing share: the program opened for a rehearsal, and plans in words."""

from __future__ import annotations

import math
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.app import build_app, make_free_models, make_models
from footnoted.catalogue import resource_roots
from footnoted.cli.lines import remark, say
from footnoted.cli.spending import show_usd
from footnoted.cli.tables import write_table
from footnoted.db.storage import open_storage
from footnoted.indexes import make_index
from footnoted.ledger.batches.backlog import LIVE_MIN
from footnoted.ledger.prices import PriceTable
from footnoted.llm.batches.choice import LlmMode
from footnoted.prompting import read_prompt
from footnoted.reprocess import store
from footnoted.reprocess.assembly import make_rehearsal
from footnoted.reprocess.money import Estimator
from footnoted.reprocess.plan import Plan, Planner, make_plan
from footnoted.reprocess.span import Span, batch_span, live_span
from footnoted.reprocess.store import Among

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from decimal import Decimal

    from footnoted.pipeline.deps import Deps
    from footnoted.reprocess.plan import PlanLine
    from footnoted.reprocess.scope import Scope
    from footnoted.settings import Settings

_HEADERS = (
    *("profile", "stage", "items", "replayed", "free", "to buy", "may follow", "tokens in/out"),
    *("p50", "p90"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that plans are made with."""

    deps: Deps
    settings: Settings
    planner: Planner
    live: Estimator
    batched: Estimator
    batch_min: float | None

    async def plan(self, scope: Scope, among: Among = Among.DONE) -> Plan:
        """Return the plan of a scope. Raises UsageError for one that names what is not there."""
        forecasts, in_work = await self.planner.forecasts(scope, among)
        plan = make_plan(forecasts, in_work, self.live)
        return make_plan(forecasts, in_work, self.batched) if self.goes_in_batches(plan) else plan

    def goes_in_batches(self, plan: Plan) -> bool:
        """Return whether the calls of a plan go in batches, as the settings have it."""
        match LlmMode(self.settings.llm_mode):
            case LlmMode.LIVE:
                return False
            case LlmMode.BATCH:
                return True
            case LlmMode.AUTO:
                return plan.money.minutes > LIVE_MIN

    def span(self, plan: Plan) -> Span:
        """Return how long a plan takes."""
        in_batches = self.goes_in_batches(plan)
        return batch_span(plan, self.batch_min) if in_batches else live_span(plan)


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncGenerator[Desk]:
    """Yield what plans are made with; no model is ever asked by it."""
    async with open_storage(settings) as storage:
        models = make_models(storage, None)
        app = build_app(storage, make_index(settings), models)
        for broken in app.broken:
            remark(f"the profile {broken.name} is broken, and left out: {broken.fault}")
        limiter = None if models.till is None else models.till.limiter
        try:
            if limiter is not None:
                await limiter.load()
            repair = read_prompt(resource_roots(settings), "shared", "repair")
            extractive = make_free_models().routes.usual[0]
            rehearsal = make_rehearsal(app.deps, models.routes, repair, extractive)
            async with storage.database.transaction() as session:
                history = await store.paid_calls(session)
                batch_min = await store.usual_batch_min(session)
            prices, now = PriceTable.load(settings.prices_file), storage.clock.now()
            live = Estimator(prices, limiter, history, now)
            batched = Estimator(prices, limiter, history, now, in_batches=True)
            planner = Planner(app.deps, rehearsal, _say_progress)
            yield Desk(app.deps, settings, planner, live, batched, batch_min)
        finally:
            await models.close()
            await app.net.close()


def _say_progress(done: int, of: int) -> None:
    """Write over the line that tells how far a person's rehearsal is."""
    if sys.stderr.isatty():
        end = "\r" if done + 1 < of else "\n"
        sys.stderr.write(f"looking at creator {done + 1} of {of}{end}")


UP_TO_DATE = "Nothing is to be done: everything is as today's configuration would make it."
NOTHING_ASKED = "Nothing that waits asks a model."


def print_plan(plan: Plan, desk: Desk, *, nothing: str = UP_TO_DATE) -> None:
    """Print the stages of a plan with their calls and prices, and the sum in one sentence.

    `nothing` is the sentence of a plan without any.
    """
    if not plan.lines:
        say(nothing)
    else:
        write_table(_HEADERS, [_row(line) for line in plan.lines])
        say()
        say(words_of(plan, desk.span(plan), desk.settings.daily_cost_cap_usd))
    if plan.in_work:
        remark(f"{len(plan.in_work)} being worked on just now: left alone, plan again afterwards.")
    for forecast in plan.forecasts:
        if forecast.trouble is not None:
            kind = forecast.item.kind.replace("_", " ")
            remark(f"{kind} {forecast.item.id}, {forecast.stage}: {forecast.trouble}")


def words_of(plan: Plan, span: Span, daily_cap_usd: Decimal) -> str:
    """Return what a plan comes to: calls, dollars, time and days."""
    money, replayed = plan.money, sum(line.replayed for line in plan.lines)
    if not money.calls:
        free = sum(line.free for line in plan.lines)
        asked = f", {free} cost nothing" if free else ""
        return f"Buys nothing: {replayed} calls are replayed from the journal{asked}, $0 (exact)."
    return (
        f"Buys {money.calls} calls for about {show_usd(money.p50_usd)} (p90"
        f" {show_usd(plan.p90_usd)}{_more(plan)}), replays {replayed} for nothing."
        f" {_how_long(span)}; under the daily cap of {show_usd(daily_cap_usd)},"
        f" {_days(money.p50_usd, daily_cap_usd)}."
    )


def _how_long(span: Span) -> str:
    if span.most_minutes is None:
        return f"At today's limits that takes {_minutes(span.minutes)} at least"
    waves = f"{span.waves} wave{'s' if span.waves > 1 else ''} of batches"
    most_h = span.most_minutes / 60
    return f"In {waves} that takes about {_minutes(span.minutes)}, at most {most_h:.0f} h"


def _days(usd: Decimal, daily_cap_usd: Decimal) -> str:
    """Return the days that a cap spreads a sum over; a cap of nothing lets nothing be bought."""
    if not daily_cap_usd:
        return "never: nothing may be bought"
    days = math.ceil(usd / daily_cap_usd) if usd else 1
    return f"{days} day{'s' if days > 1 else ''}"


def _more(plan: Plan) -> str:
    calls = sum(line.follow_up.calls for line in plan.lines)
    return f", with {calls} calls that follow if answers differ from last time" if calls else ""


def plan_fields(plan: Plan, span: Span) -> dict[str, object]:
    """Return a plan for programs; dollars are text, as everywhere."""
    return {
        **plan.summary(),
        "minutes_at_limits": round(plan.money.minutes, 3),
        "minutes": round(span.minutes, 3),
        "most_minutes": span.most_minutes,
        "waves_of_batches": span.waves,
        "lines": [_line_fields(line) for line in plan.lines],
        "in_work": [item.id for item in plan.in_work],
        "trouble": [
            {"kind": f.item.kind.value, "id": f.item.id, "stage": f.stage, "why": f.trouble}
            for f in plan.forecasts
            if f.trouble is not None
        ],
    }


def _line_fields(line: PlanLine) -> dict[str, object]:
    return {
        "profile": line.profile,
        "stage": line.stage,
        "kind": line.kind.value,
        "items": line.items,
        "replayed": line.replayed,
        "free": line.free,
        "to_buy": line.money.calls,
        "may_follow": line.follow_up.calls,
        "prompt_tokens": line.money.prompt_tokens,
        "output_tokens": line.money.output_tokens,
        "p50_usd": str(line.money.p50_usd),
        "p90_usd": str(line.money.p90_usd),
        "calls_are": "exact" if line.is_exact else "estimated",
        "usd_are": "estimated" if line.money.calls or not line.is_exact else "exact",
    }


def _row(line: PlanLine) -> tuple[object, ...]:
    mark = "" if line.is_exact or not line.money.calls else " estimated"
    money = line.money
    tokens = f"{money.prompt_tokens:,}/{money.output_tokens:,}" if money.calls else None
    return (
        line.profile,
        line.stage,
        line.items,
        line.replayed,
        line.free,
        f"{money.calls}{mark}",
        line.follow_up.calls or None,
        tokens,
        _dollars(money.p50_usd),
        _dollars((money + line.follow_up).p90_usd),
    )


def _dollars(amount: Decimal) -> str | None:
    return show_usd(amount) if amount else None


def _minutes(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes >= 1 else "less than a minute"
