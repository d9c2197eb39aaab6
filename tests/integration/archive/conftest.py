"""A database with a published page and a file of its own, and others to restore it into."""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.db.storage import Keeper, Storage
from footnoted.settings import Settings
from tests.fakes.asker import FakeAsker
from tests.fakes.techniques import make_profile
from tests.fakes.workshop import Recording, Workshop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from pathlib import Path

    from footnoted.clock import Clock

LINES = ("Let the bread rise until it has doubled", "Salt the bread dough at the very end")


@asynccontextmanager
async def open_at(
    url: str, data_dir: Path, clock: Clock | None = None, **settings: object
) -> AsyncGenerator[Storage]:
    """Yield a database in reach with a data directory beside it."""
    engine = make_engine(url, application_name="test", pool_size=2)
    made = Settings.model_validate({"data_dir": data_dir, **settings})
    keeper = Keeper(None)
    yield Storage(made, url, engine, Database(engine), keeper, clock or SystemClock())
    await engine.dispose()


@pytest.fixture
async def storage(database_url: str, tmp_path: Path) -> AsyncIterator[Storage]:
    """Return a database with a recording, its page, and a file of it in the data directory."""
    async with open_at(database_url, tmp_path / "one") as opened:
        workshop = Workshop(opened.database, make_profile(), FakeAsker())
        await workshop.process(await workshop.add(Recording("bread", LINES)))
        await workshop.compose()
        await keep_file(opened, "fetched/1/ab.en.vtt", b"WEBVTT\n")
        yield opened


async def keep_file(storage: Storage, path: str, content: bytes, role: str = "transcript") -> None:
    """Put a file into the data directory, and name it in the database."""
    place = storage.settings.data_dir / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    facts = place.stat()
    async with storage.database.transaction() as session:
        await session.execute(
            text("""
              INSERT INTO media_files (media_id, path, role, origin, sha256, size_bytes,
                modified_ns)
              SELECT min(id), :path, :role, CASE WHEN :role = 'transcript' THEN 'imported' END,
                :sha256, :size, :modified FROM media"""),
            {
                "path": str(place),
                "role": role,
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": facts.st_size,
                "modified": facts.st_mtime_ns,
            },
        )


@pytest.fixture
def empty_url(embedded_server: object, new_database: Callable[[str], str]) -> str:
    """Return the URL of a database without a table."""
    del embedded_server
    return new_database("template0")


@pytest.fixture
def migrated_url(template_database: str, new_database: Callable[[str], str]) -> str:
    """Return the URL of another database with the schema and no rows."""
    return new_database(template_database)


async def contents(storage: Storage) -> dict[str, str]:
    """Return a hash of the rows of every table, but for what the index was told of."""
    hashed = "SELECT md5(string_agg(to_jsonb(t)::text, ',' ORDER BY to_jsonb(t)::text))"
    async with storage.database.transaction() as session:
        names = await session.scalars(
            text("""SELECT tablename FROM pg_tables
                    WHERE schemaname = 'public' AND tablename <> 'index_outbox' ORDER BY 1""")
        )
        return {
            name: str(await session.scalar(text(f'{hashed} FROM "{name}" t')))
            for name in names.all()
        }
