"""A library that was really made: two creators' recordings, pages, an index, and their vectors."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.db.storage import Keeper, Storage
from footnoted.search.drain import OutboxDrainer
from tests.fakes.embedding import Worker, embedding_settings, working
from tests.fakes.embedding_server import serving
from tests.fakes.machine import QUICK, rows_of
from tests.fakes.plant import Plant
from tests.fakes.workshop import Recording

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from footnoted.llm.gateway import Gateway
    from footnoted.pipeline.deps import Deps
    from footnoted.search.port import SearchIndex

RECORDINGS = (
    Recording(
        "bread",
        (
            "Knead the bread dough for ten minutes in the morning",
            "Let the bread rise until it has doubled in size",
            "A sauce needs salt before it needs anything else",
            "Bake the bread in a hot pot with its lid on",
        ),
    ),
    Recording("loaf", ("Score the bread with a razor", "Steam gives the bread its crust")),
    Recording("kick", ("The kick drum sits at sixty hertz in the mix",), creator="Bo"),
    Recording("room", ("A long reverb needs a low cut before it muddies",), creator="Bo"),
)


@dataclass
class Furnished(Plant):
    """A plant whose documents reach an index, and whose pages wait for videos that are at work."""

    index: SearchIndex | None = None

    def deps(self, gateway: Gateway) -> Deps:
        """Return what the loop runs on, with a drainer that writes."""
        usual = super().deps(gateway)
        deps = replace(usual, pace=replace(usual.pace, group_delay=QUICK.group_delay))
        if self.index is None:
            return deps
        return replace(deps, drainer=OutboxDrainer(self.database, self.index))


@dataclass(frozen=True, slots=True)
class House:
    """The library with everything that works on it."""

    plant: Furnished
    worker: Worker
    storage: Storage

    async def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """Return the rows of a query."""
        return [tuple(row) for row in await rows_of(self.plant.database, query, **values)]

    async def settle(self) -> None:
        """Work until nothing is due, and every document has its vectors and its points."""
        await self.plant.drain()
        await self.worker.work()

    async def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Return what is published, known and found, without what counts changes."""
        claims = """
          SELECT p.slug, c.text, e.quote, e.first_cue FROM pages p
          JOIN claims c ON c.page_version_id = p.current_version_id
          JOIN claim_evidence ce ON ce.claim_id = c.id JOIN evidence e ON e.id = ce.evidence_id
          WHERE p.retired_at IS NULL ORDER BY 1, 2, 3"""
        return {
            "claims": await self.rows(claims),
            "moments": await self.rows(
                "SELECT id, title, category FROM technique_moments ORDER BY id"
            ),
            "documents": await self.rows("SELECT id, content_sha256 FROM documents ORDER BY id"),
            "vectors": await self.rows(
                "SELECT channel_sha256, text_sha256, vector FROM embeddings ORDER BY 1, 2"
            ),
        }


@asynccontextmanager
async def open_house(
    database_url: str, folder: Path, recordings: Sequence[Recording] = RECORDINGS
) -> AsyncGenerator[House]:
    """Yield a library of these, all of it well, its first spec of words retired and following."""
    engine = make_engine(database_url, application_name="test", pool_size=5, max_overflow=20)
    database = Database(engine)
    async with serving() as server:
        settings = embedding_settings(
            folder / "data", server.base_url, daily_cost_cap_usd=1_000_000
        )
        async with working(database, settings) as worker:
            plant = Furnished(database, folder, index=worker.indexes)
            storage = Storage(settings, database_url, engine, database, Keeper(None), SystemClock())
            made = House(plant, worker, storage)
            for recording in recordings:
                await plant.add(recording)
            await made.settle()
            yield made
    await engine.dispose()
