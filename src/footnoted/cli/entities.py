"""`footnoted entities`: who and what is named in recordings, and every place of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from footnoted.db.storage import Storage
    from footnoted.profiles.brain.graph.entity import Citation, Entity

    Found = tuple[Sequence[Entity], Mapping[UUID, Sequence[Citation]]]

_QUOTES = 20
_ALIASES = 4


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(entities)


def entities(
    name: Annotated[str | None, typer.Argument(help="One of them, by name or alias.")] = None,
    *,
    entity_type: Annotated[
        str | None, typer.Option("--type", help="Only this type, such as person.")
    ] = None,
    video: Annotated[int | None, typer.Option(help="Only what this video names.")] = None,
    source: Annotated[int | None, typer.Option(help="Only what this source names, by id.")] = None,
    creator: Annotated[str | None, typer.Option(help="Only this creator, name or slug.")] = None,
    unresolved: Annotated[
        bool, typer.Option("--unresolved", help="The names that were heard only once instead.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List who and what is named, the most named first, or show one with its quotes."""
    from footnoted.cli.storage import with_storage
    from footnoted.errors import UsageError
    from footnoted.profiles.brain.graph.scope import Scope
    from footnoted.profiles.brain.types import TYPES

    if entity_type is not None and entity_type not in TYPES:
        message = f"there is no type {entity_type!r}; there is {', '.join(TYPES)}"
        raise UsageError(message)
    scope = Scope(video, source, creator)

    async def work(storage: Storage) -> tuple[Found, int]:
        from footnoted.profiles.brain.graph import store
        from footnoted.profiles.brain.graph.reading import choose

        async with storage.database.transaction() as session:
            listed = await store.list_entities(session, entity_type=entity_type, scope=scope)
            if name is not None:
                chosen = [choose(name, listed)]
            else:
                chosen = [each for each in listed if each.is_resolved is not unresolved]
            shown = chosen[:limit]
            ids = [each.id for each in shown]
            cited = await store.citations_of(session, ids, scope)
            return (shown, cited), len(chosen) - len(shown)

    found, left = with_storage(work)
    if as_json:
        _write_json(found, left)
    elif name is not None:
        _print_one(found)
    else:
        _print_list(found, left, is_narrow=bool(entity_type or unresolved) or scope.is_narrow)


def _write_json(found: Found, left: int) -> None:
    from footnoted.cli.terminal import write_json

    listed, cited = found
    rows = [
        {
            **entity.model_dump(mode="json"),
            "citations": [each.model_dump(mode="json") for each in cited.get(entity.id, ())],
        }
        for entity in listed
    ]
    write_json("entities/1", {"entities": rows, "left_out": left})


def _print_list(found: Found, left: int, *, is_narrow: bool) -> None:
    from footnoted.cli.lines import remark
    from footnoted.cli.tables import write_table

    listed, cited = found
    if not listed:
        remark(_why_empty(is_narrow=is_narrow))
        return
    headers = ("name", "type", "named", "videos", "also", "first said")
    write_table(headers, [_row(entity, cited.get(entity.id, ())) for entity in listed])
    if left:
        remark(f"{left} more; --limit shows them")


def _row(entity: Entity, cited: Sequence[Citation]) -> tuple[object, ...]:
    also = ", ".join(entity.aliases[:_ALIASES])
    if entity.near is not None:
        also = f"near {entity.near.name} ({entity.near.likeness:.2f}, {entity.near.verdict})"
    named = f"{entity.named}, speaks" if entity.speaks else entity.named
    first = (cited[0].link or _where(cited[0])) if cited else None
    return (entity.name, entity.type, named, entity.videos, also, first)


def _print_one(found: Found) -> None:
    from rich.text import Text

    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import plain

    (entity,), cited = found
    say(plain(entity.name, "bold").append("  ").append(plain(entity.type, "dim")))
    if entity.aliases:
        say(f"also written {', '.join(entity.aliases)}")
    speaks = ", and speaks" if entity.speaks else ""
    times = "once" if entity.named == 1 else f"{entity.named} times"
    say(f"named {times}, videos: {entity.videos}{speaks}")
    if not entity.is_resolved:
        say("heard once only, so nothing is concluded from it")
    if entity.near is not None:
        near = entity.near
        say(f"much like {near.name} ({near.likeness:.2f}), judged {near.verdict}")
    quotes = cited.get(entity.id, ())
    for number, each in enumerate(quotes[:_QUOTES], start=1):
        say()
        say(Text(f"{number:>3}. ").append(plain(f"“{each.quote}”")))
        say(Text("     ").append(plain(_where(each), "dim")))
        if each.link:
            say(Text("     ").append(plain(each.link)))
    if len(quotes) > _QUOTES:
        remark(f"{len(quotes) - _QUOTES} more; --json has them all")


def _where(cited: Citation) -> str:
    from footnoted.model.text import clock_time

    time = "-" if cited.start_ms is None else clock_time(cited.start_ms)
    place = f"cue {cited.first_cue}"
    if cited.start_char is not None and cited.first_cue == cited.last_cue:
        place += f", characters {cited.start_char}-{cited.end_char}"
    elif cited.start_char is not None:
        place = f"cue {cited.first_cue}, character {cited.start_char}, to {cited.last_cue}"
    return f"{cited.video_title} (video {cited.video_id}) {time}, {place}"


def _why_empty(*, is_narrow: bool) -> str:
    if is_narrow:
        return "Nothing is named that fits; `footnoted entities` lists all."
    return (
        "Nothing is named yet: `footnoted add PATH --profile brain` and `footnoted run --drain`"
        " find names; those heard only once are under --unresolved."
    )
