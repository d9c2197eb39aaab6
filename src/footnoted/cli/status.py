"""`footnoted status`: what waits for what until when, what stopped and why, what today cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from footnoted.db.storage import Storage
    from footnoted.pipeline.reports.report import StatusReport


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(status)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the state of everything."""
    from footnoted.cli.state import print_state
    from footnoted.cli.storage import with_storage
    from footnoted.cli.terminal import write_json

    report, is_running = with_storage(_read)
    if as_json:
        write_json("status/1", {**report.model_dump(mode="json"), "daemon_is_running": is_running})
    else:
        print_state(report, is_running=is_running)


async def _read(storage: Storage) -> tuple[StatusReport, bool]:
    from datetime import timedelta

    from footnoted.catalogue import profile_names
    from footnoted.doctor.profiles import broken_profiles
    from footnoted.fetch.daemon import is_daemon_running
    from footnoted.pipeline.reports.status import StatusQuery, read_status

    settings = storage.settings
    delay = timedelta(seconds=settings.page_delay_s)
    broken = broken_profiles(settings)
    sound = tuple(name for name in profile_names(settings) if name not in broken)
    query = StatusQuery(storage.clock.now(), delay, sound, broken)
    is_running = await is_daemon_running(settings.socket_path)
    return await read_status(storage.database, query), is_running
