"""The SQL that opens work: videos in fair turns, with the run and the event that tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.db.session import WORK_CHANNEL
from footnoted.db.tables import TERMINAL_VIDEO_STATUSES
from footnoted.model.status import CANCELLED, DISCOVERED, ItemKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

VIDEO_DISCOVERED = "video.discovered"
VIDEO_REOPENED = "video.reopened"
TRANSCRIPT_MISSING = "transcript_missing"
SPEECH_RECOGNITION = "speech_recognition"

TRANSCRIPTION_PENDING = "transcription"
"""The wait of a video while its recording is being transcribed."""

BUDGET = "budget"
"""The wait of what found no room under a cap."""

MANUAL = "manual"
SCHEDULED = "scheduled"

FOR_A_PERSON = timedelta(days=30)
"""How long what only a person can bring is waited for: a file, or something that hears."""

_LOOKS_AGAIN = timedelta(hours=1)
"""When a video looks how its transcription fares though that one never woke it."""


@dataclass(slots=True)
class Opening:
    """Who opens work and when: its source (None for one-offs), trigger, time, and next turn."""

    source_id: int | None
    trigger: str
    now: datetime
    turn: int

    def next_turn(self) -> int:
        """Return a place in the fair queue, each later than the one before."""
        self.turn += 1
        return self.turn - 1


class Queueing(NamedTuple):
    """How a new video stands: its priority, and whether its transcription is to wake it."""

    priority: int = 0
    waits: bool = False


QUEUED = Queueing()

FRESH_PRIORITY = 1
"""What is new stands before what is old."""


def priority_of(source_priority: int, bonus: int = 0) -> int:
    """Return the priority of what a source brings; a `bonus` never overtakes another source's."""
    return source_priority * 2 + bonus


async def first_turn(session: AsyncConnection, source_id: int | None) -> int:
    """Return where a source's next video stands in the queue (start-time fair queuing).

    Behind the source's own unfinished videos, and not before what others have waiting: so one busy
    source delays another by one video at a time (Goyal, Vin, Cheng 1996, SIGCOMM, section 2).
    """
    turn = await session.scalar(
        text("""
          SELECT GREATEST(
            (SELECT 1 + max(turn) FROM videos
             WHERE source_id IS NOT DISTINCT FROM CAST(:source AS bigint)
               AND status <> ALL(:finished)),
            (SELECT min(turn) FROM videos
             WHERE status = :discovered AND not_before IS NULL AND lease_owner IS NULL),
            0)"""),
        {
            "source": source_id,
            "finished": list(TERMINAL_VIDEO_STATUSES),
            "discovered": DISCOVERED,
        },
    )
    return int(turn or 0)


async def lock_videos(session: AsyncConnection, media_ids: Sequence[int]) -> None:
    """Lock the videos of recordings before the recordings, the order in which stages save."""
    await session.execute(
        text("SELECT id FROM videos WHERE media_id = ANY(:media) ORDER BY id FOR UPDATE"),
        {"media": list(media_ids)},
    )


async def open_video(
    session: AsyncConnection,
    media_id: int,
    profile: str,
    opening: Opening,
    fields: Mapping[str, Any],
    how: Queueing = QUEUED,
) -> int | None:
    """Return the id of the new video, with its run and event; None when there is one already."""
    video_id = await session.scalar(
        text("""
          INSERT INTO videos
            (media_id, profile, creator_id, source_id, status, priority, turn, created_at,
             updated_at, wait_reason, not_before)
          SELECT m.id, :profile, m.creator_id, :source, :status, :priority, :turn, :now, :now,
            CASE WHEN :waits THEN :reason END, CASE WHEN :waits THEN CAST(:until AS timestamptz) END
          FROM media m WHERE m.id = :media
          ON CONFLICT (media_id, profile) DO NOTHING RETURNING id"""),
        {
            "media": media_id,
            "profile": profile,
            "source": opening.source_id,
            "status": DISCOVERED,
            "priority": how.priority,
            "turn": opening.turn,
            "now": opening.now,
            "waits": how.waits,
            "reason": TRANSCRIPTION_PENDING,
            "until": opening.now + _LOOKS_AGAIN,
        },
    )
    if video_id is None:
        return None
    opening.next_turn()
    await _tell(session, video_id, VIDEO_DISCOVERED, opening, {**fields, "profile": profile})
    return int(video_id)


async def reopen_videos(
    session: AsyncConnection, media_id: int, opening: Opening, why: Sequence[str], *, forgets: bool
) -> list[int]:
    """Send the videos of a recording through their stages again; return those it moved.

    Whoever works on one loses it (the fence rises). Cancelled ones stay. With `forgets`, a
    quality accepted by hand was accepted of other words and counts no more.
    """
    rows = await session.execute(
        text("""SELECT id, status FROM videos WHERE media_id = :media AND status <> :cancelled
                ORDER BY id FOR UPDATE"""),
        {"media": media_id, "cancelled": CANCELLED},
    )
    moved: list[int] = []
    for row in rows.all():
        await session.execute(
            text("""
              UPDATE videos SET status = :status, wait_reason = NULL, wait_detail = NULL,
                not_before = NULL, deadline = NULL, attempts = 0, crashes = 0, failure_code = NULL,
                failure_detail = NULL, fence = fence + 1, lease_owner = NULL,
                lease_expires_at = NULL, updated_at = :now,
                quality_accepted = quality_accepted AND NOT :forgets,
                turn = CASE WHEN status = :status THEN turn ELSE :turn END
              WHERE id = :id"""),
            {
                "id": row.id,
                "status": DISCOVERED,
                "turn": opening.turn,
                "now": opening.now,
                "forgets": forgets,
            },
        )
        if row.status != DISCOVERED:
            opening.next_turn()
            await _tell(session, row.id, VIDEO_REOPENED, opening, {"why": list(why)})
            moved.append(row.id)
    return moved


async def _tell(
    session: AsyncConnection, video_id: int, name: str, opening: Opening, fields: Mapping[str, Any]
) -> None:
    """End the run that was under way, begin the next, and write its first event."""
    await session.execute(
        text("""UPDATE runs SET status = 'cancelled', finished_at = :now
                WHERE item_kind = :kind AND item_id = :id AND status = 'running'"""),
        {"kind": ItemKind.VIDEO.value, "id": video_id, "now": opening.now},
    )
    await session.execute(
        text("""
          WITH run AS (
            INSERT INTO runs (item_kind, item_id, run_number, trigger, status, started_at)
            SELECT :kind, :id, 1 + COALESCE(max(run_number), 0), :trigger, 'running', :now
            FROM runs WHERE item_kind = :kind AND item_id = :id RETURNING id)
          INSERT INTO events (run_id, item_kind, item_id, name, fields, at)
          SELECT id, :kind, :id, :name, :fields, :now FROM run""").bindparams(
            bindparam("fields", type_=JSONB)
        ),
        {
            "kind": ItemKind.VIDEO.value,
            "id": video_id,
            "trigger": opening.trigger,
            "now": opening.now,
            "name": name,
            "fields": dict(fields),
        },
    )


async def wake_videos(session: AsyncConnection, media_ids: Sequence[int], now: datetime) -> None:
    """End the waits for files of these recordings: something is there now."""
    await session.execute(
        text("""
          UPDATE videos SET wait_reason = NULL, wait_detail = NULL, not_before = NULL,
            deadline = NULL, updated_at = :now
          WHERE media_id = ANY(:media) AND wait_reason = ANY(:reasons)"""),
        {
            "media": list(media_ids),
            "reasons": [TRANSCRIPT_MISSING, SPEECH_RECOGNITION],
            "now": now,
        },
    )


async def wake_found(
    session: AsyncConnection, files: Sequence[str], folders: Sequence[str], now: datetime
) -> None:
    """End the waits for words that a look has just seen: at these paths, or below these folders.

    A whole folder that was away and came back brings nothing new, missing or returned.
    """
    await session.execute(
        text("""
          UPDATE videos SET wait_reason = NULL, wait_detail = NULL, not_before = NULL,
            deadline = NULL, updated_at = :now
          WHERE wait_reason = :reason AND media_id IN (
            SELECT f.media_id FROM media_files f
            WHERE f.role = 'transcript' AND f.missing_at IS NULL
              AND (f.path = ANY(:files) OR EXISTS (
                SELECT 1 FROM unnest(CAST(:folders AS text[])) folder
                WHERE starts_with(f.path, folder || '/'))))"""),
        {
            "files": list(files),
            "folders": [folder.rstrip("/") for folder in folders],
            "reason": TRANSCRIPT_MISSING,
            "now": now,
        },
    )


async def wake_capped(session: AsyncConnection, source_id: int, now: datetime) -> None:
    """End the waits of a source for a cap: it may have another now. What others cap waits again."""
    for table in ("videos", "transcriptions"):
        await session.execute(
            text(f"""
              UPDATE {table} SET wait_reason = NULL, wait_detail = NULL, not_before = NULL,
                deadline = NULL, updated_at = :now
              WHERE source_id = :source AND wait_reason = :reason AND lease_owner IS NULL"""),  # noqa: S608 - our names
            {"source": source_id, "reason": BUDGET, "now": now},
        )


async def move_to_creator(
    session: AsyncConnection, media_id: int, creator_id: int, now: datetime
) -> None:
    """Give the videos of a recording to another creator, and have both composed anew.

    Pages are composed per creator, so every group that a video may have left is due again.
    """
    await session.execute(
        text("""
          WITH left_ AS (
            SELECT DISTINCT creator_id, profile FROM videos
            WHERE media_id = :media AND creator_id <> :creator),
          locked AS MATERIALIZED (  -- in the order in which everybody locks them
            SELECT g.id FROM page_groups g JOIN left_ l
              ON l.creator_id = g.creator_id AND l.profile = g.profile
            ORDER BY g.id FOR NO KEY UPDATE OF g)
          UPDATE page_groups g SET wanted = wanted + 1, wanted_at = COALESCE(wanted_at, :now),
            status = 'stale', updated_at = :now
          FROM locked WHERE g.id = locked.id"""),
        {"media": media_id, "creator": creator_id, "now": now},
    )
    await session.execute(
        text("""UPDATE videos SET creator_id = :creator, updated_at = :now
                WHERE media_id = :media AND creator_id <> :creator"""),
        {"media": media_id, "creator": creator_id, "now": now},
    )


async def notify_work(session: AsyncConnection) -> None:
    """Tell a running daemon, on commit, that there is work from outside of its loop."""
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": WORK_CHANNEL})
