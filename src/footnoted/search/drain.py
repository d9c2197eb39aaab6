"""The outbox drainer: what changed in PostgreSQL reaches the index.

    outbox entries -> documents -> upsert or delete in the index -> entries forgotten

Every step is safe to repeat, so a crash anywhere only repeats work. Two drainers may meet on one
document: after writing it, its hash is looked at again, and one that changed is noted anew. The
last look is after the last write, so the index ends with what PostgreSQL has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.search import store

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from footnoted.db.session import Database
    from footnoted.search.port import SearchIndex
    from footnoted.search.store import StoredDocument

_BATCH = 256


class OutboxDrainer:
    """Brings `index` up to date with `database`; any number of these may run at once."""

    def __init__(self, database: Database, index: SearchIndex, *, batch: int = _BATCH) -> None:
        """Handle at most `batch` outbox entries at a time."""
        self._database = database
        self._index = index
        self._batch = batch

    async def drain_once(self) -> int:
        """Handle one batch and return how many outbox entries it took; 0 when there are none.

        Raises:
            TransientError: the index is away; the outbox is as it was.

        """
        async with self._database.transaction() as session:
            entries = await store.take_outbox(session, self._batch)
            wanted = {entry.document_id for entry in entries}
            found = await store.documents_by_id(session, wanted) if wanted else {}
        if not entries:
            return 0
        await self._write(wanted, found)
        async with self._database.transaction() as session:
            now = await store.content_hashes(session, wanted)
            await store.enqueue(session, _changed(wanted, found, now))
            await store.forget_outbox(session, entries)
        return len(entries)

    async def drain_all(self) -> int:
        """Handle batches until the outbox is empty; return how many entries that took."""
        drained = 0
        while taken := await self.drain_once():
            drained += taken
        return drained

    async def _write(self, wanted: Collection[UUID], found: Mapping[UUID, StoredDocument]) -> None:
        gone = [document_id for document_id in wanted if document_id not in found]
        if gone:
            await self._index.delete(gone)
        if found:
            await self._index.upsert([stored.document for stored in found.values()])


def _changed(
    wanted: Collection[UUID], written: Mapping[UUID, StoredDocument], now: Mapping[UUID, str]
) -> set[UUID]:
    """Return which documents are not any more what was written, or deleted, a moment ago."""
    before = {document_id: stored.content_sha256 for document_id, stored in written.items()}
    return {one for one in wanted if before.get(one) != now.get(one)}
