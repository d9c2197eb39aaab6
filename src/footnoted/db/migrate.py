"""Schema versions: where the database stands, where this release needs it, and the way there.

A migration's file begins with its revision (`0001_create_schema.py`), and revisions are a line. So
whether there is anything to do is seen without alembic, which takes a fifth of a start to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.locks import migration_lock
from footnoted.db.schema_change import HALF_DONE, SchemaChange, carry_out
from footnoted.errors import ConfigurationError, MigrationsNeededError, UsageError
from footnoted.settings import bundled_dir

if TYPE_CHECKING:
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


async def upgrade(engine: AsyncEngine, to: str | None = None) -> SchemaState:
    """Migrate to the newest revision or to `to`, one process at a time; return where it stood.

    A schema that is further than `to` stays as it is.

    Raises:
        ConfigurationError: the database was made by a newer release.
        UsageError: there is no such revision.
        LockHeldError: another migration, or other transactions, did not end in time.

    """
    return await _change(engine, SchemaChange(to or needed_revision()))


async def downgrade(engine: AsyncEngine, to: str) -> SchemaState:
    """Take the schema back to revision `to`, one process at a time; return where it stood.

    Raises what `upgrade` raises, and UsageError while an upgrade is half done.
    """
    return await _change(engine, SchemaChange(to, is_back=True))


async def _change(engine: AsyncEngine, change: SchemaChange) -> SchemaState:
    refuse_unknown(change.to)
    url = engine.url.render_as_string(hide_password=False)
    async with migration_lock(url):
        async with engine.connect() as connection:
            before = SchemaState(await _current(connection), change.to)
            is_half_done = change.is_back and await connection.scalar(text(HALF_DONE))
        refuse_newer(before)
        if is_half_done:
            message = (
                "a migration was interrupted: finish it with `footnoted migrate`, then go back"
            )
            raise UsageError(message)
        if _is_due(before, change):
            await carry_out(url, change)
    return before


def _is_due(state: SchemaState, change: SchemaChange) -> bool:
    if change.is_back:
        return state.current is not None and state.current > change.to
    return state.current is None or state.current < change.to


def refuse_unknown(revision: str) -> None:
    """Raise UsageError for a revision that this release does not have."""
    known = known_revisions()
    if revision not in known:
        message = f"there is no revision {revision}: they go from {known[0]} to {known[-1]}"
        raise UsageError(message)


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
