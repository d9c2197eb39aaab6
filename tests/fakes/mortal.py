"""A database whose process dies at a commit, for tests of what the next process makes of it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.session import Database

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine
    from typing import Any

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_WROTE = text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")


class Killed(BaseException):
    """The end of a process, as far as its own code can tell."""


@dataclass(frozen=True, slots=True)
class Death:
    """When a process dies: at the n-th transaction that writes, before its commit or after it."""

    nth: int
    is_after: bool


class MortalDatabase(Database):
    """Counts the transactions that write; at its death it takes, and gives, nothing any more."""

    def __init__(self, engine: AsyncEngine, death: Death | None = None) -> None:
        """Use `engine`, which stays the caller's."""
        super().__init__(engine)
        self.commits = 0
        self._death = death
        self._died = asyncio.Event()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection]:
        """Yield a connection in a transaction, unless the process is dead."""
        self._live()
        async with super().transaction() as session:
            yield session
            self._live()
            writes = bool(await session.scalar(_WROTE))
            self.commits += writes
            here = self._death is not None and writes and self.commits == self._death.nth
            if here and self._death is not None and not self._death.is_after:
                self._died.set()
            self._live()
        if here:
            self._died.set()
        self._live()

    @asynccontextmanager
    async def statements(self) -> AsyncGenerator[AsyncConnection]:
        """Yield a connection, unless the process is dead."""
        self._live()
        async with super().statements() as session:
            yield session

    async def lives_through(self, work: Coroutine[Any, Any, object]) -> bool:
        """Return whether work came to its end; what it left running ends with the process."""
        others = asyncio.all_tasks()
        working = asyncio.create_task(work)
        dying = asyncio.create_task(self._died.wait())
        await asyncio.wait([working, dying], return_when=asyncio.FIRST_COMPLETED)
        if not self._died.is_set():
            dying.cancel()
            await working
            return True
        left = asyncio.all_tasks() - others
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=10)
        return False

    def _live(self) -> None:
        if self._died.is_set():
            raise Killed
