"""`footnoted profile ...`: which profiles there are, their faults, and a new one of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.cli.profiles import Seen

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        help="Show what can be made of a recording, and declare a profile of your own.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("list")(show_profiles)
    group.command("check")(check)
    group.command("new")(new)
    program.add_typer(group, name="profile")


def show_profiles(as_json: _Json = False) -> None:
    """List the profiles with their stages, and where each comes from."""
    from footnoted.cli.lines import remark
    from footnoted.cli.profiles import look
    from footnoted.cli.session import read_settings
    from footnoted.cli.tables import write_table

    seen = look(read_settings())
    if as_json:
        _write_json("profile-list/1", seen)
        return
    headers = ("profile", "stages", "from")
    rows = [(one.name, ", ".join(one.stages) or "(broken)", one.origin) for one in seen]
    write_table(headers, rows)
    for one in seen:
        if one.fault is not None:
            remark(one.fault)


def check(
    name: Annotated[str | None, typer.Argument(help="Only this profile; else all.")] = None,
    as_json: _Json = False,
) -> None:
    """Say whether profiles are fine, or which line of which file is not (exit code 2)."""
    from footnoted.cli.lines import remark, say
    from footnoted.cli.profiles import look
    from footnoted.cli.session import read_settings
    from footnoted.errors import UsageError

    seen = look(read_settings())
    chosen = [one for one in seen if name in (None, one.name)]
    if not chosen:
        message = f"there is no profile {name!r}; there is {', '.join(one.name for one in seen)}"
        raise UsageError(message)
    if as_json:
        _write_json("profile-check/1", chosen)
    for one in () if as_json else chosen:
        say(one.fault or f"{one.name} is fine: {one.summary}")
        if one.note is not None:
            remark(one.note)
    raise typer.Exit(Exit.USAGE if any(one.fault for one in chosen) else Exit.DONE)


def new(
    name: Annotated[str, typer.Argument(help="What to call it: a-z, 0-9 and -.")],
    origin: Annotated[
        str, typer.Option("--from", help="The profile to begin with, one that is only data.")
    ] = "recipes",
    as_json: _Json = False,
) -> None:
    """Write a profile of your own into FOOTNOTED_USER_DIR, ready to run and to be changed."""
    from footnoted.cli.lines import remark, say
    from footnoted.cli.profiles import write_profile
    from footnoted.cli.session import read_settings
    from footnoted.cli.terminal import write_json

    folder, files = write_profile(read_settings(), name, origin)
    if as_json:
        write_json("profile-new/1", {"folder": str(folder), "files": files})
        return
    say(f"{folder}: {', '.join(files)}")
    remark(
        f"Change these files, `footnoted profile check {name}`, then"
        f" `footnoted add --profile {name} PATH`."
    )


def _write_json(kind: str, seen: Sequence[Seen]) -> None:
    from dataclasses import asdict

    from footnoted.cli.terminal import write_json

    write_json(kind, {"profiles": [asdict(one) for one in seen]})
