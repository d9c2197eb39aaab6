"""A role that may read the documented views and nothing else, for other programs.

Roles belong to the server, not to a database, so no migration makes it: it is made, or brought up
to date, when somebody asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from footnoted.errors import ConfigurationError

if TYPE_CHECKING:
    from footnoted.db.session import Database

ROLE = "footnoted_read"
VIEW_PREFIX = "footnoted_v1_"

_EXISTS = text("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role)")
_NOT_YET_READABLE = text("""
  SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'v' AND starts_with(c.relname, :prefix) AND n.nspname = current_schema()
    AND NOT has_table_privilege(:role, c.oid, 'SELECT')
  ORDER BY 1
""")


async def ensure_reading_role(database: Database) -> None:
    """Return when the role exists and may read every view.

    Raises ConfigurationError, in one sentence with what to ask an administrator for, where the
    account of the database may not make roles.
    """
    try:
        async with database.transaction() as session:
            if not await session.scalar(_EXISTS, {"role": ROLE}):
                await session.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
                await session.execute(
                    text(f"ALTER ROLE {ROLE} SET default_transaction_read_only = on")
                )
            wanted = {"role": ROLE, "prefix": VIEW_PREFIX}
            for view in (await session.scalars(_NOT_YET_READABLE, wanted)).all():
                await session.execute(text(f"GRANT SELECT ON {view} TO {ROLE}"))
    except DBAPIError as error:
        if not _is_refused(error):
            raise
        message = (
            f"the account of FOOTNOTED_DATABASE_URL may not make the role {ROLE}; ask whoever runs"
            f" the server for `CREATE ROLE {ROLE} LOGIN`, then try again"
        )
        raise ConfigurationError(message) from error


def _is_refused(error: DBAPIError) -> bool:
    cause = error.orig.__cause__ if error.orig is not None else None
    return isinstance(cause, asyncpg.InsufficientPrivilegeError)
