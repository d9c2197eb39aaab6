"""`footnoted retry`: takes up again what stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.pipeline.controls.selection import Handled


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(retry)


def retry(
    videos: Annotated[
        list[int] | None, typer.Argument(metavar="[VIDEO]...", help="Ids that `status` shows.")
    ] = None,
    *,
    reason: Annotated[
        str | None, typer.Option(metavar="CODE", help="Everything that stopped with this code.")
    ] = None,
    source: Annotated[
        int | None, typer.Option(help="Videos of this source, by the id `source list` shows.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only what stopped since: 7d, 12h, 2w or a date.")
    ] = None,
    all_failed: Annotated[
        bool, typer.Option("--all-failed", help="Everything that stopped, but for bad words.")
    ] = False,
    accept_quality: Annotated[
        bool, typer.Option("--accept-quality", help="Take words that the quality gate stopped.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take up again what failed or was quarantined, where it stopped; wake what waits."""
    from footnoted.cli.handled import print_handled
    from footnoted.cli.since import parse_since
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.selection import Selection
    from footnoted.pipeline.controls.taking_up import retry as take_up

    async def work(storage: Storage) -> Handled:
        at = None if since is None else parse_since(since, storage.clock.now())
        selection = Selection(tuple(videos or ()), reason, all_failed, accept_quality, source, at)
        return await take_up(storage.database, selection, clock=storage.clock)

    print_handled("retry", with_storage(work), as_json=as_json)
