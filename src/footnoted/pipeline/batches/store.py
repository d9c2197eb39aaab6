"""The SQL of what waits for batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_TABLES = {"video": "videos", "page_group": "page_groups"}


async def wake(session: AsyncConnection, now: datetime) -> int:
    """End the waits for batches of items that have no call in one any more; count them.

    Safe to repeat: an item whose wait was written after its answers came is found the next time.
    """
    woken = 0
    for kind, table in _TABLES.items():
        result = await session.execute(
            text(f"""UPDATE {table} i SET not_before = :now
                     WHERE i.wait_reason = 'batch' AND i.not_before > :now AND NOT EXISTS (
                       SELECT 1 FROM llm_calls c
                       WHERE c.item_kind = :kind AND c.item_id = i.id AND c.batch_id IS NOT NULL
                         AND c.state IN ('reserved', 'sent'))"""),  # noqa: S608 - constants
            {"now": now, "kind": kind},
        )
        woken += result.rowcount
    return woken
