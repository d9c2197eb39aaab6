"""What it looks like when PostgreSQL goes away: the errors after which waiting helps.

And one that is told from them: a number that it cannot hold.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from footnoted.errors import DependencyDownError

if TYPE_CHECKING:
    from collections.abc import Generator

# "PostgreSQL Error Codes", appendix A of the manual.
_LOST_CLASS = "08"  # connection exceptions
_LOST_STATES = frozenset(
    {
        "53100",  # disk_full: nothing can be written now
        "25P03",  # idle_in_transaction_session_timeout
        "53300",  # too_many_connections: none is to be had now
        "57P01",  # admin_shutdown; pg_terminate_backend too
        "57P02",  # crash_shutdown: another backend died, or `-m immediate`
        "57P03",  # cannot_connect_now: starting, recovering, stopping
        "57P05",  # idle_session_timeout
    }
)
_LOST_NUMBERS = frozenset(
    {errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH}
)
_CLOSED = "connection is closed"  # asyncpg's words on every use of a connection that ended

_TOO_LARGE = "value out of int"  # asyncpg's words, before anything is sent


class DatabaseDownError(DependencyDownError):
    """PostgreSQL cannot be reached now (exit code 4, unless the daemon waits for it)."""


def is_connection_lost(error: BaseException) -> bool:
    """Return whether `error` means that the database went away, so that waiting helps.

    True for what asyncpg, SQLAlchemy and the operating system raise when a connection is
    refused, ended or broken; a missing socket file counts, a missing file of ours does not.
    The causes of `error` are looked at too; of a group, all members must say so.
    """
    if isinstance(error, BaseExceptionGroup):
        members = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return all(is_connection_lost(member) for member in members)
    cause = error.orig if isinstance(error, DBAPIError) else error.__cause__
    return _says_lost(error) or (cause is not None and is_connection_lost(cause))


def is_number_too_large(error: BaseException) -> bool:
    """Return whether a statement was given a number that no column can hold.

    Numbers of the program stay far below; one so large is an id or a limit that somebody typed.
    """
    return isinstance(error, DBAPIError) and _TOO_LARGE in str(error.orig)


def is_database_down(error: BaseException) -> bool:
    """Return whether `error` is what a transaction raises while PostgreSQL is away."""
    if isinstance(error, BaseExceptionGroup):
        members = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return all(is_database_down(member) for member in members)
    return isinstance(error, DatabaseDownError)


@contextmanager
def telling_outages() -> Generator[None]:
    """Raise DatabaseDownError for what a lost connection or a full disk raises inside."""
    try:
        yield
    except DatabaseDownError:
        raise
    except Exception as error:
        if not is_connection_lost(error):
            raise
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        message = f"the database went away: {str(cause).partition(chr(10))[0]}"
        raise DatabaseDownError(message) from error


def is_lost_state(state: str | None) -> bool:
    """Return whether a SQLSTATE means that there is no connection, or no longer one."""
    return state is not None and (state in _LOST_STATES or state.startswith(_LOST_CLASS))


def _says_lost(error: BaseException) -> bool:
    match error:
        case DatabaseDownError() | PoolTimeoutError():  # of our own pool none is to be had now
            return True
        case DBAPIError():
            return error.connection_invalidated
        case asyncpg.PostgresError():
            return is_lost_state(error.sqlstate)
        case asyncpg.InterfaceError():
            return _CLOSED in str(error)
        case FileNotFoundError():
            return error.filename is None  # a socket's path is not told, a file's is
        case OSError():
            return isinstance(error, ConnectionError) or error.errno in _LOST_NUMBERS
        case _:
            return False
