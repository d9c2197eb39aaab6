"""`footnoted embedding ...`: what searches go by, and the change from one model to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit
from footnoted.cli.renewal import renew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from footnoted.db.storage import Storage
    from footnoted.pipeline.embedding.standing import SpecStanding
    from footnoted.search.embedding.rows import SpecRow

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_TAKEN_UP = {
    "not begun": "footnoted embedding build",
    "dropped": "`footnoted embedding build` builds it again",
    "retired": "`footnoted embedding build` makes what it lacks and lets it serve again",
}
_Spec = Annotated[str, typer.Argument(help="The key that `status` shows, or its beginning.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Search by meaning: build with another model beside the old one, switch, go back.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("status")(status)
    group.command("build")(build)
    group.command("switch")(switch)
    group.command("rollback")(rollback)
    group.command("renew")(renew)
    group.command("drop")(drop)
    program.add_typer(group, name="embedding")


def status(as_json: _Json = False) -> None:
    """Show every spec: its models, how far it is built, and which one serves."""
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json

    found, wanted = with_storage(_standings)
    if as_json:
        specs = [one.model_dump(mode="json") for one in found]
        write_json("embedding/1", {"wanted": wanted, "specs": specs})
    else:
        _print(found, wanted)


def build(
    *,
    switches: Annotated[
        bool,
        typer.Option("--switch/--no-switch", help="Let it serve as soon as it is equal."),
    ] = True,
) -> None:
    """Build what the settings name, beside the spec that serves; resumes what was begun or left.

    The daemon does it when it runs. Exit code 75: it waits, and goes on later.
    """
    from footnoted.cli.building import build_wanted
    from footnoted.cli.storage import with_storage

    async def work(storage: Storage) -> SpecStanding:
        return await build_wanted(storage, switches=switches)

    row = with_storage(work)
    _print([row], row.key)
    is_done = row.is_settled and not row.wait_reason
    raise typer.Exit(Exit.DONE if is_done else Exit.TRY_LATER)


def switch(
    spec: Annotated[
        str | None, typer.Argument(help="A key, or its beginning; else the newest that is ready.")
    ] = None,
) -> None:
    """Let a spec that is ready or retired serve, at once and for every process."""
    from footnoted.pipeline.embedding.standing import to_switch_to

    _let_serve(lambda rows: to_switch_to(rows, spec))


def rollback() -> None:
    """Let the spec serve again that did before, at once; what it lacks is told, and made later."""
    from footnoted.pipeline.embedding.standing import to_go_back_to

    _let_serve(to_go_back_to)


def drop(spec: _Spec) -> None:
    """Remove a spec that does not serve, with its index and its vectors."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage

    async def work(storage: Storage) -> str:
        return await _drop(storage, spec)

    say(f"{with_storage(work)} is dropped")


def _let_serve(choose: Callable[[Sequence[SpecRow]], SpecRow]) -> None:
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.pipeline.embedding.standing import let_serve

    async def work(storage: Storage) -> SpecStanding:
        async with storage.database.transaction() as session:
            return await let_serve(session, choose, storage.clock.now())

    serving = with_storage(work)
    say(f"{serving.key} serves")
    if serving.gap is not None:
        say(serving.gap)


async def _standings(storage: Storage) -> tuple[list[SpecStanding], str | None]:
    from footnoted.pipeline.embedding.standing import standings
    from footnoted.search.embedding.assembly import wanted_spec

    wanted = wanted_spec(storage.settings)
    async with storage.database.transaction() as session:
        return await standings(session), wanted.key if wanted else None


async def _drop(storage: Storage, named: str) -> str:
    from footnoted.fetch.daemon import is_daemon_running
    from footnoted.indexes import make_indexes
    from footnoted.pipeline.embedding.standing import to_drop
    from footnoted.search.embedding import store

    async with storage.database.transaction() as session:
        row = to_drop(await store.specs(session), named)
        await store.drop(session, row.sha256, storage.clock.now())
    if not await is_daemon_running(storage.settings.socket_path):
        indexes = make_indexes(storage)
        await indexes.remove_dropped()
        await indexes.close()
    return row.spec.key


def _print(found: Sequence[SpecStanding], wanted: str | None) -> None:
    from footnoted.cli.lines import say
    from footnoted.cli.tables import write_table

    if not found:
        say("searches go by words alone; nothing was ever built")
    else:
        headers = ("spec", "state", "channel", "model", "dimensions", "documents", "recall")
        write_table(headers, [row for one in found for row in _rows(one)])
    for one in found:
        for line in _remarks(one):
            say(line)
    states = {one.key: one.state.value for one in found}
    state = states.get(wanted or "", "not begun")
    if wanted is not None and state in _TAKEN_UP:
        say(f"the settings ask for {wanted}, which is {state}: {_TAKEN_UP[state]}")


def _rows(one: SpecStanding) -> Iterator[tuple[object, ...]]:
    for channel in one.channels:
        is_dense = channel.dimensions is not None
        yield (
            one.key,
            one.state.value,
            channel.name,
            channel.model,
            channel.dimensions,
            f"{one.embedded:,}/{one.documents:,}" if is_dense else None,
            None if channel.recall is None else f"{channel.recall:.1%}",
        )


def _remarks(one: SpecStanding) -> Iterator[str]:
    if one.wait_reason:
        until = f" until {one.not_before:%Y-%m-%d %H:%M} UTC" if one.not_before else ""
        yield f"{one.key} waits ({one.wait_reason}){until}: {one.wait_detail}"
    if one.gap and one.state.value in ("serving", "ready"):
        yield one.gap
    for channel in one.channels:
        if channel.refused_texts:
            yield f"{one.key}: {channel.refused_texts} text(s) were refused by {channel.model}"
