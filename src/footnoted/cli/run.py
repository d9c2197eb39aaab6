"""`footnoted run`: the daemon, a single pass, or a drain."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from footnoted.pipeline.plan import Report


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(run)


def run(
    once: Annotated[bool, typer.Option(help="Advance what is due by one stage, then end.")] = False,
    drain: Annotated[bool, typer.Option(help="Work until nothing is due, then end.")] = False,
    max_videos: Annotated[
        int | None, typer.Option(min=1, help="Begin at most this many videos.")
    ] = None,
    max_minutes: Annotated[
        float | None, typer.Option(min=0.01, help="Stop after this many minutes (exit code 124).")
    ] = None,
) -> None:
    """Follow the sources and work; without options, until SIGTERM."""
    from footnoted.api.server import serve
    from footnoted.daemon import run_daemon
    from footnoted.errors import UsageError
    from footnoted.pipeline.plan import Mode, RunPlan
    from footnoted.settings import load_settings
    from footnoted.telemetry import configure_logging

    if once and drain:
        message = "--once and --drain exclude each other"
        raise UsageError(message)
    mode = Mode.ONCE if once else Mode.DRAIN if drain else Mode.FOREVER
    settings = load_settings(os.environ).settings
    configure_logging(settings)
    report = asyncio.run(run_daemon(settings, RunPlan(mode, max_videos, max_minutes), serve))
    raise typer.Exit(exit_of_report(report, is_finite=mode is not Mode.FOREVER))


def exit_of_report(report: Report, *, is_finite: bool) -> Exit:
    """Return the exit code of a run: time limit, then failures, then done."""
    if report.ran_out_of_time:
        return Exit.TIME_LIMIT
    failed = report.outcomes["stopped"] + report.outcomes["failed"]
    return Exit.SOME_FAILED if is_finite and failed else Exit.DONE
