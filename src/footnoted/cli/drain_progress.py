"""How far a drain is, as a bar on a person's terminal; elsewhere the log lines tell."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from footnoted.cli.terminal import remarks
from footnoted.model.status import INDEXED, STOPPED_STATUSES
from footnoted.pipeline.reports.store import video_counts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from footnoted.app import App
    from footnoted.daemon import Server

_LOOK_EVERY_S = 0.5
_ENDS = frozenset({INDEXED, *STOPPED_STATUSES})


def with_progress(serve: Server) -> Server:
    """Return a server that does what `serve` does, and shows meanwhile how far the videos are."""

    @asynccontextmanager
    async def both(app: App) -> AsyncGenerator[None]:
        async with serve(app):
            with _bar() as bar:
                watching = asyncio.create_task(_watch(app, bar))
                try:
                    yield
                finally:
                    watching.cancel()
                    with suppress(asyncio.CancelledError):
                        await watching

    return both


def _bar() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("videos"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=remarks(),
        transient=True,
    )


async def _watch(app: App, bar: Progress) -> None:
    task = bar.add_task("", total=None)
    while True:
        try:
            async with app.storage.database.transaction() as session:
                counts = await video_counts(session)
        except Exception as error:
            if not app.storage.keeper.is_lost(error):
                raise
        else:
            done = sum(line.count for line in counts if line.status in _ENDS)
            bar.update(task, completed=done, total=sum(line.count for line in counts))
        await asyncio.sleep(_LOOK_EVERY_S)
