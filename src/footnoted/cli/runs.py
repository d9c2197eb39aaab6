"""`footnoted runs` and `footnoted events`: how often a video was worked through, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from footnoted.db.storage import Storage
    from footnoted.pipeline.reports.videos.report import EventLine, RunLine

_HEADERS = (
    *("id", "run", "trigger", "status", "reached", "failed at", "began", "took"),
    *("bought", "replayed", "tokens in/out", "cost"),
)
_HASH_LENGTH = 64
_EVENT_HEADERS = ("at", "run", "what", "stage", "more")


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(runs)
    program.command()(events)


def runs(
    video: Annotated[int, typer.Argument(help="The id that `status` and `search` show.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the runs of a video, newest first; `events --run ID` tells what happened in one."""
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
        for line in setup_lines(found):
            say(line)
    else:
        say(f"Video {video} has no runs.")


def events(
    video: Annotated[
        int | None, typer.Argument(help="A video's id, for its newest events.")
    ] = None,
    *,
    run: Annotated[int | None, typer.Option(help="All events of the run with this id.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what happened to a video, or in one run of it, newest first."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json
    from footnoted.errors import UsageError
    from footnoted.pipeline.reports.videos.video import read_events_of_run, read_video_events

    if (video is None) == (run is None):
        message = "name a video, or a run with --run; `footnoted runs VIDEO` shows the ids of runs"
        raise UsageError(message)

    async def work(storage: Storage) -> tuple[Sequence[EventLine], datetime]:
        database, now = storage.database, storage.clock.now()
        if run is not None:
            return await read_events_of_run(database, run), now
        return await read_video_events(database, video or 0), now

    found, now = with_storage(work)
    if as_json:
        write_json("events/1", {"events": [line.model_dump(mode="json") for line in found]})
    elif found:
        write_table(_EVENT_HEADERS, [_event_row(line, now) for line in found])
    else:
        say("Nothing happened yet.")


def _event_row(line: EventLine, now: datetime) -> tuple[object, ...]:
    import json

    from footnoted.cli.times import show_time

    more = ", ".join(
        f"{name} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in line.fields.items()
        if value is not None
    )
    return show_time(line.at, now), line.run_number, line.name, line.stage, more


def setup_lines(found: Sequence[RunLine]) -> list[str]:
    """Return what the newest run that ended was made by, stage by stage, as a person reads it."""
    run = next((one for one in found if one.setup), None)
    if run is None or run.setup is None:
        return []
    spec = f", index {run.setup['spec']}" if "spec" in run.setup else ""
    lines = [f"Run {run.run_number} was made by footnoted {run.setup['program']}{spec}:"]
    by_hand = run.setup.get("by_hand", ())
    for name, parts in run.setup["stages"].items():
        mark = " (set for this video)" if name in by_hand else ""
        lines.append(f"  {_made_by(name, parts)}{mark}")
    return lines


def _made_by(stage: str, parts: Mapping[str, str]) -> str:
    """Return the parts of a fingerprint in words; hashes are cut, a taxonomy's are counted."""
    said = [
        f"{name} {value[:4] if len(value) == _HASH_LENGTH else value}"
        for name, value in parts.items()
        if name != "stage" and value and not name.startswith("taxonomy:")
    ]
    if categories := sum(name.startswith("taxonomy:") for name in parts):
        said.append(f"taxonomy of {categories} categories")
    return f"{stage}: {', '.join(said)}"


def run_rows(
    found: Sequence[RunLine], now: datetime
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return headers and rows of a table of runs."""
    from footnoted.cli.spending import show_usd
    from footnoted.cli.times import show_span, show_time

    rows: list[tuple[object, ...]] = [
        (
            run.id,
            run.run_number,
            run.trigger,
            run.status,
            run.reached,
            run.error_stage,
            show_time(run.started_at, now),
            show_span(((run.finished_at or now) - run.started_at).total_seconds()),
            run.calls_bought,
            run.calls_replayed,
            f"{run.prompt_tokens:,}/{run.output_tokens:,}" if run.calls_bought else None,
            show_usd(run.cost_usd),
        )
        for run in found
    ]
    return _HEADERS, rows
