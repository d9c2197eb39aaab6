"""`footnoted doctor`: whether everything is well, and with --fix, made well."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from footnoted.doctor.check import Check


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(doctor)


def doctor(
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Put right what can be.")] = False,
    restore_test: Annotated[
        bool, typer.Option("--restore-test", help="Restore the newest backup beside it, verify.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check database, index, daemon and disk (exit code 1 while something fails)."""
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import results, write_json
    from footnoted.doctor.check import State
    from footnoted.doctor.examination import examine

    checks = asyncio.run(examine(read_settings(), fix=fix, tries_restore=restore_test))
    if as_json:
        write_json("doctor/1", {"checks": [check.model_dump(mode="json") for check in checks]})
    else:
        for line in check_lines(checks):
            results().print(line, soft_wrap=True)
    fails = any(check.state is State.FAILURE for check in checks)
    raise typer.Exit(Exit.SOME_FAILED if fails else Exit.DONE)


_STYLES = {"ok": "green", "warning": "yellow", "failure": "bold red"}


def check_lines(checks: Sequence[Check]) -> Iterator[Text]:
    """Yield a line for each check, another for what was fixed, and the sum."""
    from rich.text import Text

    from footnoted.cli.terminal import plain

    for check in checks:
        line = Text(f"{check.state.value:<8}", style=_STYLES[check.state.value])
        line.append(f"{check.name.value:<18}", style="bold").append(plain(check.explanation))
        yield line
        if check.fixed:
            yield Text(f"{'fixed':<26}", style="cyan").append(plain(check.fixed))
    unwell = [check for check in checks if check.state.value != "ok"]
    if not unwell:
        yield Text("All is well.")
        return
    found = f"{len(unwell)} of {len(checks)} checks found something"
    yield Text(f"{found}; docs/troubleshooting.md explains each by its name.")
