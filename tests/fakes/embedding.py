"""A process that embeds through a server on loopback, over a real database.

Run as a program it is that process, to be killed: `python -m tests.fakes.embedding URL SERVER DIR`.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.db.storage import Keeper, Storage
from footnoted.indexes import make_embedding, make_indexes, make_keeper
from footnoted.search.drain import OutboxDrainer
from footnoted.search.embedding import store
from footnoted.search.port import Query
from footnoted.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from footnoted.clock import Clock
    from footnoted.pipeline.embedding.access import EmbeddingAccess
    from footnoted.pipeline.embedding.keeper import EmbeddingKeeper
    from footnoted.search.embedding.rows import SpecRow
    from footnoted.search.embedding.spec_indexes import SpecIndexes

PRICES = """
[[embedding]]
model = "tiny"
effective_from = 2020-01-01
million = "1"
source = "a test"
checked_on = 2020-01-01
[[embedding]]
model = "tinier"
effective_from = 2020-01-01
million = "1"
source = "a test"
checked_on = 2020-01-01
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """What one process has open."""

    database: Database
    indexes: SpecIndexes
    access: EmbeddingAccess | None
    keeper: EmbeddingKeeper

    async def work(self) -> None:
        """Do everything that can be done now."""
        await OutboxDrainer(self.database, self.indexes).drain_all()
        await self.keeper.finish()

    async def drain(self) -> None:
        """Bring the indexes to what PostgreSQL has."""
        await OutboxDrainer(self.database, self.indexes).drain_all()

    async def found(self, words: str, **asked: Any) -> list[int]:
        """Return the numbers of what a search finds, best first."""
        hits = await self.indexes.query(Query(text=words, **asked))
        return [hit.document_id.int for hit in hits]

    async def specs(self) -> list[SpecRow]:
        """Return the rows of all specs, oldest first."""
        async with self.database.transaction() as session:
            return await store.specs(session)

    async def states(self) -> list[str]:
        """Return the model and the state of each spec, oldest first."""
        return [
            f"{row.spec.dense[0].model if row.spec.dense else 'words'} {row.state.value}"
            for row in await self.specs()
        ]

    async def waits(self) -> list[tuple[str | None, str | None]]:
        """Return what each spec waits for, and the sentence of it."""
        return [(row.wait_reason, row.wait_detail) for row in await self.specs()]


def embedding_settings(folder: Path, base_url: str | None, **changed: Any) -> Settings:
    """Return settings that embed with `tiny`, of 32 dimensions, at a server."""
    folder.mkdir(parents=True, exist_ok=True)
    prices = folder / "prices.toml"
    prices.write_text(PRICES, encoding="utf-8")
    given: dict[str, Any] = {
        "data_dir": folder,
        "prices_file": prices,
        "embedder": "openai",
        "embedder_base_url": base_url,
        "embedder_model": "tiny",
        "embedder_dimensions": 32,
    }
    return Settings.model_validate({**given, **changed})


@asynccontextmanager
async def working(
    database: Database, settings: Settings, clock: Clock | None = None
) -> AsyncGenerator[Worker]:
    """Yield what a process of these settings has, and let go of it."""
    clock = clock or SystemClock()
    storage = Storage(settings, "", database._engine, database, Keeper(None), clock)
    access = make_embedding(storage)
    indexes = make_indexes(storage, access)
    keeper = make_keeper(storage, indexes, access)
    try:
        if access is not None:
            await access.load()
        await indexes.ensure_ready()
        yield Worker(database, indexes, access, keeper)
    finally:
        await keeper.release()
        if access is not None:
            await access.close()
        await indexes.close()


async def billed(database: Database) -> tuple[int, str, str]:
    """Return how many calls were answered, what they cost, and what the day has spent (USD)."""
    async with database.transaction() as session:
        rows = await session.execute(
            text("""SELECT count(*) FILTER (WHERE state = 'answered'),
                      COALESCE(sum(cost_usd), 0)::text,
                      (SELECT COALESCE(sum(spent_usd), 0)::text FROM budgets WHERE scope = 'day')
                    FROM llm_calls""")
        )
        count, cost, spent = rows.one()
    return count, cost, spent


async def _main(url: str, server: str, folder: str) -> None:
    engine = make_engine(url, application_name=f"embedding {uuid4()}")
    async with working(Database(engine), embedding_settings(Path(folder), server)) as worker:
        await worker.work()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
