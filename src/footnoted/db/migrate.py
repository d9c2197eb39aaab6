"""Schema versions: where the database stands, where this release needs it, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from footnoted.db.locks import migration_lock
from footnoted.errors import ConfigurationError, MigrationsNeededError
from footnoted.settings import bundled_dir

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision a database has (None: empty) and the one this release needs."""

    current: str | None
    needed: str

    @property
    def is_current(self) -> bool:
        """Return whether there is nothing to migrate."""
        return self.current == self.needed


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(bundled_dir("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def needed_revision() -> str:
    """Return the newest revision that ships with this release."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        message = f"no migrations were found in {bundled_dir('migrations')}"
        raise ConfigurationError(message)
    return head


async def schema_state(engine: AsyncEngine) -> SchemaState:
    """Return where the schema stands."""
    async with engine.connect() as connection:
        return SchemaState(await connection.run_sync(_current), needed_revision())


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def upgrade(engine: AsyncEngine) -> SchemaState:
    """Migrate to the newest revision, one process at a time; return where it stood before.

    Raises ConfigurationError when the database was made by a newer release.
    """
    url = engine.url.render_as_string(hide_password=False)
    async with migration_lock(url), engine.connect() as connection:
        before = SchemaState(await connection.run_sync(_current), needed_revision())
        await connection.rollback()
        refuse_newer(before)
        if not before.is_current:
            await connection.run_sync(_upgrade)
            await connection.commit()
    return before


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_newer(state: SchemaState) -> None:
    """Raise ConfigurationError when the schema has a revision this release does not know."""
    scripts = ScriptDirectory.from_config(_config())
    known = {script.revision for script in scripts.walk_revisions()}
    if state.current is not None and state.current not in known:
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
