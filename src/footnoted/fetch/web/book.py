"""What is remembered of hosts, in the database: a restart and other processes know it too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from footnoted.fetch.web import store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from footnoted.db.session import Database
    from footnoted.fetch.web.hosts import Standing


class HostBook(Protocol):
    """Remembers hosts."""

    async def revise(
        self, host: str, revise: Callable[[Standing], Standing]
    ) -> tuple[Standing, Standing]:
        """Return how a host stood and how it stands now, with nobody else between the two."""
        ...

    async def forget(self, before: datetime) -> None:
        """Forget hosts that nothing is held against and that were not asked since `before`."""
        ...


class StoredHostBook:
    """Remembers hosts in PostgreSQL. Its methods raise DatabaseDownError."""

    def __init__(self, database: Database) -> None:
        """Remember them in `database`."""
        self._database = database

    async def revise(
        self, host: str, revise: Callable[[Standing], Standing]
    ) -> tuple[Standing, Standing]:
        """Return how a host stood and how it stands now, with nobody else between the two."""
        async with self._database.transaction() as session:
            before = await store.hold(session, host)
            after = revise(before)
            if after != before:
                await store.keep(session, host, after)
        return before, after

    async def forget(self, before: datetime) -> None:
        """Forget hosts that nothing is held against and that were not asked since `before`."""
        async with self._database.transaction() as session:
            await store.forget(session, before)
