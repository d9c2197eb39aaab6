"""What `costs` prints: lines that can be read, amounts that are never rounded away."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from footnoted.cli.choices import CostKey
from footnoted.cli.spending import print_costs, show_usd
from footnoted.ledger.reports.report import (
    CapLine,
    CostLine,
    CostReport,
    Grouping,
    Spending,
    Tokens,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NO_TOKENS = Tokens(input=0, cache_write_5m=0, cache_write_1h=0, cache_read=0, output=0, thinking=0)
NONE = Spending(
    calls=0,
    paid_calls=0,
    spent_usd=Decimal(0),
    reserved_usd=Decimal(0),
    unknown_usd=Decimal(0),
    tokens=NO_TOKENS,
)
TODAY = CapLine(
    scope="day",
    key="2026-11-21",
    cap_usd=Decimal(1),
    spent_usd=Decimal("0.25"),
    held_usd=Decimal("0.125"),
)


def spending(**changes: Any) -> Spending:
    """Return the spending of two calls, one of them paid."""
    paid = {"calls": 2, "paid_calls": 1, "spent_usd": Decimal("0.5")}
    return NONE.model_copy(update={**paid, **changes})


def line(key: str | None, title: str | None = None, **changes: Any) -> CostLine:
    """Return a line with that spending."""
    return CostLine(key=key, title=title, **dict(spending(**changes)))


def report(**changes: Any) -> CostReport:
    """Return a report by day, with no lines."""
    fields = {"at": NOW, "by": Grouping.DAY, "since": None, "until": None}
    rest = {"lines": (), "hidden": 0, "total": NONE, "caps": ()}
    return CostReport(**{**fields, **rest, **changes})


def printed(capsys: pytest.CaptureFixture[str], **changes: Any) -> str:
    """Return what is printed as a result."""
    print_costs(report(**changes))
    return capsys.readouterr().out


def test_the_option_names_every_grouping() -> None:
    """The choices stand apart because reports take time to import."""
    assert [(key.name, key.value) for key in CostKey] == [(g.name, g.value) for g in Grouping]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "$0.0000"),
        ("0.000000001", "<$0.0001"),
        ("0.0001", "$0.0001"),
        ("1234.56789", "$1234.5679"),
    ],
)
def test_no_amount_looks_like_none(amount: str, shown: str) -> None:
    """What is less than can be shown is said to be some."""
    assert show_usd(Decimal(amount)) == shown


def test_nothing_paid_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    """In a period too, and with calls that cost nothing."""
    assert printed(capsys) == "There were no paid calls.\n"
    free = spending(calls=1, paid_calls=0, spent_usd=Decimal(0))
    lines = (line("2026-11-21", paid_calls=0, spent_usd=Decimal(0)),)
    assert printed(capsys, total=free, lines=lines, since=NOW) == (
        "There were no paid calls since 2026-11-21 12:00 UTC; 1 call cost nothing.\n"
    )


def test_days_have_their_amounts_and_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    """A cache write is one for five minutes or for an hour."""
    tokens = Tokens(
        input=1_000, cache_write_5m=20, cache_write_1h=3, cache_read=4, output=5, thinking=1
    )
    one = line("2026-11-21", unknown_usd=Decimal("0.00001"), tokens=tokens)
    out = printed(capsys, lines=(one,), total=spending(unknown_usd=Decimal("0.00001")))
    assert out.splitlines() == [
        "day         calls  spent    reserved  unknown   input  cache written  cache read  output",
        "2026-11-21  2      $0.5000  $0.0000   <$0.0001  1,000  23             4           5",
        "",
        "Together: 2 calls, 1 of them paid: $0.5000 spent, <$0.0001 held for lost answers.",
    ]


def test_the_sum_names_what_is_on_its_way(capsys: pytest.CaptureFixture[str]) -> None:
    """And the period, where there is one."""
    total = spending(paid_calls=2, reserved_usd=Decimal(1))
    out = printed(capsys, lines=(line("m"),), by=Grouping.MODEL, total=total, until=NOW)
    assert out.splitlines()[-1] == (
        "Together before 2026-11-21 12:00 UTC: 2 calls, all paid:"
        " $0.5000 spent, $1.0000 reserved by calls on their way."
    )


def test_items_and_sources_have_titles(capsys: pytest.CaptureFixture[str]) -> None:
    """What is gone says so, and what never had a source is named `none`."""
    lines = (line("7", "Talks"), line("8"), line(None))
    rows = printed(capsys, lines=lines, by=Grouping.SOURCE, total=spending()).splitlines()
    assert [row.split("  2 ")[0].split() for row in rows[1:4]] == [
        ["7", "Talks"],
        ["8", "(removed)"],
        ["none"],
    ]


def test_caps_stand_below(capsys: pytest.CaptureFixture[str]) -> None:
    """What is left of each, or that there is none."""
    month = TODAY.model_copy(update={"scope": "month", "key": "2026-11", "cap_usd": None})
    assert printed(capsys, caps=(TODAY, month)).splitlines()[1:] == [
        "Today (2026-11-21 UTC): $0.2500 spent, $0.1250 held; $0.6250 left of the cap of $1.0000",
        "This month (2026-11 UTC): $0.2500 spent, $0.1250 held; no cap",
    ]


def test_lines_that_are_not_shown_are_counted_in_a_remark(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On stderr: it is no result."""
    print_costs(report(lines=(line("m"),), hidden=3, total=spending()))
    assert capsys.readouterr().err == "3 more are not shown: --limit takes more, --since fewer.\n"
