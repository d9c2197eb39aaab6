"""Engines and single connections to PostgreSQL.

Every connection of the program is made here, so that no `PG*` variable, service file or
password file of whoever started it decides where their data goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
from pydantic_core import from_json, to_json
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import create_async_engine

from footnoted.db.outage import DatabaseDownError, is_connection_lost
from footnoted.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import URL
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["DatabaseDownError", "connect", "is_connection_lost", "make_engine", "parse_url"]

_PORT = 5432
_CONNECT_TIMEOUT_S = 10.0
_RECYCLE_S = 3600  # a backend kept for ever keeps all it ever cached
_DRIVERS = frozenset({"postgres", "postgresql", "postgresql+asyncpg"})
_REFUSED_CLASSES = ("22", "28", "3D", "42")  # a setting, user, password, database it won't take


def make_engine(
    url: str,
    *,
    application_name: str,
    pool_size: int = 5,
    max_overflow: int = 10,
    pre_ping: bool = True,
    pool_timeout_s: float = 30.0,
) -> AsyncEngine:
    """Return an engine whose sessions speak UTC and are named `application_name`.

    Nothing is connected yet. JSON is written and read by pydantic's core.

    Raises:
        ConfigurationError: `url` is not one of PostgreSQL.

    """

    async def connect_driver() -> asyncpg.Connection:
        return await connect(url, application_name=application_name)

    engine = create_async_engine(
        parse_url(url),
        isolation_level="AUTOCOMMIT",
        async_creator=connect_driver,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_pre_ping=pre_ping,
        pool_timeout=pool_timeout_s,
        pool_recycle=_RECYCLE_S,
        json_serializer=_write_json,
        json_deserializer=from_json,
    )
    # What is asked of it is asked in transactions; that it still answers is not: that would take
    # three messages at every use of a connection instead of one.
    return engine.execution_options(isolation_level="READ COMMITTED")


async def connect(
    url: str, *, application_name: str, settings: Mapping[str, str] | None = None
) -> asyncpg.Connection:
    """Return a connection of one's own, outside of any pool: for locks and LISTEN.

    Raises:
        ConfigurationError: the URL is none, or the server won't take its user or database.
        DatabaseDownError: there is no server to be reached now.

    """
    parsed = parse_url(url)
    session = {"timezone": "UTC", "application_name": application_name, **(settings or {})}
    try:
        return await asyncpg.connect(
            **_driver_arguments(parsed), timeout=_CONNECT_TIMEOUT_S, server_settings=session
        )
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise _refusal(parsed, error) from error


def parse_url(url: str) -> URL:
    """Return `url` for the asyncpg driver; `postgres://` and `postgresql://` are taken too.

    Raises:
        ConfigurationError: it is not the URL of a PostgreSQL database.

    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # The text itself may hold a password.
        message = "FOOTNOTED_DATABASE_URL is not a URL: postgresql://user:password@host/database."
        raise ConfigurationError(message) from error
    if parsed.drivername not in _DRIVERS or not parsed.database:
        message = (
            f"FOOTNOTED_DATABASE_URL must be postgresql://user:password@host/database, "
            f"not {parsed.render_as_string(hide_password=True)}."
        )
        raise ConfigurationError(message)
    return parsed.set(drivername="postgresql+asyncpg")


def _driver_arguments(parsed: URL) -> dict[str, Any]:
    """Return asyncpg's arguments, nothing left open that it would ask the environment for."""
    encryption = parsed.query.get("ssl", parsed.query.get("sslmode", "prefer"))
    host = parsed.host or parsed.query.get("host")
    dsn = parsed.set(drivername="postgresql").difference_update_query(["ssl", "sslmode"])
    return {
        "dsn": dsn.render_as_string(hide_password=False),
        "host": None if host else "localhost",
        "port": None if parsed.port or "port" in parsed.query else _PORT,
        "user": parsed.username or parsed.query.get("user") or parsed.database,
        "password": parsed.password or parsed.query.get("password") or "",
        "ssl": False if str(host).startswith("/") else encryption,
        "direct_tls": False,
        "target_session_attrs": parsed.query.get("target_session_attrs", "any"),
        "krbsrvname": "postgres",
        "gsslib": "gssapi",
    }


def _refusal(parsed: URL, error: Exception) -> Exception:
    where = parsed.render_as_string(hide_password=True)
    state = error.sqlstate if isinstance(error, asyncpg.PostgresError) else None
    badly_asked = isinstance(error, ValueError) and not isinstance(error, OSError)
    if badly_asked or (state is not None and state.startswith(_REFUSED_CLASSES)):
        return ConfigurationError(f"The database refuses {where}: {error}.")
    return DatabaseDownError(f"The database {where} cannot be reached: {error}.")


def _write_json(value: object) -> str:
    return to_json(value, inf_nan_mode="constants").decode()
