"""Carrying migrations out on a database that is in use, so that nobody waits long for a lock.

A statement that wants a table for itself waits behind whoever uses it, and everybody who comes
later waits behind that statement. So it waits for LOCK_WAIT_MS at most; then what its transaction
began is undone, the others go on, and after a pause the migration is tried again from where the
last committed step left it (`db/online.py` has the steps).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from footnoted.db.engine import make_engine
from footnoted.errors import LockHeldError
from footnoted.settings import bundled_dir
from footnoted.telemetry import SCHEMA_WAITED, get_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

APPLICATION_NAME = "footnoted migration"
LOCK_WAIT_MS = 250
"""How long a statement of a migration waits for a lock; a step that needs three tables makes
others wait for three times as long at worst, which is still within a second."""
PATIENCE_S = 900.0
_PAUSE_S = 1.0
_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED = "55P03", "40P01"

HALF_DONE = "SELECT obj_description(to_regclass('alembic_version'), 'pg_class') IS NOT NULL"
"""Whether an upgrade was interrupted between two steps (`online.in_steps` notes them there)."""
_WAIT_SHORTLY = f"SET lock_timeout = '{LOCK_WAIT_MS}ms'"
# PostgreSQL ends an autovacuum that is in the way only once its waiter has looked for a deadlock,
# a second after it began to wait: we would have left by then. Only a superuser may look earlier.
_END_AUTOVACUUM = """
    SELECT set_config('deadlock_timeout', '100ms', false) FROM pg_roles
    WHERE rolname = current_user AND rolsuper
"""
_LONGEST = """
    SELECT format('%s (process %s) for %s s',
                  COALESCE(NULLIF(application_name, ''), backend_type), pid,
                  extract(epoch FROM now() - xact_start)::int)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND xact_start < now() - make_interval(secs => :wait_s)
    ORDER BY xact_start, pid LIMIT 3
"""


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """The revision a schema shall have, and whether it is an older one than it has now."""

    to: str
    is_back: bool = False


async def carry_out(url: str, change: SchemaChange, *, patience_s: float = PATIENCE_S) -> None:
    """Return when the schema is at the revision; what was committed on the way stays.

    Raises:
        LockHeldError: other transactions were in the way at every try for `patience_s`.
        DatabaseDownError: the database cannot be reached now.

    """
    engine = make_engine(url, application_name=APPLICATION_NAME, pool_size=1, max_overflow=0)
    deadline_s = time.monotonic() + patience_s
    told = False
    try:
        while not await _is_carried_out(engine, change):
            holders = await _longest_transactions(engine)
            if time.monotonic() > deadline_s:
                raise LockHeldError(_sentence(patience_s, holders))
            if not told:
                get_logger().info(SCHEMA_WAITED, to=change.to, holders=holders)
                told = True
            await asyncio.sleep(_PAUSE_S)
    finally:
        await engine.dispose()


async def _is_carried_out(engine: AsyncEngine, change: SchemaChange) -> bool:
    async with engine.connect() as connection:
        await connection.execute(text(_WAIT_SHORTLY))
        await connection.execute(text(_END_AUTOVACUUM))
        await connection.commit()
        try:
            await connection.run_sync(_migrate, change)
        except DBAPIError as error:
            if not is_lock_refused(error):
                raise
            await connection.rollback()
            return False
        await connection.commit()
        return True


def losses(current: str, to: str) -> list[tuple[str, str]]:
    """Return the revisions that going back undoes, newest first, each with what that drops."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - a sixth of a start, rarely needed

    undone = ScriptDirectory.from_config(_config()).iterate_revisions(current, to)
    return [(script.revision, _first_line(script.module.downgrade)) for script in undone]


def _first_line(function: Callable[[], None]) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0]


def _migrate(connection: Connection, change: SchemaChange) -> None:
    from alembic import command  # noqa: PLC0415 - the same

    config = _config()
    config.attributes["connection"] = connection
    move = command.downgrade if change.is_back else command.upgrade
    move(config, change.to)


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(bundled_dir("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def is_lock_refused(error: DBAPIError) -> bool:
    """Return whether a statement gave up waiting for a lock, or was chosen to end a deadlock."""
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state in (_LOCK_NOT_AVAILABLE, _DEADLOCK_DETECTED)


async def _longest_transactions(engine: AsyncEngine) -> list[str]:
    async with engine.begin() as connection:
        found = await connection.scalars(text(_LONGEST), {"wait_s": LOCK_WAIT_MS / 1000})
        return list(found)


def _sentence(patience_s: float, holders: list[str]) -> str:
    who = ", ".join(holders) or "short ones, again and again"
    return (
        f"The schema could not be changed within {patience_s:.0f} s, because transactions use its"
        f" tables: {who}. Nothing is half done; run `footnoted migrate` when they have ended."
    )
