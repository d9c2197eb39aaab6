"""The last items of a plan end at once, and nothing of it is left."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.model.claim import Claim
from footnoted.model.status import ItemKind
from footnoted.pipeline.store import Ending, close_run
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from footnoted.db.session import Database

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DONE = Ending("done", {})
PLANNED = (
    "INSERT INTO creators (slug, name) VALUES ('ada', 'Ada')",
    """INSERT INTO page_groups (profile, creator_id, category, status)
       SELECT 'techniques', id, 'Bread', 'current' FROM creators""",
    "INSERT INTO plans (scope, forecast) VALUES ('{}', '{}')",
    """INSERT INTO plan_items (plan_id, item_kind, item_id)
       SELECT p.id, 'page_group', g.id FROM plans p, page_groups g
       UNION ALL SELECT id, 'video', unnest(ARRAY[1, 2]) FROM plans""",
)
WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted"


async def test_pages_leave_a_plan_whose_last_two_videos_end_at_once(database: Database) -> None:
    """One of the two sees that it is the last; its pages wanted nothing."""
    async with database.transaction() as session:
        for statement in PLANNED:
            await session.execute(text(statement))
    first, second = (Claim(ItemKind.VIDEO, id_, "techniques", "indexed", 1) for id_ in (1, 2))

    async def end_second() -> None:
        async with database.transaction() as session:
            await close_run(session, second, DONE, NOW)

    async with database.transaction() as session:
        await close_run(session, first, DONE, NOW)
        other = asyncio.create_task(end_second())
        while not (other.done() or await rows_of(database, WAITING)):
            pass
    await other
    assert await rows_of(database, "SELECT * FROM plan_items") == []
