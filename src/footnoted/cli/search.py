"""`footnoted search`: finds what was said, each hit with a link that plays it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

# Typer reads the type of an option when the program is built.
from footnoted.cli.choices import Kind  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from footnoted.cli.finding import Reach
    from footnoted.search.port import Query
    from footnoted.search.query import SearchResult
    from footnoted.settings import Settings

_MOST_HITS = 100
_LARGEST_ID = 2**63 - 1


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(search)


def search(
    text: Annotated[str, typer.Argument(help="Words to look for.")],
    *,
    kind: Annotated[Kind | None, typer.Option(help="Only hits of this kind.")] = None,
    profile: Annotated[str | None, typer.Option(help="Only this profile.")] = None,
    source: Annotated[
        int | None, typer.Option(max=_LARGEST_ID, help="Only this source, by id.")
    ] = None,
    creator: Annotated[str | None, typer.Option(help="Only this creator, name or slug.")] = None,
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only what has this tag.")] = None,
    tool: Annotated[str | None, typer.Option(help="Only what names this tool.")] = None,
    speaker: Annotated[str | None, typer.Option(help="Only what this speaker said.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Published since: 7d, 12h, 2w, or a date.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST_HITS, help="Hits at most.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find moments, pages and passages by their words."""
    from footnoted.cli.session import read_settings
    from footnoted.cli.since import parse_since
    from footnoted.clock import SystemClock
    from footnoted.search.port import DocumentKind, Filters, Query

    settings = read_settings()
    filters = Filters(
        kind=DocumentKind(kind.value) if kind else None,
        profile=profile,
        source_id=source,
        creator=creator,
        category=category,
        tag=tag,
        tool=tool,
        speaker=speaker,
        since=parse_since(since, SystemClock().now()) if since else None,
    )
    query = Query(text=text, filters=filters, limit=limit)
    asyncio.run(_search(settings, query, as_json=as_json))


async def _search(settings: Settings, query: Query, *, as_json: bool) -> None:
    from footnoted.cli.emptiness import explain_no_hits
    from footnoted.cli.finding import find, reach

    async with reach(settings) as way:
        found = await find(way, query)
        slugs = await _slugs(way, found)
        hint = None if found else await explain_no_hits(way, query)
    (_print_json if as_json else _print)(query, found, slugs, hint)


async def _slugs(way: Reach, found: Sequence[SearchResult]) -> dict[UUID, str]:
    """Return the addresses of the pages among the hits."""
    from footnoted.knowledge.library.store import page_slugs

    page_ids = [hit.document.page_id for hit in found if hit.document.page_id is not None]
    if not page_ids:
        return {}
    storage = await way.storage()
    async with storage.database.transaction() as session:
        return await page_slugs(session, page_ids)


def _print(
    query: Query, found: Sequence[SearchResult], slugs: dict[UUID, str], hint: str | None
) -> None:
    from footnoted.cli.hits import hit_lines
    from footnoted.cli.terminal import remarks, results

    del query
    console = results()
    for rank, result in enumerate(found, start=1):
        for line in hit_lines(rank, result, slugs):
            console.print(line, soft_wrap=True)
    if hint:
        remarks().print(hint, soft_wrap=True)


def _print_json(
    query: Query, found: Sequence[SearchResult], slugs: dict[UUID, str], hint: str | None
) -> None:
    from footnoted.cli.hits import hit_fields
    from footnoted.cli.terminal import write_json

    hits = [hit_fields(rank, result, slugs) for rank, result in enumerate(found, start=1)]
    asked = query.model_dump(mode="json", exclude_none=True)
    write_json("search/1", {"query": asked, "results": hits, "hint": hint})
