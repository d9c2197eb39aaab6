"""`footnoted jobs`: looks at sources and transcriptions, queued, active, waiting and planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from footnoted.cli.choices import JobStateChoice  # noqa: TC001 - typer reads it

if TYPE_CHECKING:
    from datetime import datetime

    from footnoted.db.storage import Storage
    from footnoted.pipeline.reports.jobs.store import JobLine

_HEADERS = ("job", "of", "title", "state", "step", "when", "why")
_MOST = 50


def register(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(jobs)


def jobs(
    *,
    source: Annotated[int | None, typer.Option(help="Those of this source only.")] = None,
    video: Annotated[int | None, typer.Option(help="Those of this video's recording.")] = None,
    state: Annotated[JobStateChoice | None, typer.Option(help="Those in this state only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many.")] = _MOST,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the looks at sources and the transcriptions that are due, under way or planned."""
    from footnoted.cli.lines import say
    from footnoted.cli.storage import with_storage
    from footnoted.cli.tables import write_table
    from footnoted.cli.terminal import write_json
    from footnoted.pipeline.reports.jobs.store import JobFilter, JobState, read_jobs
    from footnoted.pipeline.reports.videos.store import media_of
    from footnoted.pipeline.reports.videos.video import unknown_video
    from footnoted.sources.follow import require_source

    async def work(storage: Storage) -> tuple[list[JobLine], datetime]:
        now = storage.clock.now()
        async with storage.database.transaction() as session:
            media = None if video is None else await media_of(session, video)
            if video is not None and media is None:
                raise unknown_video(video)
            if source is not None:
                await require_source(session, source)
            wanted = JobFilter(
                source_id=source,
                media_id=None if media is None else media.id,
                state=None if state is None else JobState(state.value),
            )
            return await read_jobs(session, wanted, now, limit), now

    found, now = with_storage(work)
    if as_json:
        write_json("jobs/1", {"jobs": [line.model_dump(mode="json") for line in found]})
    elif found:
        write_table(_HEADERS, [_row(line, now) for line in found])
    else:
        say("Nothing is queued, under way or planned.")


def _row(line: JobLine, now: datetime) -> tuple[object, ...]:
    from footnoted.cli.times import relative

    when = "-" if line.at is None else relative(line.at, now)
    why = ": ".join(part for part in (line.reason, line.detail) if part)
    return (line.kind, line.item_id, line.title, line.state, line.step, when, why or "-")
