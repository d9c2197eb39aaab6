"""`footnoted config`: every setting, redacted, and where its value came from."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(config)


def config(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    env_example: Annotated[
        bool, typer.Option("--env-example", help="Print a file of all settings and defaults.")
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of all settings and defaults.")
    ] = False,
) -> None:
    """Show the settings in effect and where each came from; secrets stay hidden."""
    from footnoted.cli import reference

    if env_example:
        sys.stdout.write(reference.env_example())
    elif markdown:
        sys.stdout.write(f"{reference.settings_table()}\n")
    else:
        _show(as_json=as_json)


def _show(*, as_json: bool) -> None:
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json
    from footnoted.settings import load_settings, variable

    loaded = load_settings(os.environ)
    values = loaded.settings.model_dump(mode="json")
    if as_json:
        fields = {
            variable(name): {"value": value, "from": loaded.origins[name]}
            for name, value in values.items()
        }
        write_json("config/1", {"settings": fields})
        return
    rows = [(variable(name), _shown(value), loaded.origins[name]) for name, value in values.items()]
    write_table(("setting", "value", "from"), rows)


def _shown(value: object) -> str:
    match value:
        case None:
            return "(not set)"
        case bool():
            return "1" if value else "0"
        case _:
            return str(value)
