"""Vectors that nothing needs any more: of texts that changed or went, and of old queries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.search.embedding import store
from footnoted.search.embedding.rows import SpecState
from footnoted.search.embedding.stored_vectors import hashes_of
from footnoted.search.walk import every_document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from footnoted.db.session import Database
    from footnoted.search.embedding.recipes import Recipes
    from footnoted.search.embedding.rows import SpecRow

KEPT_FOR = timedelta(days=7)
"""How long a vector stays that no document has: texts come back, and queries are asked again."""


async def forget_unused(
    database: Database, rows: Sequence[SpecRow], recipes: Recipes, now: datetime
) -> int:
    """Forget vectors older than a week that no document has under any spec; return how many."""
    live = [row for row in rows if row.state is not SpecState.DROPPED]
    channels = [channel for row in live for channel in row.spec.dense]
    used: dict[str, set[str]] = {channel.sha256: set() for channel in channels}
    if channels:
        async for batch in every_document(database):
            held = [stored.document for stored in batch]
            for channel in channels:
                used[channel.sha256].update(hashes_of(held, channel, recipes).values())
    async with database.transaction() as session:
        return await store.forget_unused(session, used, now - KEPT_FOR)
