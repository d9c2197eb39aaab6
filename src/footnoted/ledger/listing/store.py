"""The SQL of the calls of an item, and of the batches that calls went in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.recordings import CREATOR_CALLED
from footnoted.ledger.listing.batch import BatchLine
from footnoted.ledger.listing.call import PREVIEW, CallLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class CallsQuery:
    """Whose calls, how many of the newest at most, and whether with whole texts."""

    item_kind: str
    item_ids: Sequence[int]
    limit: int
    is_full: bool = False


async def calls_of(session: AsyncConnection, query: CallsQuery) -> list[CallLine]:
    """Return the newest calls of items, oldest of them first.

    Those that heard the recording of a video are its calls too.
    """
    rows = await session.execute(
        text("""
          SELECT id, stage, label, generation, model, served_by, state, usable, unusable_code,
            unusable_reason, fault_code,
            COALESCE(NULLIF(usage, 'null'::jsonb), '{}'::jsonb) AS usage, reserved_usd, cost_usd,
            reserved_at, sent_at, answered_at,
            CAST(EXTRACT(EPOCH FROM answered_at - sent_at) AS float) AS latency_s,
            provider_request_id, stop_reason, prompt_text IS NOT NULL AS is_captured,
            CASE WHEN :full THEN COALESCE(prompt_text, prompt_preview)
              ELSE left(COALESCE(prompt_preview, prompt_text), :preview) END AS prompt,
            CASE WHEN :full THEN answer ELSE left(answer, :preview) END AS answer
          FROM (
            SELECT * FROM llm_calls WHERE item_kind = :kind AND item_id = ANY(:ids)
            UNION ALL
            SELECT l.* FROM llm_calls l
            WHERE :kind = 'video' AND l.item_kind = 'transcription' AND l.item_id IN (
              SELECT t.id FROM transcriptions t JOIN videos v ON v.media_id = t.media_id
              WHERE v.id = ANY(:ids))
            ORDER BY reserved_at DESC, id DESC LIMIT :limit) c
          ORDER BY reserved_at, id"""),
        {
            "kind": query.item_kind,
            "ids": list(query.item_ids),
            "limit": query.limit,
            "full": query.is_full,
            "preview": PREVIEW,
        },
    )
    return [CallLine.model_validate(row) for row in rows.mappings()]


async def has_item(session: AsyncConnection, item_kind: str, item_id: int) -> bool:
    """Return whether there is such an item, or was when it asked a model."""
    found = await session.scalar(
        text("""
          SELECT EXISTS (SELECT 1 FROM llm_calls WHERE item_kind = :kind AND item_id = :id)
            OR CASE :kind WHEN 'video' THEN EXISTS (SELECT 1 FROM videos WHERE id = :id)
               ELSE EXISTS (SELECT 1 FROM page_groups WHERE id = :id) END"""),
        {"kind": item_kind, "id": item_id},
    )
    return bool(found)


async def page_groups_of(session: AsyncConnection, creator: str, category: str | None) -> list[int]:
    """Return the page groups of a creator, by name or slug, and of one category if any is named."""
    ids = await session.scalars(
        text(f"""
          SELECT g.id FROM page_groups g JOIN creators c ON c.id = g.creator_id
          WHERE {CREATOR_CALLED}
            AND (CAST(:category AS text) IS NULL OR lower(g.category) = lower(:category))
          ORDER BY g.id"""),  # noqa: S608 - a constant
        {"creator": creator.strip(), "category": category},
    )
    return list(ids.all())


_BATCHES = """
  SELECT b.id, b.state, b.provider, b.provider_id, GREATEST(b.requests, c.calls) AS calls,
    c.unanswered, c.answered, c.lost, c.items, c.held_usd, c.cost_usd, b.fault_code, b.opened_at,
    b.sent_at, b.deadline_at, b.ended_at
  FROM ({which}) b CROSS JOIN LATERAL (
    SELECT count(*) AS calls,
      count(*) FILTER (WHERE state IN ('reserved', 'sent')) AS unanswered,
      count(*) FILTER (WHERE state = 'answered') AS answered,
      count(*) FILTER (WHERE state = 'unknown') AS lost,
      count(DISTINCT (item_kind, item_id)) FILTER (WHERE state IN ('reserved', 'sent')) AS items,
      COALESCE(sum(reserved_usd) FILTER (WHERE state IN ('reserved', 'sent', 'unknown')), 0)
        AS held_usd,
      COALESCE(sum(cost_usd), 0) AS cost_usd
    FROM llm_calls WHERE batch_id = b.id) c
  ORDER BY b.state IN ('ended', 'released'), b.id DESC
"""
_NEWEST = """
  SELECT * FROM call_batches ORDER BY state IN ('ended', 'released'), id DESC LIMIT :limit
"""


async def newest_batches(session: AsyncConnection, limit: int) -> list[BatchLine]:
    """Return the newest batches, those that are not over first."""
    rows = await session.execute(text(_BATCHES.format(which=_NEWEST)), {"limit": limit})
    return [BatchLine.model_validate(row) for row in rows.mappings()]


async def find_batch(session: AsyncConnection, batch_id: int) -> BatchLine | None:
    """Return a batch; None when there never was one of this number."""
    which = "SELECT * FROM call_batches WHERE id = :id"
    rows = await session.execute(text(_BATCHES.format(which=which)), {"id": batch_id})
    row = rows.mappings().one_or_none()
    return None if row is None else BatchLine.model_validate(row)
