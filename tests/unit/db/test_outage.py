"""Which errors mean that the database went away."""

from __future__ import annotations

import errno

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError

from footnoted.db.outage import DatabaseDownError, is_connection_lost
from footnoted.errors import DependencyDownError


def caused(error: Exception, cause: Exception) -> Exception:
    """Return `error` as raised from `cause`."""
    error.__cause__ = cause
    return error


LOST = [
    DatabaseDownError("down"),
    ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    ConnectionResetError(),
    BrokenPipeError(),
    FileNotFoundError(errno.ENOENT, "No such file or directory"),  # asyncio's: a socket's
    TimeoutError(errno.ETIMEDOUT, "Connection timed out"),
    OSError(errno.EHOSTUNREACH, "No route to host"),
    asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    asyncpg.CrashShutdownError("terminating connection because of crash"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.InterfaceError("cannot perform operation: connection is closed"),
    asyncpg.InterfaceError("cannot roll back: the underlying connection is closed"),
    DBAPIError("SELECT 1", {}, Exception("any"), connection_invalidated=True),
    InterfaceError("SELECT 1", {}, caused(Exception("adapted"), asyncpg.AdminShutdownError("x"))),
    caused(RuntimeError("a stage"), ConnectionResetError()),
    ExceptionGroup("two", [ConnectionResetError(), asyncpg.AdminShutdownError("x")]),
]
NOT_LOST = [
    RuntimeError("a fault of ours"),
    DependencyDownError("another dependency"),
    FileNotFoundError(errno.ENOENT, "No such file or directory", "/samples/gone.vtt"),
    PermissionError(errno.EACCES, "Permission denied"),
    OSError(errno.ENOSPC, "No space left on device"),
    TimeoutError(),  # asyncio's own: something of ours took too long
    asyncpg.UniqueViolationError("duplicate key"),
    asyncpg.DeadlockDetectedError("deadlock detected"),
    asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
    IntegrityError("INSERT", {}, caused(Exception("adapted"), asyncpg.UniqueViolationError("x"))),
    ExceptionGroup("one is a fault", [ConnectionResetError(), RuntimeError("a fault of ours")]),
]


@pytest.mark.parametrize("error", LOST, ids=repr)
def test_it_went_away(error: BaseException) -> None:
    """Waiting for it helps."""
    assert is_connection_lost(error)


@pytest.mark.parametrize("error", NOT_LOST, ids=repr)
def test_it_is_there(error: BaseException) -> None:
    """Waiting would hide a fault for ever."""
    assert not is_connection_lost(error)
