"""`footnoted recent`: what is new among pages and moments."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

# Typer reads the type of an option when the program is built.
from footnoted.cli.choices import Kind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from footnoted.search.store import Recent
    from footnoted.settings import Settings

    News = tuple[list[Recent], dict[UUID, str]]
    """What was made, and the slugs of the pages among it."""


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(recent)


def recent(
    *,
    since: Annotated[str, typer.Option(help="Made since: 7d, 12h, 2w, or a date.")] = "7d",
    kind: Annotated[
        Kind | None, typer.Option(help="Only this kind; unset: pages and moments.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Rows at most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the newest pages and moments, newest first."""
    from footnoted.cli.session import read_settings
    from footnoted.cli.since import parse_since
    from footnoted.clock import SystemClock

    settings = read_settings()
    after = parse_since(since, SystemClock().now())
    found = asyncio.run(_recent(settings, after, kind, limit))
    (_print_json if as_json else _print)(after, found)


async def _recent(settings: Settings, after: datetime, kind: Kind | None, limit: int) -> News:
    from footnoted.db.storage import open_storage
    from footnoted.knowledge.library.store import page_slugs
    from footnoted.search.port import DocumentKind
    from footnoted.search.store import recent_documents

    kinds = [kind] if kind else [Kind.PAGE, Kind.MOMENT]
    wanted = [DocumentKind(one.value) for one in kinds]
    async with open_storage(settings) as storage, storage.database.transaction() as session:
        made = await recent_documents(session, after, kinds=wanted, limit=limit)
        page_ids = [one.document.page_id for one in made if one.document.page_id is not None]
        return made, await page_slugs(session, page_ids)


def _print(after: datetime, news: News) -> None:
    from footnoted.cli.hits import way_to
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import remarks

    made, slugs = news
    if not made:
        remarks().print(f"Nothing was made since {after:%Y-%m-%d %H:%M} UTC.", soft_wrap=True)
        return
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M}",
            one.document.kind.value,
            one.document.title,
            one.document.creator,
            way_to(one.document, one.link, slugs),
        )
        for one in made
    ]
    write_table(("made (UTC)", "kind", "title", "creator", "where"), rows)


def _print_json(after: datetime, news: News) -> None:
    from footnoted.cli.hits import document_fields
    from footnoted.cli.terminal import write_json

    made, slugs = news
    rows = [
        {"at": one.at.isoformat(), **document_fields(one.document, one.link, slugs)} for one in made
    ]
    write_json("recent/1", {"since": after.isoformat(), "documents": rows})
