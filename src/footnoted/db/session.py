"""Short transactions on the engine; the only way stores reach PostgreSQL."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.outage import telling_outages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

WORK_CHANNEL = "footnoted_work"
"""The NOTIFY channel for changes from outside the loop; nothing inside the loop notifies."""


class Database:
    """The database as the rest of the program sees it: something that gives transactions."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use `engine`, which stays the caller's to dispose of."""
        self._engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection]:
        """Yield a connection in a transaction: committed on exit, rolled back on an error.

        Raises DatabaseDownError when PostgreSQL is away or goes away, or its disk is full.
        """
        with telling_outages():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def statements(self) -> AsyncGenerator[AsyncConnection]:
        """Yield a connection on which each statement is a transaction of its own.

        For a single read that is made again and again: no BEGIN and COMMIT travel with it.
        """
        with telling_outages():
            async with self._engine.connect() as connection:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def rehearsal(self) -> AsyncGenerator[AsyncConnection]:
        """Yield a connection in a transaction that is rolled back on exit, whatever happened."""
        with telling_outages():
            async with self._engine.connect() as connection:
                transaction = await connection.begin()
                try:
                    yield connection
                finally:
                    await transaction.rollback()

    async def ping(self) -> None:
        """Return when PostgreSQL answered a query. Raises DatabaseDownError."""
        with telling_outages():
            async with self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
