"""The SQL of alerts: one row per code and thing, counted while it lasts."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.db.texts import storable
from footnoted.pipeline.alerts.alert import COST_CAP_REACHED, SPENDING_UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.pipeline.alerts.alert import Alert


class OpenAlert(NamedTuple):
    """An alert that is not over: how often it was raised, first and last."""

    code: str
    concerns: str
    message: str
    times: int
    first_at: datetime
    last_at: datetime


async def raise_alert(session: AsyncConnection, alert: Alert, now: datetime) -> bool:
    """Raise an alert, or count it again while it lasts; return whether it is news."""
    row = await session.execute(
        text("""
          INSERT INTO alerts (code, concerns, message, first_at, last_at)
          VALUES (:code, :concerns, :message, :now, :now)
          ON CONFLICT (code, concerns) DO UPDATE SET message = excluded.message,
            count = CASE WHEN alerts.resolved_at IS NULL THEN alerts.count + 1 ELSE 1 END,
            first_at = CASE WHEN alerts.resolved_at IS NULL THEN alerts.first_at ELSE :now END,
            opening = alerts.opening + (alerts.resolved_at IS NOT NULL)::int,
            last_at = :now, resolved_at = NULL
          RETURNING count"""),
        {
            "code": alert.code,
            "concerns": alert.concerns,
            "message": storable(alert.message),
            "now": now,
        },
    )
    return bool(row.scalar_one() == 1)


async def raise_once(session: AsyncConnection, alert: Alert, now: datetime) -> None:
    """Raise an alert that nobody was ever told of; one that was raised before stays as it is."""
    await session.execute(
        text("""INSERT INTO alerts (code, concerns, message, first_at, last_at)
                VALUES (:code, :concerns, :message, :now, :now)
                ON CONFLICT (code, concerns) DO NOTHING"""),
        {
            "code": alert.code,
            "concerns": alert.concerns,
            "message": storable(alert.message),
            "now": now,
        },
    )


async def forget_alerts(session: AsyncConnection, code: str, standing: Collection[str]) -> None:
    """Erase the alerts of a code about anything but `standing`: it is not so any more."""
    await session.execute(
        text("DELETE FROM alerts WHERE code = :code AND concerns <> ALL(:standing)"),
        {"code": code, "standing": sorted(standing)},
    )


async def end_alerts_before(
    session: AsyncConnection, code: str, before: datetime, now: datetime
) -> None:
    """Note that the alerts of a code that were raised before a time are over."""
    await session.execute(
        text("""UPDATE alerts SET resolved_at = :now
                WHERE code = :code AND resolved_at IS NULL AND first_at < :before"""),
        {"code": code, "before": before, "now": now},
    )


async def resolve_alert(session: AsyncConnection, code: str, concerns: str, now: datetime) -> bool:
    """Note that an alert is over; return whether it was open."""
    resolved = await session.scalar(
        text("""UPDATE alerts SET resolved_at = :now
                WHERE code = :code AND concerns = :concerns AND resolved_at IS NULL
                RETURNING id"""),
        {"code": code, "concerns": concerns, "now": now},
    )
    return resolved is not None


async def resolve_alerts_of(
    session: AsyncConnection, concerns: Sequence[str], now: datetime
) -> None:
    """Note that whatever there is about these things is over."""
    await session.execute(
        text("""UPDATE alerts SET resolved_at = :now
                WHERE concerns = ANY(:concerns) AND resolved_at IS NULL"""),
        {"concerns": list(concerns), "now": now},
    )


async def open_alerts(session: AsyncConnection) -> list[OpenAlert]:
    """Return the alerts that are not over, newest first."""
    rows = await session.execute(
        text("""SELECT code, concerns, message, count, first_at, last_at FROM alerts
                WHERE resolved_at IS NULL ORDER BY last_at DESC, id DESC""")
    )
    return [OpenAlert(*row) for row in rows]


async def end_passed_caps(session: AsyncConnection, in_force: Sequence[str], now: datetime) -> None:
    """Note that caps are no longer reached, but for those `in_force`: patterns of LIKE."""
    await session.execute(
        text("""UPDATE alerts SET resolved_at = :now
                WHERE code = :code AND resolved_at IS NULL
                  AND NOT concerns LIKE ANY(CAST(:in_force AS text[]))"""),
        {"code": COST_CAP_REACHED, "in_force": list(in_force), "now": now},
    )


async def lost_since_dismissed(session: AsyncConnection) -> tuple[int, Decimal]:
    """Return how many paid calls were lost since their alert was last over, and what they hold.

    A call is lost when it failed, or when its deadline had passed.
    """
    row = await session.execute(
        text("""
          SELECT count(*), COALESCE(sum(reserved_usd), 0) FROM llm_calls
          WHERE state = 'unknown' AND reserved_usd > 0
            AND CASE WHEN fault_code = 'deadline' THEN deadline_at ELSE sent_at END > COALESCE(
              (SELECT resolved_at FROM alerts WHERE code = :code), '-infinity')"""),
        {"code": SPENDING_UNKNOWN},
    )
    calls, usd = row.one()
    return calls, usd


async def dismiss_alerts(session: AsyncConnection, code: str, now: datetime) -> int:
    """Note that all alerts of a code are over because a person said so; return how many were."""
    dismissed = await session.execute(
        text("""UPDATE alerts SET resolved_at = :now WHERE code = :code AND resolved_at IS NULL"""),
        {"code": code, "now": now},
    )
    return dismissed.rowcount
