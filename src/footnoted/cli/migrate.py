"""`footnoted migrate`: brings the database schema up to this release."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.migrate import SchemaState
    from footnoted.settings import Settings


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(migrate)


def migrate(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring the database schema up to this release; does nothing when it is."""
    from footnoted.cli.lines import say
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json

    before = asyncio.run(_migrate(read_settings()))
    if as_json:
        write_json("migrate/1", {"before": before.current, "after": before.needed})
    elif before.is_current:
        say(f"The schema is at {before.needed} already.")
    else:
        say(f"The schema went from {before.current or 'nothing'} to {before.needed}.")


async def _migrate(settings: Settings) -> SchemaState:
    from footnoted.db.migrate import upgrade
    from footnoted.db.storage import open_database

    async with open_database(settings) as storage:
        return await upgrade(storage.engine)
