"""Locks of the whole database: one daemon at a time, and one migration at a time.

Both are PostgreSQL advisory locks of a session, held on a connection of their own: they end
with it, so a killed holder leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from footnoted.db.engine import connect
from footnoted.db.outage import is_connection_lost
from footnoted.errors import LockHeldError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

# Advisory locks are numbers shared by all programs of a database; "foot" in ASCII, then ours.
_FAMILY = 0x666F6F74
_DAEMON = 1
_MIGRATION = 2

_TRY = "SELECT pg_try_advisory_lock($1, $2)"
_STILL_HELD = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks
        WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
          AND classid = $1 AND objid = $2
    )
"""
_HELD_BY_ANYBODY = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND classid = $1 AND objid = $2
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
"""
# A holder whose machine went away unannounced is noticed after about a minute, not two hours.
# Unix sockets take no notice of these.
_KEEPALIVE = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_CLOSE_TIMEOUT_S = 5.0
_CHECK_TIMEOUT_S = 10.0
_MIGRATION_POLL_S = 0.5


class DaemonLock:
    """The right to be the one daemon of a database, for as long as its connection lives.

    Keep the object: with it goes the connection, and with that the lock.
    """

    def __init__(self, url: str) -> None:
        """Name the database; nothing is connected yet."""
        self._url = url
        self._connection: asyncpg.Connection | None = None
        self._lost = asyncio.Event()

    @property
    def held(self) -> bool:
        """Whether the lock was taken and its connection is not known to have ended."""
        return self._connection is not None and not self._lost.is_set()

    async def acquire(self) -> None:
        """Take the lock; after a loss, take it anew. Holding it already, do nothing.

        Raises:
            LockHeldError: another daemon has it.
            DatabaseDownError: the database cannot be reached now.

        """
        if self.held:
            return
        self._connection = await _locked(self._url, _DAEMON, "footnoted daemon lock")
        if self._connection is None:
            message = "Another footnoted daemon is running on this database."
            raise LockHeldError(message)
        self._lost = asyncio.Event()
        lost = self._lost
        self._connection.add_termination_listener(lambda _connection: lost.set())

    async def check(self) -> bool:
        """Ask the server whether the lock is held; a broken connection is found this way too."""
        connection = self._connection
        if connection is None or self._lost.is_set():
            return False
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT_S):
                held = bool(await connection.fetchval(_STILL_HELD, _FAMILY, _DAEMON))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if not (isinstance(error, TimeoutError) or is_connection_lost(error)):
                raise
            held = False
        if not held:
            connection.terminate()
            self._lost.set()
        return held

    async def wait_lost(self) -> None:
        """Return when the connection that holds the lock has ended."""
        await self._lost.wait()

    async def release(self) -> None:
        """Give the lock back; without one, do nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await _close(connection)


async def is_daemon_lock_held(url: str) -> bool:
    """Return whether any process holds the daemon's lock of this database, without taking it.

    Raises:
        DatabaseDownError: the database cannot be reached now.

    """
    connection = await connect(url, application_name="footnoted daemon lock")
    try:
        return bool(await connection.fetchval(_HELD_BY_ANYBODY, _FAMILY, _DAEMON))
    finally:
        await _close(connection)


@asynccontextmanager
async def migration_lock(url: str, *, timeout_s: float = 60.0) -> AsyncGenerator[None]:
    """Hold the right to change the schema, waiting up to `timeout_s` for another's change.

    Raises:
        LockHeldError: another migration did not end in that time.
        DatabaseDownError: the database cannot be reached now.

    """
    connection = await _locked_within(url, timeout_s)
    try:
        yield
    finally:
        await _close(connection)


async def _locked_within(url: str, timeout_s: float) -> asyncpg.Connection:
    deadline_s = time.monotonic() + timeout_s
    # Asked again and again rather than waited for in the server: a waiting statement holds a
    # snapshot, and CREATE INDEX CONCURRENTLY would wait for that in turn.
    while (connection := await _locked(url, _MIGRATION, "footnoted migration lock")) is None:
        if time.monotonic() > deadline_s:
            message = f"Another migration has been running on this database for {timeout_s:.0f} s."
            raise LockHeldError(message)
        await asyncio.sleep(_MIGRATION_POLL_S)
    return connection


async def _locked(url: str, number: int, name: str) -> asyncpg.Connection | None:
    connection = await connect(url, application_name=name, settings=_KEEPALIVE)
    taken = False
    try:
        taken = bool(await connection.fetchval(_TRY, _FAMILY, number))
    finally:
        if not taken:
            await _close(connection)
    return connection if taken else None


async def _close(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=_CLOSE_TIMEOUT_S)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()  # the server ends the lock with the session, however it ends
