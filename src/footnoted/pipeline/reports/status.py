"""Reading the state of everything in one short transaction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from footnoted.ledger.store import totals
from footnoted.ledger.switches.store import read_switch
from footnoted.ledger.switches.switches import PAUSE
from footnoted.pipeline.alerts.delivery.store import silent_receivers
from footnoted.pipeline.alerts.store import open_alerts
from footnoted.pipeline.reports import store
from footnoted.pipeline.reports.report import (
    AlertLine,
    Example,
    SilentReceiver,
    StatusReport,
    StopLine,
    WaitLine,
)
from footnoted.search.store import outbox_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from footnoted.db.session import Database
    from footnoted.pipeline.alerts.delivery.store import Silent
    from footnoted.pipeline.alerts.store import OpenAlert

    _Examples = defaultdict[tuple[str, str], tuple[Example, ...]]

QUALITY = "quality"
"""What the codes of the quality gate begin with."""


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """As of when, how long a page waits for more videos, and which profiles can be worked on.

    `broken` are those that cannot, with why.
    """

    now: datetime
    group_delay: timedelta
    profiles: tuple[str, ...]
    broken: Mapping[str, str] = field(default_factory=dict[str, str])


async def read_status(database: Database, query: StatusQuery) -> StatusReport:
    """Return the state of everything as of `query.now`."""
    midnight = query.now.replace(hour=0, minute=0, second=0, microsecond=0)
    async with database.transaction() as session:
        await store.see_one_moment(session)
        calls, cost_usd = await totals(session, midnight)
        outbox = await outbox_state(session)
        groups = await store.group_counts(session, query.now, query.group_delay)
        waits, stops = await store.wait_groups(session), await store.stop_groups(session)
        wait_examples = _by_group(await store.wait_examples(session))
        stop_examples = _by_group(await store.stop_examples(session))
        pause = await read_switch(session, PAUSE)
        is_paused = pause is not None and pause.is_on(query.now)
        return StatusReport(
            at=query.now,
            paused_since=pause.set_at if pause is not None and is_paused else None,
            alerts=tuple(map(_alert_line, await open_alerts(session))),
            silent_receivers=tuple(map(_receiver, await silent_receivers(session))),
            broken=await store.broken_lines(session, query.broken),
            videos=await store.video_counts(session),
            ready=groups.due + await store.count_ready(session, query.profiles, query.now),
            working=await store.items_in_work(session, query.now),
            waiting=tuple(_wait_line(row, wait_examples) for row in waits),
            stopped=tuple(_stop_line(row, stop_examples) for row in stops),
            withheld=await store.withheld_groups(session),
            page_groups=groups,
            pages=await store.count_pages(session),
            sources=await store.source_counts(session),
            index_behind=outbox.size,
            index_behind_since=outbox.oldest_at,
            calls_today=calls,
            cost_today_usd=Decimal(cost_usd),
        )


def _by_group(rows: Iterable[store.ExampleRow]) -> _Examples:
    grouped: _Examples = defaultdict(tuple)
    for row in rows:
        grouped[row.kind, row.key] += (Example(id=row.id, title=row.title, detail=row.detail),)
    return grouped


def _alert_line(alert: OpenAlert) -> AlertLine:
    fields = alert._asdict()
    return AlertLine(count=fields.pop("times"), **fields)


def _receiver(silent: Silent) -> SilentReceiver:
    return SilentReceiver(**silent._asdict())


def _wait_line(row: store.WaitGroup, examples: _Examples) -> WaitLine:
    fields = row._asdict()
    return WaitLine(count=fields.pop("size"), examples=examples[row.kind, row.reason], **fields)


def _stop_line(row: store.StopGroup, examples: _Examples) -> StopLine:
    return StopLine(
        kind=row.kind,
        status=row.status,
        code=row.code,
        count=row.size,
        examples=examples[row.kind, f"{row.status} {row.code}"],
        retry=retry_command(row.code),
    )


def retry_command(code: str) -> str:
    """Return the command that takes up again what stopped with `code`."""
    if code == store.NOT_TAKEN:
        return "footnoted source edit SOURCE changes the rule, then footnoted retry VIDEO"
    accepts = " --accept-quality" if accepts_quality(code) else ""
    return f"footnoted retry --reason {code}{accepts}"


def accepts_quality(code: str | None) -> bool:
    """Return whether it was the quality gate that stopped with `code`."""
    return code is not None and code.startswith(QUALITY)
