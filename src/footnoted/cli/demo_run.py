"""The demo's work: the bundled samples through the whole machine, then a look at what came of it.

PostgreSQL -> add the samples -> drain -> read: status, audit, a page, a search hit
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from footnoted.app import make_scanner
from footnoted.catalogue import profile_names, readers_of
from footnoted.cli.finding import find, reach
from footnoted.daemon import run_daemon
from footnoted.db.storage import open_storage
from footnoted.knowledge.library.store import list_pages, read_page
from footnoted.knowledge.verify import verify
from footnoted.model.status import INDEXED, QUARANTINED, STOPPED_STATUSES
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.pipeline.reports import store as reports
from footnoted.pipeline.reports.status import StatusQuery, read_status
from footnoted.search.port import Query
from footnoted.settings import Settings, bundled_dir
from footnoted.sources.discover import add_paths

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from footnoted.app import App
    from footnoted.db.storage import Storage
    from footnoted.knowledge.pages.view import PageView
    from footnoted.knowledge.verify import VerifyReport
    from footnoted.pipeline.reports.report import StatusReport
    from footnoted.search.query import SearchResult

QUESTION = "parallel compression"
"""What the demo searches for."""
UNFIT_SAMPLES = 1
"""How many of the samples the quality gate must stop."""
_QUALITY = "quality_"
_LOOK_EVERY_S = 0.25


class Progress(Protocol):
    """Who hears how far the demo is."""

    def step(self, what: str) -> None:
        """Take note of what begins now."""
        ...

    def videos(self, done: int, total: int) -> None:
        """Take note of how many videos have come to their end."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo made, read back from the database it made."""

    samples: int
    status: StatusReport
    audit: VerifyReport
    pages: int
    page: PageView | None
    hit: SearchResult | None
    was_stopped: bool

    @property
    def faults(self) -> list[str]:
        """Return, a sentence each, what is not as it should be; empty when all is well."""
        counts = {line.status: line.count for line in self.status.videos}
        unfit = [line for line in self.status.stopped if line.status == QUARANTINED]
        checks = {
            "it was interrupted": self.was_stopped,
            "not every sample came to its end": sum(counts.values()) != self.samples
            or set(counts) - {INDEXED, QUARANTINED},
            "the quality gate did not stop exactly what it should": sum(
                line.count for line in unfit if line.code.startswith(_QUALITY)
            )
            != UNFIT_SAMPLES,
            "something else stopped": len(unfit) != len(self.status.stopped),
            "there is evidence that does not resolve": not self.audit.holds,
            "there are no pages": self.page is None,
            "the search found nothing": self.hit is None,
            "the index is behind": self.status.index_behind > 0,
        }
        return [sentence for sentence, is_so in checks.items() if is_so]


def demo_settings(data_dir: Path) -> Settings:
    """Return the settings of the demo; those of the environment are none of its business."""
    return Settings(data_dir=data_dir, log_level="error", file_settle_s=0)


async def run_demo(settings: Settings, progress: Progress) -> Outcome:
    """Work on the samples until nothing is due, and return what came of them."""
    progress.step("starting PostgreSQL in a new data directory")
    async with open_storage(settings) as storage:
        progress.step("adding the samples")
        added = await add_paths(
            storage.database,
            make_scanner(),
            [bundled_dir("samples")],
            [settings.profile],
            clock=storage.clock,
            settle_s=0,
        )
        progress.step("working on them until nothing is due")
        watching = asyncio.create_task(_watch(storage, progress))
        try:
            run = await run_daemon(settings, RunPlan(Mode.DRAIN), _serve_nobody)
        finally:
            watching.cancel()
        progress.step("checking every footnote")
        return await _outcome(storage, len(added.media_ids), was_stopped=run.was_stopped)


@asynccontextmanager
async def _serve_nobody(app: App) -> AsyncGenerator[None]:
    del app
    yield


async def _watch(storage: Storage, progress: Progress) -> None:
    """Tell how many videos have come to their end, again and again."""
    while True:
        async with storage.database.transaction() as session:
            counts = await reports.video_counts(session)
        ends = {INDEXED, *STOPPED_STATUSES}
        done = sum(line.count for line in counts if line.status in ends)
        progress.videos(done, sum(line.count for line in counts))
        await asyncio.sleep(_LOOK_EVERY_S)


async def _outcome(storage: Storage, samples: int, *, was_stopped: bool) -> Outcome:
    settings, database = storage.settings, storage.database
    delay = timedelta(seconds=settings.page_delay_s)
    query = StatusQuery(storage.clock.now(), delay, profile_names(settings))
    status = await read_status(database, query)
    moments = [readers.live for readers in readers_of(settings).values()]
    audit = await verify(database, moments)
    async with database.transaction() as session:
        summaries = await list_pages(session)
        pages = [await read_page(session, summary.id) for summary in summaries]
    async with reach(settings) as way:
        hits = await find(way, Query(text=QUESTION, limit=1))
    return Outcome(
        samples=samples,
        status=status,
        audit=audit,
        pages=len(pages),
        page=_richest([page for page in pages if page is not None]),
        hit=hits[0] if hits else None,
        was_stopped=was_stopped,
    )


def _richest(pages: Sequence[PageView]) -> PageView | None:
    """Return the page that rests on most videos, and says most about them."""
    return max(
        pages,
        key=lambda page: (len({note.video_id for note in page.footnotes}), page.claim_count),
        default=None,
    )
