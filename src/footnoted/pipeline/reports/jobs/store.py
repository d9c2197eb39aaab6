"""The SQL of jobs: what is due, being worked on, waited for, and planned."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class JobKind(StrEnum):
    """What a job does: looks at a source, or gets what was said in a recording."""

    POLL = "poll"
    TRANSCRIPTION = "transcription"


class JobState(StrEnum):
    """How a job stands; `planned` ones have a time and nothing to wait for before it."""

    ACTIVE = "active"
    QUEUED = "queued"
    WAITING = "waiting"
    PLANNED = "planned"


class JobLine(BaseModel):
    """A job: `item_id` is the source's or the recording's id; `at` when it goes on, if known."""

    model_config = ConfigDict(frozen=True)

    kind: JobKind
    item_id: int
    title: str
    state: JobState
    step: str
    at: datetime | None
    reason: str | None
    detail: str | None
    attempts: int


_STATE = """
  CASE WHEN lease_owner IS NOT NULL AND lease_expires_at > :now THEN 'active'
       WHEN {planned} THEN 'planned'
       WHEN not_before > :now THEN 'waiting' ELSE 'queued' END
"""

_JOBS = text(
    f"""
  SELECT * FROM (
    SELECT 'poll' AS kind, s.id AS item_id, s.title, s.status AS step, s.attempts,
      {_STATE.format(planned="s.status = 'followed'")} AS state,
      CASE WHEN s.status = 'followed' THEN s.next_poll_at ELSE s.not_before END AS at,
      s.wait_reason AS reason, s.wait_detail AS detail, s.priority, s.turn
    FROM sources s
    WHERE NOT s.paused AND s.status IN ('due', 'followed')
      AND (CAST(:source AS bigint) IS NULL OR s.id = :source)
      AND CAST(:media AS bigint) IS NULL
    UNION ALL
    SELECT 'transcription', t.media_id, m.title, t.status, t.attempts,
      {_STATE.format(planned="t.status = 'heard'")},
      CASE WHEN t.status = 'heard' THEN t.next_check_at ELSE t.not_before END,
      t.wait_reason, t.wait_detail, t.priority, t.turn
    FROM transcriptions t JOIN media m ON m.id = t.media_id
    WHERE (t.status IN ('wanted', 'obtained') OR t.next_check_at IS NOT NULL)
      AND (CAST(:source AS bigint) IS NULL OR t.source_id = :source)
      AND (CAST(:media AS bigint) IS NULL OR t.media_id = :media)) jobs
  WHERE CAST(:state AS text) IS NULL OR state = :state
  ORDER BY array_position(ARRAY['active', 'queued', 'waiting', 'planned'], state),
    at NULLS FIRST, priority DESC, turn, kind, item_id
  LIMIT :limit
"""  # noqa: S608 - constants
)


class JobFilter(BaseModel):
    """Which jobs are asked for: those of a source, of a recording, in a state; None is all."""

    model_config = ConfigDict(frozen=True)

    source_id: int | None = None
    media_id: int | None = None
    state: JobState | None = None


async def read_jobs(
    session: AsyncConnection, wanted: JobFilter, now: datetime, limit: int
) -> list[JobLine]:
    """Return at most `limit` jobs: what is worked on, then what is next."""
    rows = await session.execute(
        _JOBS,
        {
            "source": wanted.source_id,
            "media": wanted.media_id,
            "state": wanted.state,
            "now": now,
            "limit": limit,
        },
    )
    return [JobLine.model_validate(row) for row in rows.mappings()]
