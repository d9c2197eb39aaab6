"""Schema versions: where the database stands, where this release needs it, and the way there.

A migration's file begins with its revision (`0001_create_schema.py`), and revisions are a line. So
whether there is anything to do is seen without alembic, which takes a fifth of a start to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.locks import migration_lock
from footnoted.errors import ConfigurationError, MigrationsNeededError
from footnoted.settings import bundled_dir

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_REVISION_LENGTH = 4


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision a database has (None: empty) and the one this release needs."""

    current: str | None
    needed: str

    @property
    def is_current(self) -> bool:
        """Return whether there is nothing to migrate."""
        return self.current == self.needed


def known_revisions() -> list[str]:
    """Return the revisions that ship with this release, oldest first."""
    files = (bundled_dir("migrations") / "versions").glob("[0-9]*_*.py")
    return sorted(file.name[:_REVISION_LENGTH] for file in files)


def needed_revision() -> str:
    """Return the newest revision that ships with this release."""
    known = known_revisions()
    if not known:
        message = f"no migrations were found in {bundled_dir('migrations')}"
        raise ConfigurationError(message)
    return known[-1]


async def schema_state(engine: AsyncEngine) -> SchemaState:
    """Return where the schema stands."""
    async with engine.connect() as connection:
        return SchemaState(await _current(connection), needed_revision())


async def _current(connection: AsyncConnection) -> str | None:
    if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


async def upgrade(engine: AsyncEngine) -> SchemaState:
    """Migrate to the newest revision, one process at a time; return where it stood before.

    Raises ConfigurationError when the database was made by a newer release.
    """
    url = engine.url.render_as_string(hide_password=False)
    async with migration_lock(url), engine.connect() as connection:
        before = SchemaState(await _current(connection), needed_revision())
        await connection.rollback()
        refuse_newer(before)
        if not before.is_current:
            await connection.run_sync(_upgrade)
            await connection.commit()
    return before


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see the top of this module
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(bundled_dir("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_newer(state: SchemaState) -> None:
    """Raise ConfigurationError when the schema has a revision this release does not know."""
    if state.current is not None and state.current not in known_revisions():
        message = (
            f"the database schema is at revision {state.current}, which this release does not"
            " know: it was migrated by a newer footnoted"
        )
        raise ConfigurationError(message)


async def require_current(engine: AsyncEngine) -> None:
    """Raise MigrationsNeededError when the schema is older than this release needs."""
    state = await schema_state(engine)
    refuse_newer(state)
    if not state.is_current:
        message = (
            f"the database schema is at {state.current or 'nothing'} and this release needs"
            f" {state.needed}: run `footnoted migrate`, or set FOOTNOTED_AUTO_MIGRATE=1"
        )
        raise MigrationsNeededError(message)
