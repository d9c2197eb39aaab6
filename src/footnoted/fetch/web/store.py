"""The SQL of hosts: one row for each that was asked of late or is not forgiven yet."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.texts import storable
from footnoted.fetch.web.hosts import Standing

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


async def hold(session: AsyncConnection, host: str) -> Standing:
    """Return how a host stands, and keep others from changing that until the transaction ends."""
    row = await session.execute(
        text("""INSERT INTO hosts (host) VALUES (:host)
                ON CONFLICT (host) DO UPDATE SET host = excluded.host
                RETURNING goes_at, failures, code, detail, refused_at, rests_until"""),
        {"host": host},
    )
    return Standing(*row.one())


async def keep(session: AsyncConnection, host: str, standing: Standing) -> None:
    """Put `standing` in the place of what is remembered of a host that is held."""
    values = asdict(standing) | {
        "host": host,
        "detail": standing.detail and storable(standing.detail),
    }
    await session.execute(
        text("""UPDATE hosts SET goes_at = :goes_at, failures = :failures, code = :code,
                  detail = :detail, refused_at = :refused_at, rests_until = :rests_until
                WHERE host = :host"""),
        values,
    )


async def forget(session: AsyncConnection, before: datetime) -> None:
    """Forget hosts that nothing is held against and that were not asked since `before`."""
    await session.execute(
        text("""DELETE FROM hosts
                WHERE failures = 0 AND (goes_at IS NULL OR goes_at < :before)"""),
        {"before": before},
    )


async def resting(session: AsyncConnection, now: datetime) -> list[tuple[str, Standing]]:
    """Return the hosts that rest now, the one that rests longest first."""
    rows = await session.execute(
        text("""SELECT host, goes_at, failures, code, detail, refused_at, rests_until FROM hosts
                WHERE rests_until > :now ORDER BY rests_until DESC, host"""),
        {"now": now},
    )
    return [(row.host, Standing(*row[1:])) for row in rows]
