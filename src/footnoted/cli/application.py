"""The program `footnoted`: its commands, and the one place where errors become exit codes."""

from __future__ import annotations

import io
import os
import sys

import typer

from footnoted.cli import (
    add,
    alert,
    backup,
    batches,
    calls,
    cancel,
    capture,
    config,
    costs,
    creator,
    db,
    demo,
    doctor,
    edit,
    embedding,
    entities,
    export,
    graph,
    healthcheck,
    items,
    jobs,
    mentions,
    migrate,
    minutes,
    page_changes,
    pages,
    pause,
    plan,
    profile,
    prune,
    recent,
    remove,
    reprocess,
    rerun,
    restore,
    retry,
    run,
    runs,
    search,
    show,
    source,
    stale,
    stance,
    status,
    transcript,
    verify,
)
from footnoted.cli.exits import Exit, exit_of
from footnoted.errors import FootnotedError

_COMMANDS = (
    run,
    add,
    source,
    status,
    jobs,
    costs,
    show,
    runs,
    transcript,
    edit,
    retry,
    cancel,
    remove,
    pause,
    stale,
    plan,
    reprocess,
    rerun,
    search,
    embedding,
    pages,
    page_changes,
    creator,
    mentions,
    stance,
    entities,
    graph,
    minutes,
    items,
    recent,
    calls,
    batches,
    capture,
    verify,
    profile,
    doctor,
    export,
    backup,
    restore,
    prune,
    alert,
    demo,
    config,
    db,
    migrate,
    healthcheck,
)
"""The commands, in the order in which help lists them."""


def build() -> typer.Typer:
    """Return the program with all its commands."""
    program = typer.Typer(
        name="footnoted",
        help="Turns what was said into pages in which every claim carries a footnote that plays.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for command in _COMMANDS:
        command.register(program)
    return program


def main() -> None:
    """Run the program; an error of ours is one sentence on stderr and its exit code."""
    _show_what_the_locale_cannot()
    try:
        _run()
    except FootnotedError as error:
        _end(error.message, exit_of(error))
    except BrokenPipeError:
        # Whoever read us has seen enough; the interpreter flushes once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.SOME_FAILED)
    except Exception as error:
        if (reason := _outage(error)) is not None:
            _end(reason, Exit.DEPENDENCY_DOWN)
        if not _is_too_large(error):
            raise
        _end("a number in this command is larger than any that there is here", Exit.USAGE)


def _show_what_the_locale_cannot() -> None:
    """Let a title whose letters the locale does not have print as escapes, not as a traceback."""
    output: object = sys.stdout
    if isinstance(output, io.TextIOWrapper):
        output.reconfigure(errors="backslashreplace")


def _run() -> None:
    try:
        build()()
    finally:
        sys.stdout.flush()


def _end(sentence: str, code: Exit) -> None:
    sys.stderr.write(f"footnoted: {sentence}\n")
    sys.exit(code)


def _is_too_large(error: Exception) -> bool:
    from footnoted.db.outage import is_number_too_large

    return is_number_too_large(error)


def _outage(error: Exception) -> str | None:
    """Return that the database went away while a command used it, if that is what happened."""
    from footnoted.db.engine import is_connection_lost

    first = str(error).partition("\n")[0]
    return f"the database went away: {first}" if is_connection_lost(error) else None
