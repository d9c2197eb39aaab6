"""`footnoted creator list|rename|merge`: whose recordings are whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.pipeline.controls.creators.creators import Merged, Renamed
    from footnoted.pipeline.controls.creators.store import Creator

_Name = Annotated[str, typer.Argument(help="A creator: name or address, or an earlier one.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Put right who made what.", no_args_is_help=True, rich_markup_mode=None
    )
    group.command("list")(show)
    group.command("rename")(rename)
    group.command("merge")(merge)
    program.add_typer(group, name="creator")


def show(*, as_json: _Json = False) -> None:
    """List the creators with how much there is of each, and their earlier names."""
    from footnoted.cli.lines import remark
    from footnoted.cli.storage import with_storage
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json
    from footnoted.pipeline.controls.creators.creators import list_creators

    async def work(storage: Storage) -> list[Creator]:
        return await list_creators(storage.database)

    found = with_storage(work)
    if as_json:
        write_json("creators/1", {"creators": [_fields(creator) for creator in found]})
    elif found:
        headers = ("slug", "name", "recordings", "pages", "earlier names")
        rows = [(c.slug, c.name, c.recordings, c.pages, ", ".join(c.aliases)) for c in found]
        write_table(headers, rows)
    else:
        remark("There are no creators yet: they come with the first recordings.")


def rename(
    creator: _Name,
    name: Annotated[str, typer.Argument(help="What it is called from now on.")],
    *,
    as_json: _Json = False,
) -> None:
    """Call a creator otherwise; files and links that have the old name go on to work."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.indexes import catch_up_index
    from footnoted.pipeline.controls.creators.creators import rename_creator

    async def work(storage: Storage) -> Renamed:
        renamed = await rename_creator(storage.database, creator, name, clock=storage.clock)
        await catch_up_index(storage)
        return renamed

    done = with_storage(work)
    if as_json:
        write_json("creator-rename/1", {"was": done.was, "creator": _fields(done.creator)})
    else:
        say(f"{done.was} is {done.creator.name} ({done.creator.slug}) now.")


def merge(
    creator: _Name,
    into: Annotated[str, typer.Argument(help="The creator it really is; this name stays.")],
    *,
    as_json: _Json = False,
) -> None:
    """Make two creators one: recordings, pages and their addresses move."""
    from footnoted.cli.lines import remark, say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.indexes import catch_up_index
    from footnoted.pipeline.controls.creators.creators import merge_creators

    async def work(storage: Storage) -> Merged:
        merged = await merge_creators(storage.database, creator, into, clock=storage.clock)
        await catch_up_index(storage)
        return merged

    done = with_storage(work)
    if as_json:
        fields = {"gone": done.gone, "creator": _fields(done.creator)}
        write_json("creator-merge/1", {**fields, "joined_groups": done.joined_groups})
        return
    have = "recording" if done.creator.recordings == 1 else "recordings"
    say(f"{done.gone} is {done.creator.name} now, with {done.creator.recordings} {have}.")
    if done.joined_groups:
        one = done.joined_groups == 1
        categories = "one category" if one else f"{done.joined_groups} categories"
        remark(
            f"Pages of {categories} are put together in the next run;"
            " no model is asked again for what was written before."
        )


def _fields(creator: Creator) -> dict[str, object]:
    return {**creator._asdict(), "aliases": list(creator.aliases)}
