"""The SQL of items: how far one is in the index, and whether one that is absent was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.model.status import INDEXED, ItemKind
from footnoted.pipeline.controls.removal.store import VIDEO_PURGED
from footnoted.pipeline.reports.items.report import Indexing

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def read_indexing(session: AsyncConnection, video_id: int) -> Indexing | None:
    """Return how far a video is in the index; None when there is no such video."""
    rows = await session.execute(
        text("""
          WITH spec AS (SELECT sha256 FROM embedding_specs WHERE state = 'serving')
          SELECT v.status, count(d.id) AS documents,
            count(d.id) FILTER (WHERE EXISTS (
              SELECT 1 FROM index_outbox o WHERE o.document_id = d.id)) AS waiting,
            CASE WHEN EXISTS (SELECT 1 FROM spec) THEN count(d.id) FILTER (WHERE EXISTS (
              SELECT 1 FROM embedded_documents e JOIN spec ON spec.sha256 = e.spec_sha256
              WHERE e.document_id = d.id AND e.content_sha256 = d.content_sha256)) END AS embedded
          FROM videos v LEFT JOIN documents d ON d.video_id = v.id
          WHERE v.id = :id GROUP BY v.status"""),
        {"id": video_id},
    )
    row = rows.one_or_none()
    if row is None:
        return None
    return Indexing(
        item_id=video_id,
        status=row.status,
        documents=row.documents,
        waiting=row.waiting,
        embedded=row.embedded,
        is_searchable=row.status == INDEXED and row.waiting == 0,
    )


async def was_removed(session: AsyncConnection, video_id: int) -> bool:
    """Return whether there was such a video: that it was erased is all that is kept of it."""
    found = await session.scalar(
        text("""SELECT 1 FROM events
                WHERE item_kind = :kind AND item_id = :id AND name = :name LIMIT 1"""),
        {"kind": ItemKind.VIDEO.value, "id": video_id, "name": VIDEO_PURGED},
    )
    return found is not None
