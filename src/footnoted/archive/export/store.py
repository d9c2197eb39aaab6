"""The SQL of the export: every table as lines of JSON, in the order of its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection

_KEYS = text("""
  SELECT c.relname, array_agg(
    quote_ident(a.attname) || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END
    ORDER BY k.place) AS columns
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
  JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place)
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
  WHERE c.relkind IN ('r', 'p') GROUP BY c.relname ORDER BY c.relname
""")


async def key_columns(session: AsyncConnection) -> dict[str, list[str]]:
    """Return for every table the columns of its key, as they are to be sorted by everywhere."""
    return {row.relname: list(row.columns) for row in await session.execute(_KEYS)}


async def lines(session: AsyncConnection, table: str, key: list[str]) -> AsyncIterator[str]:
    """Yield the rows of a table as JSON, in the order of `key`, names sorted, times in UTC."""
    order = ", ".join(f"t.{column}" for column in key)
    query = text(f'SELECT to_jsonb(t)::text FROM "{table}" t ORDER BY {order}')  # noqa: S608 - the server's own names
    async for line in await session.stream_scalars(query):
        yield line
