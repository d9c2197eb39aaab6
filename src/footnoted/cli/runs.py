"""`footnoted runs`: how often a video was worked through, and how each time ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from footnoted.db.storage import Storage
    from footnoted.pipeline.reports.videos.report import RunLine

_HEADERS = ("run", "trigger", "status", "stage", "began", "took", "events")


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(runs)


def runs(
    video: Annotated[int, typer.Argument(help="The id that `status` and `search` show.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the runs of a video, newest first; `show` tells what happened in them."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json
    from footnoted.pipeline.reports.videos.video import read_video_runs

    async def work(storage: Storage) -> tuple[Sequence[RunLine], datetime]:
        return await read_video_runs(storage.database, video), storage.clock.now()

    found, now = with_storage(work)
    if as_json:
        lines = [run.model_dump(mode="json") for run in found]
        write_json("runs/1", {"video_id": video, "runs": lines})
    elif found:
        write_table(*run_rows(found, now))
    else:
        say(f"Video {video} has no runs.")


def run_rows(
    found: Sequence[RunLine], now: datetime
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return headers and rows of a table of runs."""
    from footnoted.cli.times import show_span, show_time

    rows: list[tuple[object, ...]] = [
        (
            run.run_number,
            run.trigger,
            run.status,
            run.error_stage,
            show_time(run.started_at, now),
            show_span(((run.finished_at or now) - run.started_at).total_seconds()),
            run.events,
        )
        for run in found
    ]
    return _HEADERS, rows
