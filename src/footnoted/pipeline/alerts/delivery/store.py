"""The SQL of deliveries: what a receiver was not told yet, and when it may be told something."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.pipeline.alerts.delivery.message import News
from footnoted.stages.news import TOLD_ONCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

BATCH = 500
"""Alerts that one message tells of at most; more follow in the next."""

_ONCE = ", ".join(f"'{code}'" for code in TOLD_ONCE)
# What a receiver was never told of and was over before anybody knew of the receiver stays untold;
# news are told once, not a second time when they are old.
_UNTOLD = f"""
  FROM alert_receivers r JOIN alerts a ON true
  LEFT JOIN alert_deliveries d ON d.alert_id = a.id AND d.receiver = r.name
  WHERE CASE
    WHEN a.resolved_at IS NULL THEN d.opening IS NULL OR d.opening < a.opening
    WHEN a.code IN ({_ONCE}) THEN false
    WHEN d.opening = a.opening THEN NOT d.is_end_told
    ELSE a.resolved_at > r.since
  END
"""


class Silent(NamedTuple):
    """A receiver that does not take what it is sent: since when, why, and how much waits for it."""

    name: str
    since: datetime
    why: str
    waiting: int


class Failure(NamedTuple):
    """That a receiver did not take a message: why, and when it may be tried again."""

    why: str
    next_at: datetime


async def register(session: AsyncConnection, names: Sequence[str], now: datetime) -> None:
    """Let exactly `names` be the receivers; whatever they wait for is over with a new start."""
    await session.execute(
        text("DELETE FROM alert_receivers WHERE name <> ALL(:names)"), {"names": list(names)}
    )
    await session.execute(
        text("""
          INSERT INTO alert_receivers (name, since) SELECT unnest(CAST(:names AS text[])), :now
          ON CONFLICT (name) DO UPDATE SET next_at = NULL, claimed_until = NULL"""),
        {"names": sorted(names), "now": now},
    )


async def keep_registered(session: AsyncConnection, names: Sequence[str], now: datetime) -> None:
    """Register again what another daemon, with other settings, took for removed."""
    await session.execute(
        text("""
          INSERT INTO alert_receivers (name, since) SELECT unnest(CAST(:names AS text[])), :now
          ON CONFLICT (name) DO NOTHING"""),
        {"names": sorted(names), "now": now},
    )


async def has_news(session: AsyncConnection, receiver: str) -> bool:
    """Return whether there is anything that the receiver was not told yet."""
    found = await session.scalar(
        text(f"SELECT EXISTS (SELECT 1 {_UNTOLD} AND r.name = :receiver)"),
        {"receiver": receiver},
    )
    return bool(found)


async def claim(
    session: AsyncConnection, receiver: str, now: datetime, until: datetime, *, hurries: bool
) -> bool:
    """Return whether the receiver is ours to tell until a time; nobody else tells it meanwhile.

    With `hurries` it is not waited for a receiver that rests after a message or a failure.
    """
    claimed = await session.scalar(
        text("""
          UPDATE alert_receivers SET claimed_until = :until
          WHERE name = :receiver AND (claimed_until IS NULL OR claimed_until <= :now)
            AND (:hurries OR next_at IS NULL OR next_at <= :now)
          RETURNING name"""),
        {"receiver": receiver, "now": now, "until": until, "hurries": hurries},
    )
    return claimed is not None


async def untold(session: AsyncConnection, receiver: str) -> list[News]:
    """Return what the receiver was not told yet, oldest first, at most BATCH."""
    rows = await session.execute(
        text(f"""
          SELECT a.id, a.opening, a.code, a.concerns, a.message, a.count AS times, a.first_at,
            a.last_at, a.resolved_at
          {_UNTOLD} AND r.name = :receiver
          ORDER BY COALESCE(a.resolved_at, a.first_at), a.id LIMIT :limit"""),
        {"receiver": receiver, "limit": BATCH},
    )
    return [News(*row) for row in rows]


async def note_told(
    session: AsyncConnection, receiver: str, news: Sequence[News], now: datetime, next_at: datetime
) -> None:
    """Record what a receiver took, and let it rest until `next_at`."""
    await session.execute(
        text("""
          INSERT INTO alert_deliveries (alert_id, receiver, opening, is_end_told, told_at)
          SELECT t.id, :receiver, t.opening, t.is_over, :now
          FROM unnest(CAST(:ids AS bigint[]), CAST(:openings AS int[]), CAST(:over AS boolean[]))
            AS t (id, opening, is_over)
          JOIN alerts a ON a.id = t.id ORDER BY t.id
          ON CONFLICT (alert_id, receiver) DO UPDATE SET opening = excluded.opening,
            is_end_told = excluded.is_end_told, told_at = excluded.told_at"""),
        {
            "receiver": receiver,
            "ids": [one.alert_id for one in news],
            "openings": [one.opening for one in news],
            "over": [one.resolved_at is not None for one in news],
            "now": now,
        },
    )
    await session.execute(
        text("""
          UPDATE alert_receivers SET failures = 0, failing_since = NULL, failure_detail = NULL,
            next_at = :next_at, claimed_until = NULL
          WHERE name = :receiver"""),
        {"receiver": receiver, "next_at": next_at},
    )


async def note_failure(
    session: AsyncConnection, receiver: str, failure: Failure, now: datetime
) -> None:
    """Record that a receiver did not take a message."""
    await session.execute(
        text("""
          UPDATE alert_receivers SET failures = failures + 1, failure_detail = :why,
            failing_since = COALESCE(failing_since, :now), next_at = :next_at, claimed_until = NULL
          WHERE name = :receiver"""),
        {"receiver": receiver, "why": failure.why, "next_at": failure.next_at, "now": now},
    )


async def let_go(session: AsyncConnection, receiver: str) -> None:
    """Give a claim back that nothing was done with."""
    await session.execute(
        text("UPDATE alert_receivers SET claimed_until = NULL WHERE name = :receiver"),
        {"receiver": receiver},
    )


async def failures_of(session: AsyncConnection, receiver: str) -> int:
    """Return how many messages in a row the receiver did not take."""
    failures: int | None = await session.scalar(
        text("SELECT failures FROM alert_receivers WHERE name = :receiver"), {"receiver": receiver}
    )
    return failures or 0


async def silent_receivers(session: AsyncConnection) -> list[Silent]:
    """Return the receivers that did not take the last message, with what waits for them."""
    rows = await session.execute(
        text(f"""
          SELECT s.name, s.failing_since, s.failure_detail,
            (SELECT count(*) {_UNTOLD} AND r.name = s.name) AS waiting
          FROM alert_receivers s WHERE s.failures > 0 ORDER BY s.name""")  # noqa: S608 - a constant
    )
    return [Silent(*row) for row in rows]
