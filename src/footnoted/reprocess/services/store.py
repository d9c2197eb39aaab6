"""The SQL of what services are asked for: sound not heard yet, and documents that change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.search.port import Document
from footnoted.sources.items import FoundItem
from footnoted.sources.options import SourceOptions

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncConnection

_UNHEARD = text("""
  SELECT t.id, t.status, m.duration_ms, m.language, m.item, s.options,
    (SELECT f.path FROM media_files f WHERE f.media_id = m.id AND f.role = 'media'
       AND f.missing_at IS NULL ORDER BY f.id LIMIT 1) AS sound_path,
    (SELECT COALESCE(sum(c.ms), 0) FROM (
       SELECT DISTINCT ON (label) (usage->>'speech_ms')::bigint AS ms FROM llm_calls
       WHERE item_kind = 'transcription' AND item_id = t.id AND state = 'answered' AND usable
         AND model = :model) c)::bigint AS heard_ms
  FROM transcriptions t JOIN media m ON m.id = t.media_id LEFT JOIN sources s ON s.id = t.source_id
  WHERE t.status IN ('wanted', 'obtained')
    AND EXISTS (SELECT 1 FROM videos v WHERE v.media_id = m.id AND v.status <> 'cancelled')
    AND NOT EXISTS (SELECT 1 FROM media_files f WHERE f.media_id = m.id
      AND f.role = 'transcript' AND f.missing_at IS NULL)
  ORDER BY t.id
""")

_TOUCHED = text("""
  SELECT body FROM documents WHERE id IN (SELECT document_id FROM index_outbox WHERE id > :mark)
  ORDER BY id
""")

_RESTING = text("""
  SELECT body FROM documents
  WHERE (kind = 'moment' AND video_id = ANY(:videos))
    OR page_id IN (SELECT id FROM pages WHERE group_id = ANY(:groups))
  ORDER BY id
""")


class Unheard(NamedTuple):
    """A recording without words; `heard_ms` of its sound were recognised and are replayed."""

    id: int
    status: str
    duration_ms: int | None
    language: str | None
    item: FoundItem | None
    options: SourceOptions
    sound_path: str | None
    heard_ms: int


async def unheard(session: AsyncConnection, model: str) -> list[Unheard]:
    """Return the recordings without words that a video waits for; `model` is what hears."""
    rows = await session.execute(_UNHEARD, {"model": model})
    return [
        Unheard(
            id=row.id,
            status=row.status,
            duration_ms=row.duration_ms,
            language=row.language,
            item=None if row.item is None else FoundItem.model_validate(row.item),
            options=SourceOptions.model_validate(row.options or {}),
            sound_path=row.sound_path,
            heard_ms=row.heard_ms,
        )
        for row in rows
    ]


async def known_lengths(session: AsyncConnection) -> tuple[float | None, float]:
    """Return mean and standard deviation of the lengths of all recordings (ms); None: no length."""
    row = await session.execute(
        text("""SELECT avg(duration_ms)::float8, COALESCE(stddev_samp(duration_ms), 0)::float8
                FROM media WHERE duration_ms IS NOT NULL""")
    )
    mean, spread = row.one()
    return mean, spread


async def outbox_mark(session: AsyncConnection) -> int:
    """Return a number below that of every change of a document that is yet to come."""
    mark: int = await session.scalar(
        text("""SELECT COALESCE(pg_sequence_last_value(
                  pg_get_serial_sequence('index_outbox', 'id')::regclass), 0)""")
    )
    return mark


async def touched_documents(session: AsyncConnection, mark: int) -> list[Document]:
    """Return the documents that were written since a mark, as they are now."""
    return [
        Document.model_validate(body) for body in await session.scalars(_TOUCHED, {"mark": mark})
    ]


async def resting_documents(
    session: AsyncConnection, videos: Collection[int], groups: Collection[int]
) -> list[Document]:
    """Return the moments of these videos and the pages of these groups, as documents."""
    values = {"videos": sorted(videos), "groups": sorted(groups)}
    bodies = await session.scalars(_RESTING, values)
    return [Document.model_validate(body) for body in bodies]
