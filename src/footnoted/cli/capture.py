"""`footnoted capture ...`: whether whole prompts are kept, switched while the daemon runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.db.storage import Storage
    from footnoted.ledger.switches.store import Switch

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Keep whole prompts beside the calls, for a while.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("on")(on)
    group.command("off")(off)
    group.command("status")(status)
    program.add_typer(group, name="capture")


def on(
    span: Annotated[
        str | None,
        typer.Option("--for", metavar="SPAN", help="How long: 30m, 2h, 3d; unset: until `off`."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Keep whole prompts from now on; a running daemon obeys within seconds."""
    from footnoted.cli.span import parse_span
    from footnoted.cli.storage import with_storage
    from footnoted.ledger.switches import store
    from footnoted.ledger.switches.switches import CAPTURE_PROMPTS

    length = None if span is None else parse_span(span)

    async def work(storage: Storage) -> tuple[Switch | None, datetime]:
        now = storage.clock.now()
        until = None if length is None else now + length
        switch = store.Switch(CAPTURE_PROMPTS, until, now)
        async with storage.database.transaction() as session:
            await store.switch_on(session, switch)
        return switch, now

    _show(*with_storage(work), as_json=as_json)


def off(as_json: _Json = False) -> None:
    """Keep prompts no longer; those that were kept stay with their calls."""
    from footnoted.cli.storage import with_storage
    from footnoted.ledger.switches.store import switch_off
    from footnoted.ledger.switches.switches import CAPTURE_PROMPTS

    async def work(storage: Storage) -> tuple[Switch | None, datetime]:
        async with storage.database.transaction() as session:
            await switch_off(session, CAPTURE_PROMPTS)
        return None, storage.clock.now()

    _show(*with_storage(work), as_json=as_json)


def status(as_json: _Json = False) -> None:
    """Show whether whole prompts are kept, and until when."""
    from footnoted.cli.storage import with_storage
    from footnoted.ledger.switches.store import read_switch
    from footnoted.ledger.switches.switches import CAPTURE_PROMPTS

    async def work(storage: Storage) -> tuple[Switch | None, datetime]:
        async with storage.database.transaction() as session:
            switch = await read_switch(session, CAPTURE_PROMPTS)
        return switch, storage.clock.now()

    _show(*with_storage(work), as_json=as_json)


def _show(switch: Switch | None, now: datetime, *, as_json: bool) -> None:
    from footnoted.cli.lines import say
    from footnoted.cli.terminal import write_json
    from footnoted.cli.times import show_time

    is_on = switch is not None and switch.is_on(now)
    until = switch.until if switch is not None and is_on else None
    if as_json:
        fields = {"is_on": is_on, "until": until.isoformat() if until else None}
        write_json("capture/1", fields)
    elif not is_on:
        say("Prompts are not kept, only their first words.")
    elif until is None:
        say("Whole prompts are kept, until `footnoted capture off`.")
    else:
        say(f"Whole prompts are kept, until {show_time(until, now)}.")
