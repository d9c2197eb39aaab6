"""`footnoted graph`: what an entity is connected with, and how; or how two are connected."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from footnoted.db.storage import Storage
    from footnoted.profiles.brain.graph.entity import Citation, Edge, Entity, Subgraph, Together
    from footnoted.profiles.brain.graph.scope import Followed

_QUOTES = 3
_MOST_EDGES = 60


class GraphFormat(StrEnum):
    """The formats of other programs."""

    GRAPHML = "graphml"
    CYPHER = "cypher"
    JSONLD = "jsonld"


class EdgeKind(StrEnum):
    """What an edge can rest on."""

    STATED = "stated"
    TOGETHER = "together"
    SPEAKS_OF = "speaks_of"


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(graph)


def graph(
    name: Annotated[str, typer.Argument(help="The entity, by name or alias.")],
    *,
    depth: Annotated[int, typer.Option(min=1, max=4, help="How many edges away at most.")] = 1,
    path_to: Annotated[
        str | None, typer.Option("--path-to", help="The shortest way to this entity instead.")
    ] = None,
    over_time: Annotated[
        bool, typer.Option("--over-time", help="With whom, month by month of publication, instead.")
    ] = False,
    kind: Annotated[
        list[EdgeKind] | None,
        typer.Option(help="Only edges that were stated, named together, or spoken of."),
    ] = None,
    entity_type: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only to entities of this type; may be given again."),
    ] = None,
    video: Annotated[int | None, typer.Option(help="Only as this video shows it.")] = None,
    source: Annotated[int | None, typer.Option(help="Only as this source shows it, by id.")] = None,
    creator: Annotated[str | None, typer.Option(help="Only this creator, name or slug.")] = None,
    form: Annotated[
        GraphFormat | None, typer.Option("--format", help="For another program, on stdout.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what an entity is connected with; each edge with the words that say it."""
    from footnoted.errors import UsageError
    from footnoted.profiles.brain.graph.scope import Followed, Scope

    if (path_to and over_time) or (form is not None and (as_json or over_time)):
        message = "--over-time excludes --path-to and --format; --format excludes --json"
        raise UsageError(message)
    kinds = tuple(each.value for each in kind) if kind else None
    followed = Followed(kinds, Scope(video, source, creator), _types(entity_type))
    if over_time:
        _show_months(name, followed, as_json=as_json)
        return
    found, cited = _read((name, path_to), depth, followed)
    if form is not None:
        sys.stdout.write(_exported(form, found, cited))
    elif as_json:
        _write_json(found, cited)
    else:
        _print_graph(found, followed, is_path=path_to is not None)


def _types(asked: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the types that are asked for. Raises UsageError for one that there is not."""
    from footnoted.errors import UsageError
    from footnoted.profiles.brain.types import TYPES

    for one in asked or ():
        if one not in TYPES:
            message = f"there is no type {one!r}; there is {', '.join(TYPES)}"
            raise UsageError(message)
    return tuple(asked) if asked else None


def _read(
    names: tuple[str, str | None], depth: int, followed: Followed
) -> tuple[Subgraph, Mapping[UUID, Sequence[Citation]]]:
    from footnoted.cli.storage import with_storage

    async def work(storage: Storage) -> tuple[Subgraph, Mapping[UUID, Sequence[Citation]]]:
        from footnoted.profiles.brain.graph import store
        from footnoted.profiles.brain.graph.reading import graph_around, path_between

        start, goal = names
        async with storage.database.transaction() as session:
            if goal is None:
                found = await graph_around(session, start, depth, followed)
            else:
                found = await path_between(session, (start, goal), followed)
            ids = [each.id for each in found.entities]
            cited = await store.citations_of(session, ids, followed.scope)
            return found, {key: quotes[:_QUOTES] for key, quotes in cited.items()}

    return with_storage(work)


def _show_months(name: str, followed: Followed, *, as_json: bool) -> None:
    from footnoted.cli.lines import remark
    from footnoted.cli.storage import with_storage
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json

    async def work(storage: Storage) -> Sequence[Together]:
        from footnoted.profiles.brain.graph import store
        from footnoted.profiles.brain.graph.reading import find_entity

        async with storage.database.transaction() as session:
            entity = await find_entity(session, name)
            return await store.together_over_time(session, entity.id, followed)

    months = with_storage(work)
    if as_json:
        write_json("graph-months/1", {"months": [each.model_dump(mode="json") for each in months]})
    elif not months:
        remark(why_unconnected(followed))
    else:
        rows = [
            (each.month or "unknown", each.name, each.times, _first(each.citation))
            for each in months
        ]
        write_table(("month", "with", "times", "first said"), rows)


def _exported(form: GraphFormat, found: Subgraph, cited: Mapping[UUID, Sequence[Citation]]) -> str:
    from footnoted.profiles.brain.graph import exports

    match form:
        case GraphFormat.GRAPHML:
            return exports.to_graphml(found, cited)
        case GraphFormat.CYPHER:
            return exports.to_cypher(found, cited)
        case GraphFormat.JSONLD:
            return exports.to_jsonld(found, cited)


def _write_json(found: Subgraph, cited: Mapping[UUID, Sequence[Citation]]) -> None:
    from footnoted.cli.terminal import write_json

    entities = [
        {
            **entity.model_dump(mode="json"),
            "citations": [each.model_dump(mode="json") for each in cited.get(entity.id, ())],
        }
        for entity in found.entities
    ]
    edges = [edge.model_dump(mode="json") for edge in found.edges]
    write_json("graph/1", {"entities": entities, "edges": edges})


def why_unconnected(followed: Followed) -> str:
    """Return why no edge is shown: there is none, or the options leave out those there are."""
    if _is_narrow(followed):
        return "With these options it is connected with nothing; without, it may be."
    return "It is connected with nothing."


def why_no_way(followed: Followed) -> str:
    """Return why no way is shown from one entity to another: how far was looked, and by what."""
    from footnoted.profiles.brain.graph.reading import LONGEST_PATH

    where = " with these options" if _is_narrow(followed) else ""
    return f"No way of at most {LONGEST_PATH} edges leads from one to the other{where}."


def _is_narrow(followed: Followed) -> bool:
    return bool(followed.kinds or followed.types or followed.scope.is_narrow)


def _print_graph(found: Subgraph, followed: Followed, *, is_path: bool) -> None:
    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import plain

    if not found.entities:
        remark(why_no_way(followed))
        return
    by_id = {entity.id: entity for entity in found.entities}
    if is_path:
        say(plain(" - ".join(entity.name for entity in found.entities), "bold"))
    else:
        start, count = found.entities[0], len(found.entities) - 1
        say(
            plain(start.name, "bold").append("  ").append(plain(f"{start.type}, to {count}", "dim"))
        )
    if not found.edges:
        remark("There is no way to itself." if is_path else why_unconnected(followed))
    first = found.entities[0].id
    ranked = sorted(
        found.edges,
        key=lambda edge: (
            first not in (edge.source_id, edge.target_id),
            edge.kind != "stated",
            -edge.times,
        ),
    )
    for edge in ranked[:_MOST_EDGES]:
        _print_edge(edge, by_id)
    if len(ranked) > _MOST_EDGES:
        remark(f"{len(ranked) - _MOST_EDGES} more edges; --json and --format have them all")


def _print_edge(edge: Edge, by_id: Mapping[UUID, Entity]) -> None:
    from rich.text import Text

    from footnoted.cli.lines import say
    from footnoted.cli.terminal import plain

    source, target = by_id[edge.source_id].name, by_id[edge.target_id].name
    say()
    times = "" if edge.times == 1 else f"  {edge.times} times"
    say(
        Text("  ")
        .append(plain(source, "bold"))
        .append(" ")
        .append(plain(edge.predicate))
        .append(" ")
        .append(plain(target, "bold"))
        .append(Text(times, "dim"))
    )
    for cited in edge.citations[:1]:
        say(Text("      ").append(plain(f"“{cited.quote}”")))
        say(Text("      ").append(plain(_place(cited), "dim")))


def _first(cited: Citation | None) -> str | None:
    return None if cited is None else _place(cited)


def _place(cited: Citation) -> str:
    from footnoted.model.text import clock_time

    if cited.start_ms is None:
        return f"{cited.video_title} (video {cited.video_id}) cue {cited.first_cue}"
    time = clock_time(cited.start_ms)
    return cited.link or f"{cited.video_title} (video {cited.video_id}) {time}"
