"""`footnoted calls`: what models were asked for a video or a creator's pages, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.storage import Storage
    from footnoted.ledger.listing.call import CallLine

    Found = tuple[str, Sequence[int], list[CallLine]]
    """The kind and the ids of the items, and their calls."""


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(calls)


def calls(
    video: Annotated[
        int | None, typer.Argument(help="The id that `status` and `search` show.")
    ] = None,
    *,
    group: Annotated[
        int | None, typer.Option(help="A page group instead, by the id that `status` shows.")
    ] = None,
    creator: Annotated[
        str | None, typer.Option(help="The page groups of a creator instead, name or slug.")
    ] = None,
    category: Annotated[str | None, typer.Option(help="Only that group of the creator.")] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=10_000, help="The newest calls, at most this many.")
    ] = 100,
    full: Annotated[bool, typer.Option("--full", help="Print whole texts, where kept.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the calls of a video or of page groups: state, tokens, cost, time, first words."""
    from footnoted.cli.call_lines import print_calls
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.errors import UsageError
    from footnoted.ledger.listing.store import CallsQuery, calls_of

    wanted = [one for one in (video, group, creator) if one is not None]
    if len(wanted) != 1 or (category is not None and creator is None):
        message = "say either a VIDEO, or --group ID, or --creator NAME [--category NAME]"
        raise UsageError(message)

    async def work(storage: Storage) -> Found:
        async with storage.database.transaction() as session:
            kind, ids = await (
                _groups(session, creator, category) if creator else _item(session, video, group)
            )
            return kind, ids, await calls_of(session, CallsQuery(kind, ids, limit, is_full=full))

    kind, ids, found = with_storage(work)
    if as_json:
        lines = [line.model_dump(mode="json") for line in found]
        write_json("calls/1", {"kind": kind, "ids": list(ids), "calls": lines})
    else:
        print_calls(found, is_full=full, is_cut=len(found) == limit)


async def _item(
    session: AsyncConnection, video: int | None, group: int | None
) -> tuple[str, Sequence[int]]:
    from footnoted.errors import UsageError
    from footnoted.ledger.listing.store import has_item
    from footnoted.model.status import ItemKind

    kind, item_id = (ItemKind.PAGE_GROUP, group) if video is None else (ItemKind.VIDEO, video)
    if item_id is None or not await has_item(session, kind.value, item_id):
        message = f"there is no {kind.replace('_', ' ')} {item_id}; `footnoted status` names some"
        raise UsageError(message)
    return kind.value, [item_id]


async def _groups(
    session: AsyncConnection, creator: str, category: str | None
) -> tuple[str, Sequence[int]]:
    from footnoted.errors import UsageError
    from footnoted.ledger.listing.store import page_groups_of
    from footnoted.model.status import ItemKind

    ids = await page_groups_of(session, creator, category)
    if not ids:
        where = f" in {category!r}" if category else ""
        message = f"there are no pages of {creator!r}{where}; `footnoted pages` lists all"
        raise UsageError(message)
    return ItemKind.PAGE_GROUP.value, ids
