"""`footnoted pause` and `footnoted resume`: whether any work is begun at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.db.storage import Storage

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    program.command()(pause)
    program.command()(resume)


def pause(
    span: Annotated[
        str | None,
        typer.Option("--for", metavar="SPAN", help="How long: 30m, 2h, 3d; unset: until `resume`."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Begin no work from now on; what is under way ends. `source pause` is for one source."""
    from footnoted.cli.lines import say
    from footnoted.cli.span import parse_span
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.cli.times import show_time
    from footnoted.ledger.switches import store
    from footnoted.ledger.switches.switches import PAUSE

    length = None if span is None else parse_span(span)

    async def work(storage: Storage) -> tuple[datetime | None, datetime]:
        now = storage.clock.now()
        until = None if length is None else now + length
        async with storage.database.transaction() as session:
            await store.switch_on(session, store.Switch(PAUSE, until, now))
        return until, now

    until, now = with_storage(work)
    if as_json:
        write_json("pause/1", {"is_paused": True, "until": until.isoformat() if until else None})
    else:
        end = "`footnoted resume`" if until is None else show_time(until, now)
        say(f"All work is paused until {end}; what is under way ends.")


def resume(as_json: _Json = False) -> None:
    """Go on with all work."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json
    from footnoted.ledger.switches.store import switch_off
    from footnoted.ledger.switches.switches import PAUSE
    from footnoted.sources.videos.store import notify_work

    async def work(storage: Storage) -> None:
        async with storage.database.transaction() as session:
            await switch_off(session, PAUSE)
            await notify_work(session)

    with_storage(work)
    if as_json:
        write_json("pause/1", {"is_paused": False, "until": None})
    else:
        say("Work goes on.")
