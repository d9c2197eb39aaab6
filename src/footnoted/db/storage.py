"""PostgreSQL in reach: the embedded server or another, with the schema it should have."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.clock import SystemClock
from footnoted.db import embedded, migrate
from footnoted.db.engine import make_engine
from footnoted.db.outage import is_database_down
from footnoted.db.session import Database
from footnoted.telemetry import SCHEMA_MIGRATED, get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlalchemy.ext.asyncio import AsyncEngine

    from footnoted.clock import Clock
    from footnoted.db.embedded import EmbeddedServer
    from footnoted.settings import Settings


@dataclass(frozen=True, slots=True)
class Storage:
    """PostgreSQL in reach, with a schema this release knows. `url` may hold a password."""

    settings: Settings
    url: str
    engine: AsyncEngine
    database: Database
    keeper: Keeper
    clock: Clock


class Keeper:
    """Knows when the database is away; restarts it when it is the embedded one."""

    def __init__(self, server: EmbeddedServer | None) -> None:
        """Keep `server`, or only watch when the database is somebody else's."""
        self._server = server

    def is_lost(self, error: BaseException) -> bool:
        """Return whether an error means that the database went away."""
        return is_database_down(error)

    async def ensure_running(self) -> None:
        """Return when the embedded server answers; do nothing for any other."""
        if self._server is not None:
            await asyncio.to_thread(embedded.ensure_running, self._server)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[Storage]:
    """Yield PostgreSQL as the settings name it, whatever its schema is; started if need be."""
    server: EmbeddedServer | None = None
    if settings.database_url is None:
        server = await asyncio.to_thread(embedded.start, settings.data_dir)
    url = server.url if server else _secret(settings)
    engine = make_engine(
        url,
        application_name="footnoted",
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_max_overflow,
        pre_ping=settings.database_pre_ping,
    )
    try:
        yield Storage(settings, url, engine, Database(engine), Keeper(server), SystemClock())
    finally:
        await engine.dispose()
        if server is not None:
            await asyncio.to_thread(embedded.stop, server)


def _secret(settings: Settings) -> str:
    return settings.database_url.get_secret_value() if settings.database_url else ""


@asynccontextmanager
async def open_storage(settings: Settings) -> AsyncGenerator[Storage]:
    """Yield PostgreSQL with the schema of this release.

    An old schema is migrated where the settings allow it. Raises MigrationsNeededError otherwise.
    """
    async with open_database(settings) as storage:
        if settings.migrates_itself:
            before = await migrate.upgrade(storage.engine)
            if not before.is_current:
                get_logger().debug(SCHEMA_MIGRATED, before=before.current, after=before.needed)
        else:
            await migrate.require_current(storage.engine)
        yield storage
