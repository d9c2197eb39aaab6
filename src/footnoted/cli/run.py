"""`footnoted run`: the daemon, a single pass, or a drain."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.exits import Exit

if TYPE_CHECKING:
    from footnoted.pipeline.plan import Report, RunPlan
    from footnoted.settings import Settings


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
    max_usd: Annotated[
        float | None,
        typer.Option(
            min=0, max=1_000_000, help="Spend at most this much, then end (exit code 75)."
        ),
    ] = None,
) -> None:
    """Follow the sources and work; without options, until SIGTERM."""
    from decimal import Decimal

    from footnoted.errors import UsageError
    from footnoted.pipeline.plan import Mode, RunPlan

    if once and drain:
        message = "--once and --drain exclude each other"
        raise UsageError(message)
    mode = Mode.ONCE if once else Mode.DRAIN if drain else Mode.FOREVER
    cap = None if max_usd is None else Decimal(str(max_usd))
    plan = RunPlan(mode, max_videos, max_minutes, cap)
    report = _watched(plan) if drain and sys.stdout.isatty() and sys.stderr.isatty() else _run(plan)
    raise typer.Exit(exit_of_report(report, is_finite=mode is not Mode.FOREVER))


def _run(plan: RunPlan) -> Report:
    """Run with the log on stdout, as services are read."""
    from footnoted.api.server import serve
    from footnoted.daemon import run_daemon
    from footnoted.settings import load_settings
    from footnoted.telemetry import configure_logging

    settings = load_settings(os.environ).settings
    configure_logging(settings)
    return asyncio.run(run_daemon(settings, plan, serve))


def _watched(plan: RunPlan) -> Report:
    """Run with a bar in place of the log; what is worth a warning is still said."""
    from footnoted.api.server import serve
    from footnoted.cli.drain_progress import with_progress
    from footnoted.cli.lines import say
    from footnoted.daemon import run_daemon
    from footnoted.settings import load_settings
    from footnoted.telemetry import configure_logging

    settings = load_settings(os.environ).settings
    if (words := words_on_money(settings, plan)) is not None:
        say(words)
    level = "error" if settings.log_level == "error" else "warning"
    configure_logging(settings.model_copy(update={"log_level": level}), sys.stderr)
    report = asyncio.run(run_daemon(settings, plan, with_progress(serve)))
    say(words_on_end(report))
    return report


def words_on_end(report: Report) -> str:
    """Return what a run did; the line `work.paused` of the log says that all work is paused."""
    ended = ", ".join(f"{count} {outcome}" for outcome, count in sorted(report.outcomes.items()))
    if report.is_paused:
        begun = f"Stages: {ended}. " if ended else ""
        return f"{begun}All work is paused, so nothing more is begun: `footnoted resume` goes on."
    return f"Stages: {ended or 'nothing was due'}. `footnoted status` tells more."


def words_on_money(settings: Settings, plan: RunPlan) -> str | None:
    """Return what a run with a key may cost at most; None without a key.

    Where the log is shown, its line `budget.in_force` says so at each start.
    """
    if settings.anthropic_api_key is None:
        return None
    caps = [f"${settings.daily_cost_cap_usd:f} a day (FOOTNOTED_DAILY_COST_CAP_USD)"]
    if settings.monthly_cost_cap_usd is not None:
        caps.append(f"${settings.monthly_cost_cap_usd:f} a month")
    if plan.max_usd is not None:
        caps.append(f"${plan.max_usd:f} for this run")
    return f"With a key, models may cost at most {', '.join(caps)}; days are UTC."


def exit_of_report(report: Report, *, is_finite: bool) -> Exit:
    """Return the exit code of a run: time limit, money and limits, then failures, then done."""
    if report.ran_out_of_time:
        return Exit.TIME_LIMIT
    if report.ran_out_of_money or report.is_held_up:
        return Exit.TRY_LATER
    failed = report.outcomes["stopped"] + report.outcomes["failed"]
    return Exit.SOME_FAILED if is_finite and failed else Exit.DONE
