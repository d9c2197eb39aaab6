"""The program `footnoted`: its commands, and the one place where errors become exit codes."""

from __future__ import annotations

import sys

import typer

from footnoted.cli import (
    add,
    cancel,
    config,
    demo,
    doctor,
    edit,
    healthcheck,
    migrate,
    pages,
    recent,
    remove,
    retry,
    run,
    runs,
    search,
    show,
    source,
    status,
    transcript,
    verify,
)
from footnoted.cli.exits import exit_of
from footnoted.errors import FootnotedError


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
    for command in (
        run,
        add,
        source,
        status,
        show,
        runs,
        transcript,
        edit,
        retry,
        cancel,
        remove,
        search,
        pages,
        recent,
        verify,
        doctor,
        demo,
        config,
        migrate,
        healthcheck,
    ):
        command.register(program)
    return program


def main() -> None:
    """Run the program; an error of ours is one sentence on stderr and its exit code."""
    try:
        build()()
    except FootnotedError as error:
        sys.stderr.write(f"footnoted: {error.message}\n")
        sys.exit(exit_of(error))
