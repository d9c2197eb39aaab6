"""`footnoted cancel`: sets unfinished videos aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.pipeline.controls.selection import Handled


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(cancel)


def cancel(
    videos: Annotated[
        list[int], typer.Argument(metavar="VIDEO...", help="Ids that `status` shows.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Set unfinished videos aside, even while they are worked on; `retry` takes them up again."""
    from footnoted.cli.handled import print_handled
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.taking_up import cancel as set_aside

    async def work(storage: Storage) -> Handled:
        return await set_aside(storage.database, videos, clock=storage.clock)

    print_handled("cancel", with_storage(work), as_json=as_json)
