"""The SQL of controls: every change raises the fence, so that whoever works on the item loses it.

Rows are locked in the order of their ids, as the machine locks them: one item at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from footnoted.model.status import CANCELLED, GROUP_STALE, SOURCE_DUE, ItemKind
from footnoted.pipeline.controls.selection import Touched

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.pipeline.controls.selection import Selection

VIDEO_RETRIED = "video.retried"
VIDEO_WOKEN = "video.woken"
VIDEO_CANCELLED = "video.cancelled"
PAGE_GROUP_RETRIED = "page_group.retried"
SOURCE_RETRIED = "source.retried"

_CLEARED = """wait_reason = NULL, wait_detail = NULL, not_before = NULL, deadline = NULL,
  attempts = 0, crashes = 0, failure_code = NULL, failure_detail = NULL, fence = i.fence + 1,
  lease_owner = NULL, lease_expires_at = NULL, updated_at = :now"""

_RETRY_VIDEOS = text(f"""
  WITH picked AS (
    SELECT id, status, failure_code, COALESCE(resume_from, 'discovered') AS target FROM videos
    WHERE lease_owner IS NULL
      AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(:ids))
      AND (CAST(:reason AS text) IS NULL OR failure_code = :reason)
      AND (CAST(:source AS bigint) IS NULL OR source_id = :source)
      AND (CAST(:since AS timestamptz) IS NULL OR updated_at >= :since)
      AND (status IN ('failed', 'quarantined')
           OR (CAST(:ids AS bigint[]) IS NOT NULL AND status IN ('skipped', 'cancelled')))
      AND (:is_named OR NOT starts_with(failure_code, 'quality'))
    ORDER BY id FOR UPDATE
  ), moved AS (
    UPDATE videos i SET status = p.target, resume_from = NULL,
      quality_accepted = i.quality_accepted
        OR (:accepts AND COALESCE(starts_with(p.failure_code, 'quality'), false)),
      {_CLEARED}
    FROM picked p WHERE i.id = p.id
    RETURNING i.id, i.media_id, p.status AS before, i.status AS now, p.failure_code AS code
  ), run AS (
    INSERT INTO runs (item_kind, item_id, run_number, trigger, status, started_at)
    SELECT 'video', m.id, 1 + COALESCE((SELECT max(r.run_number) FROM runs r
      WHERE r.item_kind = 'video' AND r.item_id = m.id), 0), 'manual', 'running', :now
    FROM moved m WHERE m.now <> 'indexed' RETURNING id, item_id
  ), told AS (
    INSERT INTO events (run_id, item_kind, item_id, name, fields, at)
    SELECT run.id, 'video', m.id, :event,
      jsonb_build_object('before', m.before, 'now', m.now, 'code', m.code), :now
    FROM moved m LEFT JOIN run ON run.item_id = m.id
  )
  SELECT 'video' AS kind, m.id, e.title, m.before, m.now, m.code
  FROM moved m JOIN media e ON e.id = m.media_id ORDER BY m.id
""")  # noqa: S608 - a constant

_RETRY_OTHERS = """
  WITH picked AS (
    SELECT id, status, failure_code FROM {table}
    WHERE status IN ('failed', 'quarantined') AND lease_owner IS NULL
      AND (CAST(:reason AS text) IS NULL OR failure_code = :reason)
      AND (CAST(:since AS timestamptz) IS NULL OR updated_at >= :since)
      AND (CAST(:source AS bigint) IS NULL OR id = :source)
    ORDER BY id FOR UPDATE
  ), moved AS (
    UPDATE {table} i SET status = :target, {cleared}
    FROM picked p WHERE i.id = p.id
    RETURNING i.*, p.status AS before, i.status AS now, p.failure_code AS code
  ), told AS (
    INSERT INTO events (item_kind, item_id, name, fields, at)
    SELECT :kind, m.id, :event,
      jsonb_build_object('before', m.before, 'now', m.now, 'code', m.code), :now
    FROM moved m
  )
  SELECT CAST(:kind AS text) AS kind, m.id, {title} AS title, m.before, m.now, m.code
  FROM moved m {join} ORDER BY m.id
"""

_WAS_A_REASON = text("""
  SELECT EXISTS (
    SELECT 1 FROM (
      SELECT failure_code, wait_reason FROM videos
      UNION ALL SELECT failure_code, wait_reason FROM page_groups
      UNION ALL SELECT failure_code, wait_reason FROM sources
      UNION ALL SELECT failure_code, wait_reason FROM transcriptions) i
    WHERE CAST(:reason AS text) IN (i.failure_code, i.wait_reason)
  ) OR EXISTS (
    SELECT 1 FROM events
    WHERE CAST(:reason AS text) IN (fields->>'why', fields->>'code'))
""")

_WAKE = text("""
  WITH woken AS (
    UPDATE videos SET wait_reason = NULL, wait_detail = NULL, not_before = NULL, deadline = NULL,
      attempts = 0, updated_at = :now
    WHERE id = ANY(:ids) AND not_before IS NOT NULL AND lease_owner IS NULL RETURNING id
  ), told AS (
    INSERT INTO events (run_id, item_kind, item_id, name, at)
    SELECT (SELECT max(r.id) FROM runs r
            WHERE r.item_kind = 'video' AND r.item_id = w.id AND r.status = 'running'),
      'video', w.id, :event, :now
    FROM woken w
  )
  SELECT id FROM woken ORDER BY id
""")

_CANCEL = text(f"""
  WITH picked AS (
    SELECT id, status, failure_code,
      CASE WHEN status IN ('failed', 'quarantined', 'skipped') THEN resume_from ELSE status END
        AS reached
    FROM videos WHERE id = ANY(:ids) AND status <> 'cancelled'
      AND (:finished_too OR status <> 'indexed')
    ORDER BY id FOR UPDATE
  ), moved AS (
    UPDATE videos i SET status = :status, resume_from = p.reached, {_CLEARED}
    FROM picked p WHERE i.id = p.id
    RETURNING i.id, i.media_id, p.status AS before, i.status AS now, p.failure_code AS code
  ), told AS (
    INSERT INTO events (run_id, item_kind, item_id, name, fields, at)
    SELECT (SELECT max(r.id) FROM runs r
            WHERE r.item_kind = 'video' AND r.item_id = m.id AND r.status = 'running'),
      'video', m.id, :event, jsonb_build_object('before', m.before), :now
    FROM moved m
  ), ended AS (
    UPDATE runs r SET status = 'cancelled', finished_at = :now FROM moved m
    WHERE r.item_kind = 'video' AND r.item_id = m.id AND r.status = 'running'
  )
  SELECT 'video' AS kind, m.id, e.title, m.before, m.now, m.code
  FROM moved m JOIN media e ON e.id = m.media_id ORDER BY m.id
""")  # noqa: S608 - a constant


async def statuses_of(session: AsyncConnection, video_ids: Sequence[int]) -> dict[int, str]:
    """Return the status of each of these videos that exists."""
    rows = await session.execute(
        text("SELECT id, status FROM videos WHERE id = ANY(:ids) ORDER BY id"),
        {"ids": list(video_ids)},
    )
    return {row.id: row.status for row in rows}


async def was_a_reason(session: AsyncConnection, reason: str) -> bool:
    """Return whether any item stopped with a reason or waited for it, now or as its events tell."""
    return bool(await session.scalar(_WAS_A_REASON, {"reason": reason}))


async def retry_videos(
    session: AsyncConnection, selection: Selection, now: datetime
) -> list[Touched]:
    """Put stopped videos back to the milestone they had reached, in a new run, by id."""
    rows = await session.execute(
        _RETRY_VIDEOS,
        {
            "ids": list(selection.video_ids) or None,
            "reason": selection.reason,
            "source": selection.source_id,
            "since": selection.since,
            "is_named": bool(selection.video_ids)
            or selection.reason is not None
            or selection.accepts_quality,
            "accepts": selection.accepts_quality,
            "event": VIDEO_RETRIED,
            "now": now,
        },
    )
    return [_touched(row) for row in rows]


async def retry_page_groups(
    session: AsyncConnection, selection: Selection, now: datetime
) -> list[Touched]:
    """Put failed page groups back to be composed."""
    statement = _RETRY_OTHERS.format(
        table="page_groups",
        cleared=_CLEARED,
        title="'pages of ' || c.name || ' in ' || m.category",
        join="JOIN creators c ON c.id = m.creator_id",
    )
    rows = await session.execute(
        text(statement),
        {
            "target": GROUP_STALE,
            "kind": ItemKind.PAGE_GROUP.value,
            "event": PAGE_GROUP_RETRIED,
            "reason": selection.reason,
            "source": None,
            "since": selection.since,
            "now": now,
        },
    )
    return [_touched(row) for row in rows]


async def retry_sources(
    session: AsyncConnection, selection: Selection, now: datetime
) -> list[Touched]:
    """Have failed sources looked at again, at once; one of them where the selection names it."""
    statement = _RETRY_OTHERS.format(table="sources", cleared=_CLEARED, title="m.title", join="")
    rows = await session.execute(
        text(statement),
        {
            "target": SOURCE_DUE,
            "kind": ItemKind.SOURCE.value,
            "event": SOURCE_RETRIED,
            "reason": selection.reason,
            "source": selection.source_id,
            "since": selection.since,
            "now": now,
        },
    )
    return [_touched(row) for row in rows]


async def wake_videos(
    session: AsyncConnection, video_ids: Sequence[int], now: datetime
) -> list[int]:
    """End the waits of these videos and forget their failed attempts; return those it woke."""
    rows = await session.scalars(_WAKE, {"ids": list(video_ids), "event": VIDEO_WOKEN, "now": now})
    return list(rows.all())


async def cancel_videos(
    session: AsyncConnection, video_ids: Sequence[int], now: datetime, *, finished_too: bool
) -> list[Touched]:
    """Set videos aside, whatever they wait for and whoever works on them, and end their runs."""
    rows = await session.execute(
        _CANCEL,
        {
            "ids": list(video_ids),
            "status": CANCELLED,
            "finished_too": finished_too,
            "event": VIDEO_CANCELLED,
            "now": now,
        },
    )
    return [_touched(row) for row in rows]


async def videos_of_source(session: AsyncConnection, source_id: int) -> list[int]:
    """Return the videos that a source brought, by id."""
    rows = await session.scalars(
        text("SELECT id FROM videos WHERE source_id = :source ORDER BY id"), {"source": source_id}
    )
    return list(rows.all())


def _touched(row: Row[Any]) -> Touched:
    return Touched(ItemKind(row.kind), row.id, row.title, row.before, row.now, row.code)
