"""What `costs` tells of a journal: by state, by day in UTC, by what the money was for."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.ledger.budgets.budget import Caps
from footnoted.ledger.reports.costs import read_costs
from footnoted.ledger.reports.report import CapLine, CostQuery, Grouping
from footnoted.ledger.reports.store import cost_lines
from footnoted.llm.port import Usage
from tests.fakes.machine import add_videos, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.db.session import Database
    from footnoted.ledger.reports.report import CostReport, Spending

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CAPS = Caps(day=Decimal(1), month=Decimal(20))
USAGE = Usage(
    input_tokens=1,
    cache_creation_5m_tokens=20,
    cache_creation_1h_tokens=300,
    cache_read_tokens=4_000,
    output_tokens=50_000,
    thinking_tokens=600,
    speech_ms=60_000,
)
_numbers: Iterator[int] = count()


@dataclass(frozen=True)
class Call:
    """A row of the journal, as far as money asks."""

    state: str = "answered"
    reserved: str = "0.5"
    cost: str | None = "0.25"
    at: datetime = NOW
    model: str = "claude-haiku-5-5"
    stage: str = "extract"
    item: tuple[str, int] = ("video", 1)
    source_id: int | None = None
    usage: Usage = field(default_factory=Usage)


async def journal(database: Database, *calls: Call) -> None:
    """Insert calls."""
    async with database.transaction() as session:
        for call in calls:
            is_answered = call.state == "answered"
            await session.execute(
                text("""INSERT INTO llm_calls (request_sha256, item_kind, item_id, stage, label,
                          model, prompt_sha256, state, usable, reserved_usd, cost_usd, answer,
                          usage, source_id, reserved_at)
                        VALUES (:hash, :kind, :item, :stage, 'l', :model, 'p', :state, :usable,
                          :reserved, :cost, :answer, CAST(:usage AS jsonb), :source, :at)"""),
                {
                    "hash": str(next(_numbers)),
                    "kind": call.item[0],
                    "item": call.item[1],
                    "stage": call.stage,
                    "model": call.model,
                    "state": call.state,
                    "usable": True if is_answered else None,
                    "reserved": Decimal(call.reserved),
                    "cost": Decimal(call.cost) if is_answered and call.cost else None,
                    "answer": "{}" if is_answered else None,
                    "usage": call.usage.model_dump_json() if is_answered else None,
                    "source": call.source_id,
                    "at": call.at,
                },
            )


async def read(
    database: Database,
    by: Grouping = Grouping.DAY,
    *,
    limit: int = 100,
    since: datetime | None = None,
    until: datetime | None = None,
) -> CostReport:
    """Return what `costs` tells at NOW."""
    return await read_costs(database, CostQuery(by, limit, since, until), CAPS, NOW)


def money(spending: Spending) -> tuple[str, str, str]:
    """Return what is spent, reserved and unknown."""
    amounts = (spending.spent_usd, spending.reserved_usd, spending.unknown_usd)
    first, second, third = (f"{amount.normalize():f}" for amount in amounts)
    return first, second, third


async def test_an_empty_journal_costs_nothing(database: Database) -> None:
    """There are no lines, and the caps stand unused."""
    report = await read(database)
    assert (report.lines, report.hidden, report.total.calls) == ((), 0, 0)
    assert money(report.total) == ("0", "0", "0")
    assert report.caps == (
        CapLine(scope="day", key="2026-11-21", cap_usd=Decimal(1), spent_usd=_0, held_usd=_0),
        CapLine(scope="month", key="2026-11", cap_usd=Decimal(20), spent_usd=_0, held_usd=_0),
    )


_0 = Decimal(0)


async def test_each_state_counts_where_it_belongs(database: Database) -> None:
    """Answered at its cost, open and lost at the worst case, released not at all."""
    await journal(
        database,
        Call("answered", reserved="64", cost="0.000000001"),
        Call("reserved", reserved="1"),
        Call("sent", reserved="2"),
        Call("unknown", reserved="4"),
        Call("released", reserved="8"),
    )
    report = await read(database)
    (line,) = report.lines
    assert money(line) == money(report.total) == ("0.000000001", "3", "4")
    assert (line.key, line.calls, line.paid_calls) == ("2026-11-21", 4, 4)


async def test_calls_that_cost_nothing_are_no_paid_calls(database: Database) -> None:
    """Local models are counted, and apart."""
    await journal(database, Call(cost="0"), Call("sent", reserved="0"), Call("unknown"))
    total = (await read(database)).total
    assert (total.calls, total.paid_calls) == (3, 1)


async def test_an_answer_without_a_cost_on_record_counts_at_its_worst(database: Database) -> None:
    """What is not known is not free."""
    await journal(database, Call(reserved="0.5", cost=None))
    assert money((await read(database)).total) == ("0.5", "0", "0")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
async def test_days_and_months_are_those_of_utc(database: Database, zone: str) -> None:
    """Whatever the time zone of the session; the newest comes first."""
    midnight = datetime(2026, 11, 1, tzinfo=UTC)
    second = timedelta(seconds=1)
    await journal(database, *(Call(at=at) for at in (midnight - second, midnight, NOW)))
    keys = {}
    for grouping in (Grouping.DAY, Grouping.MONTH):
        async with database.transaction() as session:
            await session.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
            lines, _ = await cost_lines(session, CostQuery(grouping, 100))
        keys[grouping] = [(line.key, line.calls) for line in lines]
    assert keys[Grouping.DAY] == [("2026-11-21", 1), ("2026-11-01", 1), ("2026-10-31", 1)]
    assert keys[Grouping.MONTH] == [("2026-11", 2), ("2026-10", 1)]


async def test_models_and_stages_are_told_apart_dearest_first(database: Database) -> None:
    """What is held counts as what is spent does."""
    await journal(
        database,
        Call(model="claude-haiku-5-5", stage="extract", cost="0.25"),
        Call(model="claude-haiku-5-5", stage="classify", cost="0.25"),
        Call("unknown", model="claude-sonnet-5-5", stage="compose", reserved="0.75"),
        Call(model="extractive", stage="extract", cost="0"),
    )
    models = (await read(database, Grouping.MODEL)).lines
    assert [(line.key, line.calls, money(line)) for line in models] == [
        ("claude-sonnet-5-5", 1, ("0", "0", "0.75")),
        ("claude-haiku-5-5", 2, ("0.5", "0", "0")),
        ("extractive", 1, ("0", "0", "0")),
    ]
    stages = (await read(database, Grouping.STAGE)).lines
    assert [line.key for line in stages] == ["compose", "extract", "classify"]


async def test_items_are_told_by_their_names(database: Database) -> None:
    """Videos and page groups; what was removed keeps its costs and loses its name."""
    (video,) = await add_videos(database, 1)
    ((group,),) = await rows_of(
        database,
        """INSERT INTO page_groups (profile, creator_id, category, status)
           SELECT 'fake', id, 'Bread', 'fresh' FROM creators RETURNING id""",
    )
    await journal(
        database,
        Call(item=("video", video), cost="3"),
        Call(item=("page_group", group), cost="2"),
        Call(item=("video", 4711), cost="1"),
    )
    lines = (await read(database, Grouping.VIDEO)).lines
    assert [(line.key, line.title) for line in lines] == [
        (f"video {video}", "item 1"),
        (f"page_group {group}", "pages of Fake in Bread"),
        ("video 4711", None),
    ]


async def test_sources_are_told_by_their_names(database: Database) -> None:
    """Calls of no source have a line too, and those of one that is gone."""
    await add_videos(database, 1, source="/talks")
    ((source,),) = await rows_of(database, "SELECT id FROM sources")
    await journal(
        database,
        Call(source_id=source, cost="3"),
        Call(cost="2"),
        Call(source_id=99, cost="1"),
    )
    lines = (await read(database, Grouping.SOURCE)).lines
    assert [(line.key, line.title, money(line)[0]) for line in lines] == [
        (str(source), "/talks", "3"),
        (None, None, "2"),
        ("99", None, "1"),
    ]


async def test_tokens_are_summed_by_class(database: Database) -> None:
    """As the provider counted them; calls without an answer have none."""
    await journal(database, Call(usage=USAGE), Call(usage=USAGE), Call("sent"))
    report = await read(database)
    assert report.lines[0].tokens == report.total.tokens
    assert report.total.tokens.model_dump() == {
        "input": 2,
        "cache_write_5m": 40,
        "cache_write_1h": 600,
        "cache_read": 8_000,
        "output": 100_000,
        "thinking": 1_200,
        "speech_ms": 120_000,
    }


async def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(
    database: Database,
) -> None:
    """So that two periods side by side count nothing twice and leave nothing out."""
    hour = timedelta(hours=1)
    await journal(database, *(Call(at=NOW + n * hour, cost=str(10**n)) for n in range(4)))
    report = await read(database, since=NOW + hour, until=NOW + 3 * hour)
    assert money(report.total) == ("110", "0", "0")
    assert money((await read(database, since=NOW + 3 * hour)).total) == ("1000", "0", "0")
    assert money((await read(database, until=NOW + hour)).total) == ("1", "0", "0")


async def test_lines_over_the_limit_are_counted_and_stay_in_the_total(database: Database) -> None:
    """The newest days are shown."""
    await journal(database, *(Call(at=NOW - timedelta(days=n), cost="1") for n in range(5)))
    report = await read(database, limit=2)
    assert [line.key for line in report.lines] == ["2026-11-21", "2026-11-20"]
    assert (report.hidden, money(report.total)) == (3, ("5", "0", "0"))


async def test_caps_stand_beside_what_is_spent_and_held(database: Database) -> None:
    """Of today and this month; one that was lowered below what is held leaves nothing."""
    rows = [
        ("day", "2026-11-20", "7", "7"),
        ("day", "2026-11-21", "0.25", "0.125"),
        ("month", "2026-11", "20.5", "0"),
        ("source_day", "1/2026-11-21", "9", "9"),
    ]
    for scope, key, spent, held in rows:
        await rows_of(
            database,
            "INSERT INTO budgets VALUES (:scope, :key, :spent, :held) RETURNING 1",
            scope=scope,
            key=key,
            spent=Decimal(spent),
            held=Decimal(held),
        )
    day, month = (await read(database)).caps
    assert (day.spent_usd, day.held_usd) == (Decimal("0.25"), Decimal("0.125"))
    assert (day.left_usd, month.left_usd) == (Decimal("0.625"), Decimal(0))
    uncapped = await read_costs(database, CostQuery(Grouping.DAY, 1), Caps(day=Decimal(1)), NOW)
    assert (uncapped.caps[1].cap_usd, uncapped.caps[1].left_usd) == (None, None)


@pytest.mark.parametrize("grouping", Grouping)
async def test_the_lines_add_up_to_the_total(database: Database, grouping: Grouping) -> None:
    """To the last billionth, and to what was journaled, however it is grouped."""
    chance = random.Random(7)  # noqa: S311 - a reproducible journal
    states = ("reserved", "sent", "answered", "unknown", "released")
    calls = [
        Call(
            chance.choice(states),
            reserved=str(Decimal(chance.randrange(10**6)).scaleb(-9)),
            cost=str(Decimal(chance.randrange(10**6)).scaleb(-9)),
            at=NOW - timedelta(hours=chance.randrange(2_000)),
            model=chance.choice("ab"),
            stage=chance.choice("cd"),
            item=(chance.choice(("video", "page_group")), chance.randrange(9)),
            source_id=chance.choice((None, 1, 2)),
        )
        for _ in range(200)
    ]
    await journal(database, *calls)
    report = await read(database, grouping)
    spent = sum(Decimal(one.cost or 0) for one in calls if one.state == "answered")
    held = sum(Decimal(one.reserved) for one in calls if one.state in ("reserved", "sent"))
    lost = sum(Decimal(one.reserved) for one in calls if one.state == "unknown")
    expected = (spent, held, lost)
    total = report.total
    assert (total.spent_usd, total.reserved_usd, total.unknown_usd) == expected
    assert expected == (
        sum(line.spent_usd for line in report.lines),
        sum(line.reserved_usd for line in report.lines),
        sum(line.unknown_usd for line in report.lines),
    )
    assert sum(line.calls for line in report.lines) == total.calls
