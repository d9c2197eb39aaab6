"""The SQL of looking ahead: what is ready, what wakes when, and the waking itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.ledger.switches.switches import PAUSE
from footnoted.model.status import ItemKind
from footnoted.pipeline.store import TABLES, crash_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_WAKE = """
  WITH woken_{table} AS (
    UPDATE {table} SET not_before = NULL WHERE id IN (
      SELECT id FROM {table} WHERE not_before <= :now
      ORDER BY not_before LIMIT 1000 FOR UPDATE SKIP LOCKED)
    RETURNING 1
  ), reaped_{table} AS (
    UPDATE {table} SET lease_owner = NULL, lease_expires_at = NULL, crashes = {crash}
    WHERE id IN (
      SELECT id FROM {table} WHERE lease_owner IS NOT NULL AND lease_expires_at <= :now
      ORDER BY lease_expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM woken_{table}), (SELECT count(*) FROM reaped_{table})
"""

_IS_TIME = """(next_poll_at <= :now OR (isfinite(next_poll_at) AND
  next_poll_at > CAST(:now AS timestamptz) + make_interval(secs => 2 * poll_interval_s)))"""
"""A look planned for later than any interval was planned while the clock was wrong."""

_LOOK = text(
    f"""
  SELECT
    EXISTS (SELECT 1 FROM videos WHERE not_before <= :now)
    OR EXISTS (SELECT 1 FROM page_groups WHERE not_before <= :now)
    OR EXISTS (SELECT 1 FROM sources WHERE not_before <= :now)
    OR EXISTS (SELECT 1 FROM transcriptions WHERE not_before <= :now)
    OR EXISTS (SELECT 1 FROM transcriptions WHERE next_check_at <= :now)
    OR EXISTS (SELECT 1 FROM sources
               WHERE status = 'followed' AND {_IS_TIME} AND NOT paused)
    OR EXISTS (SELECT 1 FROM videos WHERE lease_owner IS NOT NULL AND lease_expires_at <= :now)
    OR EXISTS (SELECT 1 FROM page_groups
               WHERE lease_owner IS NOT NULL AND lease_expires_at <= :now)
    OR EXISTS (SELECT 1 FROM sources WHERE lease_owner IS NOT NULL AND lease_expires_at <= :now)
    OR EXISTS (SELECT 1 FROM transcriptions
               WHERE lease_owner IS NOT NULL AND lease_expires_at <= :now)
      AS asleep,
    EXISTS (SELECT 1 FROM videos WHERE not_before IS NULL AND lease_owner IS NULL
            AND status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')
            AND profile = ANY(:profiles))
    OR EXISTS (SELECT 1 FROM page_groups WHERE not_before IS NULL AND lease_owner IS NULL
               AND status = 'stale' AND profile = ANY(:profiles))
    OR EXISTS (SELECT 1 FROM sources WHERE not_before IS NULL AND lease_owner IS NULL
               AND status = 'due' AND NOT paused)
    OR EXISTS (SELECT 1 FROM transcriptions WHERE not_before IS NULL AND lease_owner IS NULL
               AND status NOT IN ('heard', 'failed', 'quarantined', 'skipped', 'cancelled'))
      AS ready,
    LEAST(
      (SELECT min(not_before) FROM videos WHERE not_before > :now),
      (SELECT min(not_before) FROM page_groups WHERE not_before > :now),
      (SELECT min(not_before) FROM sources WHERE not_before > :now),
      (SELECT min(not_before) FROM transcriptions WHERE not_before > :now)
    ) AS next_wait_at,
    LEAST(
      (SELECT min(next_poll_at) FROM sources WHERE status = 'followed' AND NOT paused),
      (SELECT min(next_check_at) FROM transcriptions WHERE next_check_at IS NOT NULL)
    ) AS next_poll_at,
    EXISTS (SELECT 1 FROM index_outbox) AS index_behind,
    EXISTS (SELECT 1 FROM switches WHERE name = :pause AND (until IS NULL OR until > :now))
      AS is_paused
"""  # noqa: S608 - a constant
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the loop can expect; while a person has paused all work, nothing but the index's.

    Work that is ready now, something to wake now, when the next wait ends, when the next source is
    to be polled, and whether the index has documents to catch up with.
    """

    is_ready: bool
    is_asleep: bool
    next_wait_at: datetime | None
    next_poll_at: datetime | None
    is_index_behind: bool
    is_paused: bool = False


async def look(session: AsyncConnection, now: datetime, profiles: Sequence[str]) -> Outlook:
    """Return the outlook; the one query an idle daemon makes per poll."""
    values = {"now": now, "profiles": list(profiles), "pause": PAUSE}
    row = (await session.execute(_LOOK, values)).one()
    if row.is_paused:
        return Outlook(
            is_ready=False,
            is_asleep=False,
            next_wait_at=None,
            next_poll_at=None,
            is_index_behind=row.index_behind,
            is_paused=True,
        )
    return Outlook(row.ready, row.asleep, row.next_wait_at, row.next_poll_at, row.index_behind)


async def is_held_up(session: AsyncConnection, reasons: Sequence[str]) -> bool:
    """Return whether anything waits for one of these reasons."""
    waits = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table}"  # noqa: S608 - table names of ours
        " WHERE not_before IS NOT NULL AND wait_reason = ANY(:reasons))"
        for table in TABLES.values()
    )
    return bool(await session.scalar(text(f"SELECT {waits}"), {"reasons": list(reasons)}))


async def end_waits(session: AsyncConnection, reasons: Sequence[str]) -> None:
    """Make due whatever waits for one of these reasons."""
    for table in TABLES.values():
        await session.execute(
            text(f"""UPDATE {table} SET not_before = NULL
                     WHERE not_before IS NOT NULL AND wait_reason = ANY(:reasons)"""),  # noqa: S608
            {"reasons": list(reasons)},
        )


async def wake(session: AsyncConnection, now: datetime) -> int:
    """End the waits and the leases that are over; return how many leases had run out."""
    reaped = 0
    for kind, table in TABLES.items():
        statement = text(_WAKE.format(table=table, crash=crash_of(kind)))
        row = (await session.execute(statement, {"now": now})).one()
        reaped += row[1]
    await session.execute(
        text(f"""UPDATE sources SET status = 'due', turn = 0
                 WHERE status = 'followed' AND {_IS_TIME} AND NOT paused"""),  # noqa: S608
        {"now": now},
    )
    await session.execute(_CHECK_AGAIN, {"now": now})
    return reaped


_CHECK_AGAIN = text("""
  UPDATE transcriptions SET next_check_at = NULL, status = 'wanted', failure_code = NULL,
    failure_detail = NULL, attempts = 0, updated_at = :now
  WHERE id IN (
    SELECT id FROM transcriptions WHERE next_check_at <= :now AND lease_owner IS NULL
    ORDER BY next_check_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
""")
"""What is over is looked at again in its time: captions get better, recordings are trimmed."""


async def statuses_in_use(session: AsyncConnection) -> list[tuple[ItemKind, str, str]]:
    """Return every (kind, profile, status) that unfinished items stand at, for the boot check."""
    rows = await session.execute(
        text("""
          SELECT DISTINCT 'video' AS kind, profile, status FROM videos
          UNION SELECT DISTINCT 'page_group', profile, status FROM page_groups
          UNION SELECT DISTINCT 'source', '', status FROM sources
          UNION SELECT DISTINCT 'transcription', '', status FROM transcriptions
          ORDER BY 1, 2, 3""")
    )
    return [(ItemKind(row.kind), row.profile, row.status) for row in rows]
