"""The SQL of what plans cannot name call by call: unheard sound, changed documents, first runs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.search.port import Document
from footnoted.sources.items import FoundItem
from footnoted.sources.options import SourceOptions

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncConnection

_LASTING = """m.duration_ms,
    (SELECT f.path FROM media_files f WHERE f.media_id = m.id AND f.role = 'media'
       AND f.missing_at IS NULL ORDER BY f.id LIMIT 1) AS sound_path"""

_UNHEARD = text(f"""
  SELECT t.id, t.status, m.language, m.item, s.options, {_LASTING},
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
""")  # noqa: S608 - constants

_OF_VIDEOS = text(f"""
  SELECT v.id, {_LASTING} FROM videos v JOIN media m ON m.id = v.media_id WHERE v.id = ANY(:ids)
""")  # noqa: S608 - constants

_FIRST_RUNS = text("""
  SELECT f.profile, f.ms, c.calls, c.usd
  FROM (
    SELECT v.id, v.profile, COALESCE(m.duration_ms, t.duration_ms) AS ms, r.started_at,
      r.finished_at, row_number() OVER (PARTITION BY v.profile ORDER BY r.id DESC) AS nth
    FROM runs r JOIN videos v ON v.id = r.item_id JOIN media m ON m.id = v.media_id
      LEFT JOIN transcripts t ON t.id = v.transcript_id
    WHERE r.item_kind = 'video' AND r.run_number = 1 AND r.status = 'done'
  ) f CROSS JOIN LATERAL (
    SELECT count(*) AS calls, COALESCE(sum(cost_usd), 0) AS usd FROM llm_calls
    WHERE item_kind = 'video' AND item_id = f.id AND state = 'answered' AND cost_usd > 0
      AND reserved_at BETWEEN f.started_at AND f.finished_at
  ) c
  WHERE f.nth <= 200 AND f.ms > 0 AND c.calls > 0
""")

_PAGE_CALLS = text("""
  WITH first_plan AS (SELECT COALESCE(min(applied_at), 'infinity') AS at FROM plans)
  SELECT g.profile, count(*) AS calls, sum(c.cost_usd) AS usd,
    (SELECT sum(COALESCE(m.duration_ms, t.duration_ms))
     FROM runs r JOIN videos v ON v.id = r.item_id JOIN media m ON m.id = v.media_id
       LEFT JOIN transcripts t ON t.id = v.transcript_id
     WHERE r.item_kind = 'video' AND r.run_number = 1 AND r.status = 'done'
       AND r.finished_at < (SELECT at FROM first_plan) AND v.profile = g.profile) AS ms
  FROM llm_calls c JOIN page_groups g ON g.id = c.item_id
  WHERE c.item_kind = 'page_group' AND c.state = 'answered' AND c.cost_usd > 0
    AND c.reserved_at < (SELECT at FROM first_plan)
  GROUP BY g.profile
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


class Length(NamedTuple):
    """How long a recording is (ms), and how far one may be from that; 0 where it is known."""

    ms: float
    spread_ms: float = 0.0


class Lasting(NamedTuple):
    """How long a publisher says a recording is, and where its sound is."""

    duration_ms: int | None
    sound_path: str | None


class Unheard(NamedTuple):
    """A recording without words; `heard_ms` of its sound were recognised and are replayed."""

    id: int
    status: str
    lasts: Lasting
    language: str | None
    item: FoundItem | None
    options: SourceOptions
    heard_ms: int


class Worked(NamedTuple):
    """What so much speech (ms) took: paid calls, and dollars."""

    ms: int
    calls: int
    usd: float


async def unheard(session: AsyncConnection, model: str) -> list[Unheard]:
    """Return the recordings without words that a video waits for; `model` is what hears."""
    rows = await session.execute(_UNHEARD, {"model": model})
    return [
        Unheard(
            id=row.id,
            status=row.status,
            lasts=Lasting(row.duration_ms, row.sound_path),
            language=row.language,
            item=None if row.item is None else FoundItem.model_validate(row.item),
            options=SourceOptions.model_validate(row.options or {}),
            heard_ms=row.heard_ms,
        )
        for row in rows
    ]


async def lengths_of_videos(session: AsyncConnection, ids: Collection[int]) -> list[Lasting]:
    """Return what is known of the lengths of these videos' recordings."""
    rows = await session.execute(_OF_VIDEOS, {"ids": sorted(ids)})
    return [Lasting(row.duration_ms, row.sound_path) for row in rows]


async def first_runs(session: AsyncConnection) -> dict[str, list[Worked]]:
    """Return what the first runs of the newest finished videos took, by profile.

    Those that paid for nothing are left out: they were made by models that are free.
    """
    found: defaultdict[str, list[Worked]] = defaultdict(list)
    for row in await session.execute(_FIRST_RUNS):
        found[row.profile].append(Worked(row.ms, row.calls, float(row.usd)))
    return found


async def page_calls(session: AsyncConnection) -> dict[str, Worked]:
    """Return what the pages of each profile took, over the speech of its finished videos.

    Both until a plan was applied for the first time: pages that are redone are no new speech's.
    """
    rows = await session.execute(_PAGE_CALLS)
    return {row.profile: Worked(int(row.ms), row.calls, float(row.usd)) for row in rows if row.ms}


async def usual_length(session: AsyncConnection) -> Length | None:
    """Return the mean length of all recordings and its standard deviation; None: no length."""
    row = await session.execute(
        text("""SELECT avg(duration_ms)::float8, COALESCE(stddev_samp(duration_ms), 0)::float8
                FROM media WHERE duration_ms IS NOT NULL""")
    )
    mean, spread = row.one()
    return None if mean is None else Length(mean, spread)


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
