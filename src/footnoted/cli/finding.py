"""Searching from outside the daemon: through its socket, else in the index itself.

The embedded index belongs to one process. While the daemon has it, the daemon is asked; while
nobody has it, it is opened here for a moment. Another command may hold it for such a moment, or a
daemon that is just starting, so a held index is tried again for a few seconds.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from footnoted.clock import SystemClock
from footnoted.db.storage import open_storage
from footnoted.errors import DependencyDownError, TransientError
from footnoted.fetch.daemon import ask_daemon
from footnoted.indexes import opened_indexes
from footnoted.search.audit import RepairKind, ensure_filled
from footnoted.search.drain import OutboxDrainer
from footnoted.search.query import SearchResult, search

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from footnoted.db.storage import Storage
    from footnoted.search.port import Query, SearchIndex
    from footnoted.settings import Settings

_PATIENCE_S = 5.0
_PAUSE_S = 0.2
_RESULTS = TypeAdapter(list[SearchResult])


class Reach:
    """The database as a command needs it: opened at the first need, and once."""

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        """Close what gets opened with `stack`."""
        self.settings = settings
        self._stack = stack
        self._storage: Storage | None = None

    async def storage(self) -> Storage:
        """Return the open database."""
        if self._storage is None:
            self._storage = await self._stack.enter_async_context(open_storage(self.settings))
        return self._storage


@asynccontextmanager
async def reach(settings: Settings) -> AsyncGenerator[Reach]:
    """Yield the way to the database, and close it if it was opened."""
    async with AsyncExitStack() as stack:
        yield Reach(settings, stack)


async def find(way: Reach, query: Query) -> list[SearchResult]:
    """Return what matches, best first, whether or not a daemon runs.

    Raises DependencyDownError when the index or its daemon does not answer.
    """
    clock = SystemClock()
    give_up_at_s = clock.monotonic_s() + _PATIENCE_S
    socket_path = way.settings.socket_path
    while True:
        answer = await ask_daemon(socket_path, "/api/v1/search", _parameters(query))
        if answer is not None:
            return _RESULTS.validate_python(answer["results"])
        try:
            return await _find_here(await way.storage(), query)
        except TransientError as error:
            if clock.monotonic_s() > give_up_at_s:
                raise DependencyDownError(error.message) from error
        await clock.sleep(_PAUSE_S)


def _parameters(query: Query) -> dict[str, str | int]:
    filters = query.filters.model_dump_json(exclude_none=True)
    return {"text": query.text, "limit": query.limit, "filters": filters}


async def _find_here(storage: Storage, query: Query) -> list[SearchResult]:
    async with opened_indexes(storage) as index:
        await index.ensure_ready()
        await _catch_up(storage, index)
        found = await search(storage.database, index, query)
        if not found and await _repaired(storage, index):
            found = await search(storage.database, index, query)
        return found


async def _repaired(storage: Storage, index: SearchIndex) -> bool:
    """Return whether an index that found nothing was not what PostgreSQL has, and is now."""
    repair = await ensure_filled(storage.database, index)
    return repair.kind is not RepairKind.NOTHING


async def _catch_up(storage: Storage, index: SearchIndex) -> None:
    """Bring the index to what PostgreSQL has; no daemon runs that would."""
    if index.was_recreated:
        await ensure_filled(storage.database, index)
    else:
        await OutboxDrainer(storage.database, index).drain_all()
