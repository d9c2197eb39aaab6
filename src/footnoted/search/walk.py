"""Every stored document, a batch at a time, each batch read in a short transaction of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.search import store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from footnoted.db.session import Database
    from footnoted.search.store import StoredDocument

_BATCH = 500


async def every_document(database: Database) -> AsyncIterator[list[StoredDocument]]:
    """Yield all documents in the order of their ids; what comes behind that order is not met."""
    after: UUID | None = None
    while True:
        async with database.transaction() as session:
            batch = await store.documents_after(session, after, limit=_BATCH)
        if not batch:
            return
        after = batch[-1].document.id
        yield batch
