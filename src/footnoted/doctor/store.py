"""The SQL of the checks: what a healthy machine has none of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_ITEMS = """
  SELECT status, not_before, lease_owner, lease_expires_at FROM videos
  UNION ALL SELECT status, not_before, lease_owner, lease_expires_at FROM page_groups
  UNION ALL SELECT status, not_before, lease_owner, lease_expires_at FROM sources WHERE NOT paused
  UNION ALL SELECT status, not_before, lease_owner, lease_expires_at FROM transcriptions
"""


class Stuck(NamedTuple):
    """Items that are held or asleep: leases, those run out before a time, waits over before it."""

    leases: int
    leases_run_out: int
    waits_over: int


class Parked(NamedTuple):
    """Videos of a profile that is not installed."""

    profile: str
    videos: int


async def server_version(session: AsyncConnection) -> str:
    """Return the version the server gives itself."""
    return str(await session.scalar(text("SHOW server_version")))


async def stuck_items(session: AsyncConnection, before: datetime) -> Stuck:
    """Return how many items are held, and how many should have been let go before a time."""
    row = await session.execute(
        text(f"""
          SELECT count(*) FILTER (WHERE lease_owner IS NOT NULL),
            count(*) FILTER (WHERE lease_owner IS NOT NULL AND lease_expires_at < :before),
            count(*) FILTER (WHERE not_before < :before)
          FROM ({_ITEMS}) i"""),  # noqa: S608 - a constant
        {"before": before},
    )
    return Stuck(*row.one())


async def unheard_videos(session: AsyncConnection) -> dict[str, int]:
    """Return how many videos failed because nothing heard, by failure code."""
    rows = await session.execute(
        text("""SELECT failure_code, count(*) AS videos FROM videos
                WHERE status = 'failed'
                  AND failure_code IN ('no_captions', 'speech_recognition_deadline')
                GROUP BY failure_code ORDER BY failure_code""")
    )
    return {row.failure_code: row.videos for row in rows}


async def parked_videos(session: AsyncConnection, profiles: Sequence[str]) -> list[Parked]:
    """Return the unfinished videos of other profiles than these, most first."""
    rows = await session.execute(
        text("""
          SELECT profile, count(*) FROM videos
          WHERE profile <> ALL(:profiles)
            AND status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled')
          GROUP BY profile ORDER BY count(*) DESC, profile"""),
        {"profiles": list(profiles)},
    )
    return [Parked(*row) for row in rows]


async def asks_pages(session: AsyncConnection) -> bool:
    """Return whether anything that is followed or wanted is read through yt-dlp."""
    has_table = await session.scalar(text("SELECT to_regclass('transcriptions') IS NOT NULL"))
    if not has_table:
        return False
    found: bool = await session.scalar(
        text("""
          SELECT EXISTS (SELECT 1 FROM sources WHERE kind IN ('youtube', 'site'))
            OR EXISTS (SELECT 1 FROM media WHERE identity LIKE 'youtube:%')""")
    )
    return found
