"""Plans as people and programs read them: the stages with their calls and prices, and the sum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from footnoted.cli.lines import remark, say
from footnoted.cli.spending import show_usd
from footnoted.cli.tables import write_table
from footnoted.reprocess.services.line import Service, ServiceLine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from footnoted.cli.planning import Desk
    from footnoted.reprocess.plan import Plan, PlanLine
    from footnoted.reprocess.plans.store import UnderWay
    from footnoted.reprocess.services.line import Amount
    from footnoted.reprocess.span import Span

_HEADERS = (
    *("profile", "stage", "items", "replayed", "free", "to buy", "may follow", "tokens in/out"),
    *("p50", "p90"),
)

_UNITS = {Service.SPEECH: "minutes", Service.EMBEDDING: "tokens", Service.CALLS: "calls"}

UP_TO_DATE = "Nothing is to be done: everything is as today's configuration would make it."
NOTHING_ASKED = "Nothing that waits asks a model."


def print_plan(plan: Plan, desk: Desk, *, nothing: str = UP_TO_DATE) -> None:
    """Print the stages of a plan with their calls and prices, and the sum in one sentence.

    `nothing` is the sentence of a plan without any.
    """
    if not plan.lines and not plan.services:
        say(nothing)
    else:
        rows = [_row(line) for line in plan.lines]
        write_table(_HEADERS, [*rows, *(_service_row(line) for line in plan.services)])
        say()
        say(words_of(plan, desk.span(plan), desk.settings.daily_cost_cap_usd))
    for line in plan.services:
        if line.unpriced:
            remark(_no_price(line))
    if wordless := sum(forecast.is_wordless for forecast in plan.forecasts):
        videos = "1 video has" if wordless == 1 else f"{wordless} videos have"
        remark(f"{videos} no words yet; `footnoted status` says why.")
    for one in desk.applied:
        remark(under_way(one))
    if plan.in_work:
        remark(f"{len(plan.in_work)} being worked on just now: left alone, plan again afterwards.")
    for forecast in plan.forecasts:
        if forecast.trouble is not None and not forecast.is_wordless:
            kind = forecast.item.kind.replace("_", " ")
            remark(f"{kind} {forecast.item.id}, {forecast.stage}: {forecast.trouble}")


def _no_price(line: ServiceLine) -> str:
    match line.service:
        case Service.CALLS:
            return (
                f"What calls about words to come cost cannot be told before three videos of"
                f" {line.name} are done and a length is known: no price for {line.unpriced}."
            )
        case _:
            return (
                f"{line.unpriced} recordings of a length that nobody knows are to be heard: no"
                " price."
            )


def under_way(plan: UnderWay) -> str:
    """Return what of a plan is still to come, in words."""
    parts = (
        (plan.videos, "video", "put back and not redone yet"),
        (plan.page_groups, "page group", "to be written anew"),
        (plan.stopped, "video", "that stopped (`footnoted status` says why)"),
    )
    told = [f"{n} {noun}{'s' if n > 1 else ''} {what}" for n, noun, what in parts if n]
    return f"Plan {plan.plan_id} is under way: {', '.join(told)}."


def words_of(plan: Plan, span: Span, daily_cap_usd: Decimal) -> str:
    """Return what a plan comes to: calls, dollars, time and days."""
    replayed = sum(line.replayed for line in plan.lines)
    if not plan.money.calls and not plan.p90_usd:
        free = sum(line.free for line in plan.lines)
        asked = f", {free} cost nothing" if free else ""
        served = "".join(f"; {what} for nothing" for what in _served(plan))
        return (
            f"Buys nothing: {replayed} calls are replayed from the journal{asked}, $0"
            f" (exact){served}."
        )
    calls = [f"{plan.money.calls} calls"] if plan.money.calls else []
    return (
        f"Buys {_and([*calls, *_served(plan)])} for about {show_usd(plan.p50_usd)} (p90"
        f" {show_usd(plan.p90_usd)}{_more(plan)}), replays {replayed} for nothing."
        f" {_how_long(span)}; under the daily cap of {show_usd(daily_cap_usd)},"
        f" {_days(plan.p50_usd, daily_cap_usd)}."
    )


def _and(parts: Sequence[str]) -> str:
    """Return parts as a list in words."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _served(plan: Plan) -> list[str]:
    """Return what services do for sure, in words."""
    return [_size(line.service, line.sure) for line in plan.services if line.sure.items]


def _size(service: Service, amount: Amount) -> str:
    match service:
        case Service.SPEECH:
            return f"{amount.size:,.1f} minutes of speech"
        case Service.EMBEDDING:
            vectors = "vector" if amount.items == 1 else "vectors"
            return f"{amount.size:,.0f} tokens of {amount.items:,} {vectors}"
        case Service.CALLS:
            videos = "video" if amount.items == 1 else "videos"
            return f"about {amount.size:,.0f} calls for {amount.items:,} {videos} without words yet"


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
    parts = [f"{calls} calls that follow if answers differ from last time"] if calls else []
    parts += [
        f"{_size(line.service, line.may_follow)} that may follow"
        for line in plan.services
        if line.may_follow.items
    ]
    return f", with {_and(parts)}" if parts else ""


def plan_fields(plan: Plan, span: Span) -> dict[str, object]:
    """Return a plan for programs; dollars are text, as everywhere."""
    return {
        **plan.summary(),
        "minutes_at_limits": round(plan.money.minutes, 3),
        "minutes": round(span.minutes, 3),
        "most_minutes": span.most_minutes,
        "waves_of_batches": span.waves,
        "lines": [_line_fields(line) for line in plan.lines],
        "services": [_service_fields(line) for line in plan.services],
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


def _service_fields(line: ServiceLine) -> dict[str, object]:
    unit = _UNITS[line.service]
    whole = line.sure.money + line.may_follow.money
    return {
        "service": line.service.value,
        "profile" if line.service is Service.CALLS else "model": line.name,
        "items": line.sure.items,
        "may_follow": line.may_follow.items,
        unit: round(line.sure.size, 3),
        f"may_follow_{unit}": round(line.may_follow.size, 3),
        f"replayed_{unit}": round(line.replayed, 3),
        "unpriced": line.unpriced,
        "p50_usd": str(line.sure.money.p50_usd),
        "p90_usd": str(whole.p90_usd),
        "usd_are": "exact" if line.is_exact else "estimated",
    }


def _service_row(line: ServiceLine) -> tuple[object, ...]:
    whole = line.sure.money + line.may_follow.money
    if line.service is Service.CALLS:
        calls = f"{line.sure.size:,.0f} estimated" if line.sure.items else "unknown"
        money = (_dollars(line.sure.money.p50_usd), _dollars(whole.p90_usd))
        return (
            line.name,
            "(no words yet)",
            line.sure.items + line.unpriced,
            0,
            0,
            calls,
            None,
            None,
            *money,
        )
    unit = "min" if line.service is Service.SPEECH else "tokens"
    digits = ".1f" if line.service is Service.SPEECH else ".0f"
    return (
        None,
        line.service.value,
        line.sure.items,
        f"{line.replayed:,.1f} min" if line.replayed else None,
        None,
        line.name,
        line.may_follow.items or None,
        f"{line.sure.size:,{digits}} {unit}",
        _dollars(line.sure.money.p50_usd),
        _dollars(whole.p90_usd),
    )


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
