"""The SQL that erases a video: its row takes most along, the rest is named here.

The order of locks is that of discovery and of the stages: the video, its page
groups, its recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.model.status import ItemKind
from footnoted.sources.port import FOLDER_KIND
from footnoted.sources.removals.store import tell_sources

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

VIDEO_PURGED = "video.purged"
SOURCE_REMOVED = "source.removed"
RETRACTED = "retracted"
"""What begins the last run of a video."""


class Doomed(NamedTuple):
    """A video about to be erased with its files; `still_there` are those in followed folders."""

    id: int
    media_id: int
    profile: str
    creator_id: int
    title: str
    files: tuple[str, ...]
    still_there: tuple[str, ...]


async def lock_doomed(session: AsyncConnection, video_id: int) -> Doomed | None:
    """Return a video, locked so that nobody saves anything of it any more; None when it is gone."""
    rows = await session.execute(
        text("""
          SELECT v.id, v.media_id, v.profile, v.creator_id, m.title,
            ARRAY(SELECT f.path FROM media_files f WHERE f.media_id = m.id) AS files, ARRAY(
            SELECT f.path FROM media_files f
              JOIN sources s ON s.id = m.source_id AND NOT s.paused AND s.kind = :folder
            WHERE f.media_id = m.id AND f.missing_at IS NULL AND f.role <> 'metadata'
            ORDER BY f.id) AS still_there
          FROM videos v JOIN media m ON m.id = v.media_id WHERE v.id = :id FOR UPDATE OF v"""),
        {"id": video_id, "folder": FOLDER_KIND},
    )
    row = rows.one_or_none()
    if row is None:
        return None
    return Doomed(*row)._replace(files=tuple(row.files), still_there=tuple(row.still_there))


async def interrupt_groups(session: AsyncConnection, video_id: int) -> list[int]:
    """Take the page groups a video contributes to from whoever composes them; return them.

    Their pinned input goes too: it quotes the video, and a page made from it would be refused.
    """
    groups = await session.scalars(
        text("""
          UPDATE page_groups g SET fence = fence + 1, lease_owner = NULL, lease_expires_at = NULL
          WHERE g.id IN (SELECT x.id FROM page_groups x
                         JOIN contributions c ON c.group_id = x.id AND c.video_id = :id
                         ORDER BY x.id FOR NO KEY UPDATE OF x)
          RETURNING g.id"""),
        {"id": video_id},
    )
    ids = sorted(groups.all())
    await session.execute(
        text("""DELETE FROM work_orders WHERE item_kind = :kind AND item_id = ANY(:ids)
                  AND closed_at IS NULL"""),
        {"kind": ItemKind.PAGE_GROUP.value, "ids": ids},
    )
    return ids


async def delete_video(session: AsyncConnection, doomed: Doomed, now: datetime) -> None:
    """Erase a video and its record; that it was retracted, and when, is all that remains.

    The recording goes with it, words and all, unless another profile uses it.
    """
    key = {"kind": ItemKind.VIDEO.value, "id": doomed.id}
    runs = await session.scalar(
        text("SELECT max(run_number) FROM runs WHERE item_kind = :kind AND item_id = :id"), key
    )
    for table in ("work_orders", "events", "runs", "plan_items"):
        await session.execute(
            text(f"DELETE FROM {table} WHERE item_kind = :kind AND item_id = :id"),  # noqa: S608 - constants
            key,
        )
    await session.execute(text("DELETE FROM videos WHERE id = :id"), {"id": doomed.id})
    await tell_sources(session, doomed.media_id, now)
    await session.execute(
        text("""
          DELETE FROM events e USING transcriptions t
          WHERE t.media_id = :media AND e.item_kind = :kind AND e.item_id = t.id
            AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.media_id = t.media_id)"""),
        {"media": doomed.media_id, "kind": ItemKind.TRANSCRIPTION.value},
    )
    await session.execute(
        text("""DELETE FROM media m WHERE m.id = :media
                  AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.media_id = m.id)"""),
        {"media": doomed.media_id},
    )
    await session.execute(
        text("""
          WITH run AS (
            INSERT INTO runs (item_kind, item_id, run_number, trigger, status, started_at,
              finished_at)
            VALUES (:kind, :id, :number, :trigger, 'done', :now, :now) RETURNING id)
          INSERT INTO events (run_id, item_kind, item_id, name, at)
          SELECT run.id, :kind, :id, :event, :now FROM run"""),
        {
            **key,
            "number": 1 + (runs or 0),
            "trigger": RETRACTED,
            "event": VIDEO_PURGED,
            "now": now,
        },
    )


async def drop_emptied_pages(session: AsyncConnection, doomed: Doomed) -> None:
    """Delete what is left of pages, groups and a creator that have nothing to say any more.

    Old versions of a page whose claims all went with the video go too: their titles and summaries
    were made of it.
    """
    values = {"profile": doomed.profile, "creator": doomed.creator_id}
    await session.execute(
        text("""
          DELETE FROM page_versions v USING pages p
          WHERE p.id = v.page_id AND p.profile = :profile AND p.creator_id = :creator
            AND (p.retired_at IS NOT NULL OR v.id IS DISTINCT FROM p.current_version_id)
            AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.page_version_id = v.id)"""),
        values,
    )
    await session.execute(
        text("""
          DELETE FROM pages p
          WHERE p.profile = :profile AND p.creator_id = :creator AND p.retired_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM page_versions v WHERE v.page_id = p.id)"""),
        values,
    )
    await session.execute(
        text("""
          WITH gone AS (
            DELETE FROM page_groups g
            WHERE g.profile = :profile AND g.creator_id = :creator
              AND NOT EXISTS (SELECT 1 FROM videos v
                              WHERE v.profile = g.profile AND v.creator_id = g.creator_id)
              AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.group_id = g.id) RETURNING id)
          DELETE FROM plan_items i USING gone
          WHERE i.item_kind = 'page_group' AND i.item_id = gone.id"""),
        values,
    )
    await session.execute(
        text("""
          DELETE FROM creators c WHERE c.id = :creator
            AND NOT EXISTS (SELECT 1 FROM media m WHERE m.creator_id = c.id)
            AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.creator_id = c.id)
            AND NOT EXISTS (SELECT 1 FROM page_groups g WHERE g.creator_id = c.id)
            AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.creator_id = c.id)"""),
        values,
    )


async def hand_over(session: AsyncConnection, source_id: int) -> int:
    """Give videos that another source took, too, to that one; return how many."""
    handed = await session.scalars(
        text("""
          UPDATE videos v SET source_id = o.source_id FROM (
            SELECT DISTINCT ON (w.id) w.id, i.source_id
            FROM videos w
            JOIN source_items i ON i.media_id = w.media_id AND i.state = 'taken'
            JOIN sources s ON s.id = i.source_id AND w.profile = ANY(s.profiles)
            WHERE w.source_id = :source AND i.source_id <> :source
            ORDER BY w.id, i.source_id) o
          WHERE v.id = o.id RETURNING v.id"""),
        {"source": source_id},
    )
    await session.execute(
        text("""
          UPDATE media m SET source_id = o.source_id FROM (
            SELECT media_id, min(source_id) AS source_id FROM videos
            WHERE source_id <> :source GROUP BY media_id) o
          WHERE m.source_id = :source AND o.media_id = m.id"""),
        {"source": source_id},
    )
    return len(handed.all())


async def delete_source(session: AsyncConnection, source_id: int, now: datetime) -> None:
    """Delete a source and its record; what it brought stays, without a source."""
    key = {"kind": ItemKind.SOURCE.value, "id": source_id}
    for table in ("work_orders", "events", "runs"):
        await session.execute(
            text(f"DELETE FROM {table} WHERE item_kind = :kind AND item_id = :id"),  # noqa: S608 - constants
            key,
        )
    await session.execute(text("DELETE FROM sources WHERE id = :id"), {"id": source_id})
    await session.execute(
        text("""INSERT INTO events (item_kind, item_id, name, at)
                VALUES (:kind, :id, :event, :now)"""),
        {**key, "event": SOURCE_REMOVED, "now": now},
    )
