"""`footnoted migrate`: brings the database schema up to this release, or back for an older one."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.migrate import SchemaState
    from footnoted.db.storage import Storage
    from footnoted.settings import Settings


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(migrate)


def migrate(
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="REVISION", help="Up or back to this revision; unset: newest."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before going back.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring the database schema up to this release; does nothing when it is.

    With --to it can go back, for an older release, without what that release cannot know.
    """
    from footnoted.cli.lines import say
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json

    state = asyncio.run(go(read_settings(), to, yes=yes))
    if as_json:
        write_json("migrate/1", {"before": state.current, "after": state.needed})
    elif state.is_current:
        say(f"The schema is at {state.needed} already.")
    else:
        say(f"The schema went from {state.current or 'nothing'} to {state.needed}.")


async def go(settings: Settings, to: str | None, *, yes: bool) -> SchemaState:
    """Return where the schema stood and where it was to go.

    Raises UsageError when it would go back and nobody agrees, LockHeldError when a daemon runs.
    """
    from footnoted.db.migrate import downgrade, refuse_newer, refuse_unknown, schema_state, upgrade
    from footnoted.db.storage import open_database

    async with open_database(settings) as storage:
        state = await schema_state(storage.engine)
        refuse_newer(state)
        refuse_unknown(to or state.needed)
        if to is None or state.current is None or state.current <= to:
            return await upgrade(storage.engine, to)
        await _agree(storage, state.current, to, yes=yes)
        return await downgrade(storage.engine, to)


async def _agree(storage: Storage, current: str, to: str, *, yes: bool) -> None:
    """Return when the schema may go back. Raises UsageError when it may not."""
    from footnoted.cli.lines import remark
    from footnoted.db.locks import is_daemon_lock_held
    from footnoted.db.schema_change import losses
    from footnoted.errors import LockHeldError, UsageError

    if await is_daemon_lock_held(storage.url):
        message = "a daemon runs on this database: stop it before the schema goes back"
        raise LockHeldError(message)
    for revision, loss in losses(current, to):
        remark(f"{revision}: {loss}")
    if yes or (sys.stdin.isatty() and typer.confirm("Go back, and lose that?", err=True)):
        return
    message = f"nothing was changed: going back to {to} drops what is named above; say --yes"
    raise UsageError(message)
