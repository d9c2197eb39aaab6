"""`footnoted source ...`: folders that are followed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.pipeline.controls.removal.removal import RemovedSource
    from footnoted.sources.follow import AddedSource, SourcePreview
    from footnoted.sources.store import Source

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Id = Annotated[int, typer.Argument(help="The id that `source list` shows.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Follow folders.", no_args_is_help=True, rich_markup_mode=None)
    group.command("add")(add)
    group.command("list")(show)
    group.command("test")(preview)
    group.command("pause")(pause)
    group.command("resume")(resume)
    group.command("remove")(remove)
    program.add_typer(group, name="source")


def add(
    locator: Annotated[str, typer.Argument(metavar="PATH|GLOB", help="A folder, or a glob.")],
    *,
    profile: Annotated[
        list[str] | None, typer.Option(help="What to make of it; may be given again.")
    ] = None,
    creator: Annotated[
        str | None, typer.Option(help="Who made what nothing else says it of.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="A label to tell sources by.")] = None,
    title: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    every: Annotated[
        int | None, typer.Option(min=1, metavar="SECONDS", help="Pause between two looks.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Follow a folder or glob from now on."""
    from footnoted.app import require_profiles
    from footnoted.cli.following import print_added
    from footnoted.cli.storage import with_storage
    from footnoted.sources.follow import NewSource, add_source

    async def work(storage: Storage) -> AddedSource:
        settings = storage.settings
        profiles = profile or [settings.profile]
        require_profiles(profiles)
        seconds = every or settings.source_poll_interval_s
        new = NewSource(locator, profiles, seconds, title, creator, owner)
        return await add_source(storage.database, new, clock=storage.clock)

    print_added(with_storage(work), as_json=as_json)


def show(as_json: _Json = False) -> None:
    """Show the sources that are followed."""
    from footnoted.cli.following import print_sources
    from footnoted.cli.storage import with_storage
    from footnoted.sources.follow import list_sources

    async def work(storage: Storage) -> list[Source]:
        return await list_sources(storage.database)

    print_sources(with_storage(work), as_json=as_json)


def preview(
    locator: Annotated[str, typer.Argument(metavar="PATH|GLOB", help="A folder, or a glob.")],
    creator: Annotated[
        str | None, typer.Option(help="Who made what nothing else says it of.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Show what following a folder would take, and write nothing."""
    from footnoted.app import make_scanner
    from footnoted.cli.following import print_preview
    from footnoted.cli.session import read_settings
    from footnoted.clock import SystemClock
    from footnoted.sources.follow import preview_source

    async def work() -> SourcePreview:
        clock = SystemClock()
        return await preview_source(make_scanner(), locator, clock=clock, creator=creator)

    read_settings()
    print_preview(asyncio.run(work()), as_json=as_json)


def pause(source: _Id, as_json: _Json = False) -> None:
    """Stop looking at a source; what it brought goes on."""
    from footnoted.cli.following import print_sources
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.pausing import pause_source

    async def work(storage: Storage) -> Source:
        return await pause_source(storage.database, source, clock=storage.clock)

    print_sources([with_storage(work)], as_json=as_json)


def resume(source: _Id, as_json: _Json = False) -> None:
    """Look at a source again, at once."""
    from footnoted.cli.following import print_sources
    from footnoted.cli.storage import with_storage
    from footnoted.sources.follow import resume_source

    async def work(storage: Storage) -> Source:
        return await resume_source(storage.database, source, clock=storage.clock)

    print_sources([with_storage(work)], as_json=as_json)


def remove(
    source: _Id,
    *,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep what it brought; unfinished videos are cancelled.")
    ] = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Erase what was made of its videos; files stay.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Follow a source no longer; what it brought is kept, or erased for good."""
    from footnoted.app import catch_up_index
    from footnoted.cli.following import print_removed
    from footnoted.cli.remove import require_one
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.removal.removal import remove_source

    async def work(storage: Storage) -> RemovedSource:
        removed = await remove_source(storage.database, source, clock=storage.clock, purges=purge)
        if purge:
            await catch_up_index(storage)
        return removed

    require_one(keep=keep, purge=purge)
    print_removed(with_storage(work), as_json=as_json)
