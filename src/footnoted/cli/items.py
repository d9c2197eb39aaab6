"""`footnoted items`: what was found under profiles that are only data, with words and link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.storage import Storage
    from footnoted.profiles.declared.types import ListedItem, Wanted

MOST_SHOWN = 50
"""Items that are shown where nobody says how many; programs get them all."""


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(items)


def items(
    *,
    profile: Annotated[str | None, typer.Option(help="Only this profile.")] = None,
    creator: Annotated[str | None, typer.Option(help="Only this creator, name or slug.")] = None,
    video: Annotated[int | None, typer.Option(help="Only this video, by its id.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as ingredient.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="Only with this value; may be given again."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Items at most.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what profiles of data found, newest recording first, in the order it was said."""
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.profiles.declared.store import list_items
    from footnoted.profiles.declared.types import Wanted

    wanted = Wanted(
        profile=profile,
        creator=creator,
        video_id=video,
        kind=kind,
        having=_parsed(where or []),
        most=limit if as_json else (limit or MOST_SHOWN),
    )

    async def work(storage: Storage) -> list[ListedItem]:
        async with storage.database.transaction() as session:
            return await list_items(session, wanted)

    found = with_storage(work)
    if as_json:
        write_json("items/1", {"items": [item.model_dump(mode="json") for item in found]})
    else:
        _print(wanted, found)


def _parsed(where: list[str]) -> tuple[tuple[str, str], ...]:
    from footnoted.errors import UsageError

    parts = [part.partition("=") for part in where]
    for name, equals, _ in parts:
        if not name or not equals:
            message = f"{name!r} asks for nothing; write FIELD=VALUE, such as dish=Focaccia"
            raise UsageError(message)
    return tuple((name, value) for name, _, value in parts)


def _print(wanted: Wanted, found: Sequence[ListedItem]) -> None:
    from rich.text import Text

    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import plain

    if not found:
        remark(_why_empty(wanted))
    video = None
    for item in found:
        if item.video_id != video:
            if video is not None:
                say()
            at = f"{item.published_at:%Y-%m-%d}" if item.published_at else "undated"
            say(plain(f"{at} {item.creator}: {item.recording} ({item.profile})", "bold"))
            video = item.video_id
        say(Text("  ").append(plain(item.kind, "cyan")).append("  ").append(plain(item.title)))
        if told := _told(item):
            say(Text("    ").append(plain(told)))
        say(Text("    ").append(plain(f"“{item.quote}”")))
        say(Text("    ").append(plain(_place(item), "dim")))
    if len(found) == wanted.most:
        remark(f"These are the first {wanted.most}; --limit shows more, --json all.")


def _told(item: ListedItem) -> str:
    """Return the other fields of an item."""
    from footnoted.profiles.declared.documents import flattened

    shown = {item.title, item.kind, item.category}
    pairs = (f"{name}: {text}" for name, text in flattened(item.fields) if text not in shown)
    return "; ".join(pairs)


def _place(item: ListedItem) -> str:
    from footnoted.model.text import clock_time

    where = item.link or f"video {item.video_id}"
    if item.start_ms is None:
        return f"{where}, cue {item.first_cue}"
    return f"{clock_time(item.start_ms)} {where}"


def _why_empty(wanted: Wanted) -> str:
    if any(wanted.model_dump(exclude={"most"}).values()):
        return "No item is like that; `footnoted items` shows all."
    return (
        "There are no items yet: add recordings with `--profile recipes`, or a profile of your own"
        " (`footnoted profile list`), and `footnoted run --drain`."
    )
