"""`footnoted costs`: what calls of models cost and hold, beside the caps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

# Typer reads the type of an option when the program is built.
from footnoted.cli.choices import CostKey

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.db.storage import Storage
    from footnoted.ledger.reports.report import CostReport


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(costs)


def costs(
    *,
    by: Annotated[CostKey, typer.Option(help="One line for each of these.")] = CostKey.DAY,
    since: Annotated[
        str | None, typer.Option(help="Calls since: 7d, 12h, 2w, or a date; unset: all.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Calls before: as with --since.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Lines at most.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what models cost: spent, reserved by calls on their way, held for lost answers.

    Days and months are those of UTC. A call counts where it was reserved.
    """
    from footnoted.cli.since import parse_since
    from footnoted.cli.spending import print_costs
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.clock import SystemClock

    now = SystemClock().now()
    begin, end = (None if at is None else parse_since(at, now) for at in (since, until))

    async def work(storage: Storage) -> CostReport:
        return await _read(storage, by, (begin, end), limit)

    report = with_storage(work)
    if as_json:
        write_json("costs/1", report.model_dump(mode="json"))
    else:
        print_costs(report)


async def _read(
    storage: Storage, by: CostKey, period: tuple[datetime | None, datetime | None], limit: int
) -> CostReport:
    from footnoted.ledger.budgets.budget import Caps
    from footnoted.ledger.reports.costs import read_costs
    from footnoted.ledger.reports.report import CostQuery, Grouping

    settings = storage.settings
    caps = Caps(day=settings.daily_cost_cap_usd, month=settings.monthly_cost_cap_usd)
    query = CostQuery(Grouping(by.value), limit, *period)
    return await read_costs(storage.database, query, caps, storage.clock.now())
