"""The migrations make what the tables say, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from footnoted.db.engine import make_engine
from footnoted.db.tables import metadata
from footnoted.profiles.brain import tables as brain
from footnoted.profiles.declared import tables as declared
from footnoted.profiles.stocks import tables as stocks
from footnoted.profiles.techniques import tables as techniques

if TYPE_CHECKING:
    from sqlalchemy import Connection


def differences(connection: Connection) -> list[Any]:
    """Return what alembic would change to make the schema that of the tables."""
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_the_newest_schema_is_that_of_the_tables(database_url: str) -> None:
    """A column that stands only in one of them fails on the first machine that is migrated."""
    engine = make_engine(database_url, application_name="test")
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert techniques.technique_moments.metadata is metadata, "a profile's tables are among them"
    assert brain.brain_names.metadata is metadata
    assert stocks.stock_mentions.metadata is metadata
    assert declared.declared_items.metadata is metadata
    assert found == []
