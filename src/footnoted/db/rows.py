"""Rows written by their ids, so that saving the same thing twice touches nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

_BATCH = 500
"""Rows per statement; the protocol takes at most 32,767 parameters."""


async def upsert(
    session: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> set[UUID]:
    """Write rows with a unique `id` each; return the ids of those that were new or differed.

    Every row names the same columns. Columns they do not name keep what they hold.
    """
    changed: set[UUID] = set()
    for start in range(0, len(rows), _BATCH):
        statement = insert(table).values([dict(row) for row in rows[start : start + _BATCH]])
        written = [name for name in rows[0] if name != "id"]
        differs = or_(
            *(table.c[name].is_distinct_from(statement.excluded[name]) for name in written)
        )
        upserted = statement.on_conflict_do_update(
            index_elements=[table.c.id],
            set_={name: statement.excluded[name] for name in written},
            where=differs,
        ).returning(table.c.id)
        changed.update((await session.scalars(upserted)).all())
    return changed


async def insert_missing(
    session: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write the rows whose key does not exist yet; the others stay as they are."""
    for start in range(0, len(rows), _BATCH):
        values = [dict(row) for row in rows[start : start + _BATCH]]
        await session.execute(insert(table).values(values).on_conflict_do_nothing())
