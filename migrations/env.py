"""How alembic runs here: on the connection that db/migrate.py hands over, in one transaction."""

from __future__ import annotations

from alembic import context

from footnoted.db.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
