"""`footnoted source ...`: channels, feeds and folders that are followed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the type of an argument
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.asking import asks

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.pipeline.controls.removal.removal import RemovedSource
    from footnoted.sources.net.asking import Asked
    from footnoted.sources.store import Source


class _Kind(StrEnum):
    """What a place on the net is."""

    YOUTUBE = "youtube"
    FEED = "feed"
    SITE = "site"


class _ItemState(StrEnum):
    """What became of an item."""

    TAKEN = "taken"
    LEFT = "left"
    LATER = "later"
    REMOVED = "removed"


_A_YEAR_S = 366 * 86_400
_MOST_NAMED = 20
_Profiles = Annotated[
    list[str] | None, typer.Option(help="What to make of it; may be given again.")
]
_Creator = Annotated[str | None, typer.Option(help="Who made what nothing else says it of.")]
_Owner = Annotated[str | None, typer.Option(help="A label to tell sources by.")]
_Every = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=_A_YEAR_S,
        metavar="SECONDS",
        help="Pause between two looks, in the place of a schedule; on the net 60 at least.",
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Id = Annotated[int, typer.Argument(help="The id that `source list` shows.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Follow channels, feeds and folders.", no_args_is_help=True, rich_markup_mode=None
    )
    group.command("add")(add)
    group.command("edit")(edit)
    group.command("list")(show)
    group.command("items")(items)
    group.command("poll")(poll)
    group.command("test")(preview)
    group.command("pause")(pause)
    group.command("resume")(resume)
    group.command("remove")(remove)
    group.command("export")(export)
    program.add_typer(group, name="source")


@asks
def add(
    locator: Annotated[
        str,
        typer.Argument(metavar="PLACE", help="A channel, playlist, feed, page, OPML or folder."),
    ],
    *,
    profile: _Profiles = None,
    creator: _Creator = None,
    owner: _Owner = None,
    title: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    kind: Annotated[
        _Kind | None, typer.Option(help="What it is, where the place is not asked for that.")
    ] = None,
    every: _Every = None,
    asked: Asked,
    as_json: _Json = False,
) -> None:
    """Follow a place from now on: a channel, a playlist, a feed, a page, a list of feeds, a folder.

    An OPML file is a list of feeds: each becomes a source. What is followed already stays as it is;
    options that say something else of it are named, with the `source edit` that applies them, and
    the exit code is 1.
    """
    from footnoted.cli.adding import NewSource, add_sources
    from footnoted.cli.exits import Exit
    from footnoted.cli.following import print_added

    new = NewSource(locator, profile, creator, owner, title, kind and kind.value, every, asked)
    added = add_sources(new)
    print_added(added, as_json=as_json)
    if any(one.not_applied for one in added):
        raise typer.Exit(Exit.SOME_FAILED)


@asks
def edit(
    source: _Id,
    *,
    title: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(help="What to make of it in the place of what was; may be given again."),
    ] = None,
    creator: _Creator = None,
    owner: _Owner = None,
    every: _Every = None,
    asked: Asked,
    as_json: _Json = False,
) -> None:
    """Change what is taken of a source, what for, and when it is looked at; nothing restarts.

    An empty word takes an option back (`--title-has ''`), and 0 a priority. What was left before
    is judged anew.

    A profile that is added gets what the source took before, too, but for what was cancelled or
    removed. What was made for one that is left out stays, and what is unfinished goes on. A creator
    holds for what comes: recordings that are there keep theirs (`footnoted edit`, `creator merge`).
    An owner is that of all the source brought.
    """
    from footnoted.catalogue import require_profiles
    from footnoted.cli.changing import print_changed
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.changing import change_source
    from footnoted.sources.change import Changed, Particulars

    async def work(storage: Storage) -> Changed:
        require_profiles(storage.settings, profile or [])
        said = Particulars(title, profile or None, creator, owner, every)
        return await change_source(storage.database, source, asked, said, clock=storage.clock)

    print_changed(with_storage(work), asked, as_json=as_json)


def items(
    source: _Id,
    *,
    state: Annotated[
        _ItemState | None,
        typer.Option(help="Those that were taken, left, put off or removed only."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many.")] = 50,
    as_json: _Json = False,
) -> None:
    """Show what became of every item that a source offered, and why."""
    from footnoted.cli.following import print_items
    from footnoted.cli.storage import with_storage
    from footnoted.sources.follow import require_source
    from footnoted.sources.net.store import OfferedItem, offered

    async def work(storage: Storage) -> list[OfferedItem]:
        async with storage.database.transaction() as session:
            await require_source(session, source)
            return await offered(session, source)

    found = with_storage(work)
    wanted = [item for item in found if state is None or item.state == state.value]
    print_items(wanted[:limit], len(wanted), as_json=as_json)


def poll(source: _Id, as_json: _Json = False) -> None:
    """Look at a source now; a running daemon does, or the next run. One that failed is taken up."""
    from footnoted.cli.following import print_sources
    from footnoted.cli.lines import remark
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.looking import look_now

    async def work(storage: Storage) -> Source:
        return await look_now(storage.database, source, clock=storage.clock)

    print_sources([with_storage(work)], as_json=as_json)
    remark("`footnoted run` looks there; a running daemon has begun.")


def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The OPML file to write.")],
) -> None:
    """Write the followed feeds and channels to an OPML file, for other programs.

    What has no feed that is known is left out, and named.
    """
    from footnoted.cli.adding import export_sources
    from footnoted.cli.lines import remark, say

    exported = export_sources(path)
    say(f"{exported.listed} sources are in {path}.")
    for sentence in exported.left_out[:_MOST_NAMED]:
        remark(f"left out: {sentence}")
    if len(exported.left_out) > _MOST_NAMED:
        remark(f"... and {len(exported.left_out) - _MOST_NAMED} more; `source list` shows all")


def show(as_json: _Json = False) -> None:
    """Show the sources that are followed."""
    from footnoted.cli.following import print_sources
    from footnoted.cli.storage import with_storage
    from footnoted.sources.follow import list_sources

    async def work(storage: Storage) -> list[Source]:
        return await list_sources(storage.database)

    print_sources(with_storage(work), as_json=as_json)


@asks
def preview(
    locator: Annotated[
        str, typer.Argument(metavar="PLACE", help="A channel, playlist, feed, page or folder.")
    ],
    *,
    profile: _Profiles = None,
    creator: _Creator = None,
    kind: Annotated[
        _Kind | None, typer.Option(help="What it is, where the place is not asked for that.")
    ] = None,
    asked: Asked,
    as_json: _Json = False,
) -> None:
    """Show what following a place would take, what not and why, and what it would cost.

    Nothing is followed or taken.
    """
    from footnoted.cli.adding import require_no_kind
    from footnoted.cli.following import print_net_preview, print_preview
    from footnoted.cli.lines import remark
    from footnoted.cli.previewing import Tried, preview_folder, preview_net
    from footnoted.sources.net.address import address_of
    from footnoted.sources.net.asking import told_by_few_files

    address = address_of(locator)
    if address is not None:
        tried = Tried(address, profile, asked, kind=kind and kind.value)
        print_net_preview(*preview_net(tried), as_json=as_json)
    else:
        require_no_kind(locator, kind and kind.value)
        print_preview(*preview_folder(Tried(locator, profile, asked, creator)), as_json=as_json)
        if unknown := told_by_few_files(asked):
            remark(f"note: {unknown}")


def pause(source: _Id, as_json: _Json = False) -> None:
    """Stop looking at a source; what it brought goes on."""
    from footnoted.cli.following import print_sources
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.pausing import pause_source

    async def work(storage: Storage) -> Source:
        return await pause_source(storage.database, source, clock=storage.clock)

    print_sources([with_storage(work)], as_json=as_json)


def resume(source: _Id, as_json: _Json = False) -> None:
    """Look at a source again, at once; it was paused, or failed."""
    from footnoted.cli.following import print_sources
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.looking import resume_source

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
    from footnoted.cli.following import print_removed
    from footnoted.cli.lines import remark
    from footnoted.cli.remove import erase_source, require_one, words_on_backups
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.controls.removal.removal import remove_source

    async def work(storage: Storage) -> tuple[RemovedSource, str | None]:
        if purge:
            return await erase_source(storage, source), words_on_backups(storage.settings)
        kept = await remove_source(storage.database, source, clock=storage.clock, purges=False)
        return kept, None

    require_one(keep=keep, purge=purge)
    removed, backups = with_storage(work)
    print_removed(removed, as_json=as_json)
    if backups is not None and not as_json:
        remark(backups)
