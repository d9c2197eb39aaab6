"""What models cost, as a person reads it: a line of each day or the like, the sum, the caps."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from footnoted.cli.lines import remark, say
from footnoted.cli.tables import write_table
from footnoted.ledger.reports.report import Grouping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.ledger.reports.report import CapLine, CostLine, CostReport, Spending

_HEADERS = (
    "calls",
    "spent",
    "reserved",
    "unknown",
    "input",
    "cache written",
    "cache read",
    "output",
)
_SHOWN = Decimal("0.0001")
_NAMED = (Grouping.SOURCE, Grouping.VIDEO)
_SCOPES = {"day": "Today", "month": "This month"}


def print_costs(report: CostReport) -> None:
    """Print the lines, their sum, and what today and this month have left."""
    if report.total.paid_calls == 0:
        say(_nothing_paid(report))
    else:
        headers = ("title", *_HEADERS) if report.by in _NAMED else _HEADERS
        write_table((report.by.value, *headers), [_row(line, report.by) for line in report.lines])
        say()
        say(_sum(report))
    for cap in report.caps:
        say(_cap(cap))
    if report.hidden and report.total.paid_calls:
        remark(f"{report.hidden} more are not shown: --limit takes more, --since fewer.")


def show_usd(amount: Decimal) -> str:
    """Return an amount to the hundredth of a cent; less than that, but some, is told as such."""
    return f"<${_SHOWN}" if 0 < amount < _SHOWN else f"${amount:.4f}"


def _row(line: CostLine, by: Grouping) -> tuple[object, ...]:
    key = line.key or "none"
    gone = "(removed)" if line.key else ""
    named = (key, line.title or gone) if by in _NAMED else (key,)
    tokens = line.tokens
    written = tokens.cache_write_5m + tokens.cache_write_1h
    money = (show_usd(usd) for usd in (line.spent_usd, line.reserved_usd, line.unknown_usd))
    counts = (tokens.input, written, tokens.cache_read, tokens.output)
    return (*named, line.calls, *money, *(f"{count:,}" for count in counts))


def _nothing_paid(report: CostReport) -> str:
    calls = report.total.calls
    free = f"; {_number(calls)} cost nothing" if calls else ""
    return f"There were no paid calls{_period(report)}{free}."


def _sum(report: CostReport) -> str:
    total = report.total
    amounts = ", ".join(_amounts(total))
    of_them = f"{total.paid_calls:,} of them paid" if total.paid_calls < total.calls else "all paid"
    return f"Together{_period(report)}: {_number(total.calls)}, {of_them}: {amounts}."


def _number(calls: int) -> str:
    return f"{calls:,} call{'' if calls == 1 else 's'}"


def _amounts(total: Spending) -> Iterator[str]:
    yield f"{show_usd(total.spent_usd)} spent"
    if total.reserved_usd:
        yield f"{show_usd(total.reserved_usd)} reserved by calls on their way"
    if total.unknown_usd:
        yield f"{show_usd(total.unknown_usd)} held for lost answers"
    if total.tokens.speech_ms:
        yield f"{total.tokens.speech_ms / 60_000:,.1f} minutes of speech recognised"


def _period(report: CostReport) -> str:
    ends = (("since", report.since), ("before", report.until))
    return "".join(f" {word} {at:%Y-%m-%d %H:%M} UTC" for word, at in ends if at is not None)


def _cap(cap: CapLine) -> str:
    used = f"{show_usd(cap.spent_usd)} spent, {show_usd(cap.held_usd)} held"
    name = f"{_SCOPES[cap.scope]} ({cap.key} UTC)"
    if cap.cap_usd is None or cap.left_usd is None:
        return f"{name}: {used}; no cap"
    return f"{name}: {used}; {show_usd(cap.left_usd)} left of the cap of {show_usd(cap.cap_usd)}"
