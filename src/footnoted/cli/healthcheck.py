"""`footnoted healthcheck`: whether the daemon of this data directory can do its work."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from footnoted.cli.exits import Exit

_PATIENCE_S = 5.0


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(healthcheck)


def healthcheck(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask the running daemon whether it is ready (exit codes: 0 yes, 1 none runs, 4 not ready)."""
    from footnoted.cli.lines import remark, say
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json
    from footnoted.fetch.daemon import ask_daemon

    settings = read_settings()
    answer = asyncio.run(ask_daemon(settings.socket_path, "/readyz", timeout_s=_PATIENCE_S))
    if as_json:
        write_json("healthcheck/1", {"is_running": answer is not None, **(answer or {})})
    elif answer is None:
        remark(f"No daemon answers for {settings.data_dir}.")
    else:
        say("The daemon is ready.")
    raise typer.Exit(Exit.SOME_FAILED if answer is None else Exit.DONE)
