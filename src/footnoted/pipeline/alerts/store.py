"""The SQL of alerts: one row per code and thing, counted while it lasts."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - tools read the fields of a row
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.db.texts import storable
from footnoted.pipeline.alerts.alert import COST_CAP_REACHED, SPENDING_UNKNOWN, Alert

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from decimal import Decimal

    from sqlalchemy.ext.asyncio import AsyncConnection


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


async def keep_open(session: AsyncConnection, alert: Alert, now: datetime) -> None:
    """Raise an alert unless it is open; one that is says what it is about now, uncounted."""
    await session.execute(
        text("""
          INSERT INTO alerts (code, concerns, message, first_at, last_at)
          VALUES (:code, :concerns, :message, :now, :now)
          ON CONFLICT (code, concerns) DO UPDATE SET message = excluded.message, last_at = :now,
            count = CASE WHEN alerts.resolved_at IS NULL THEN alerts.count ELSE 1 END,
            first_at = CASE WHEN alerts.resolved_at IS NULL THEN alerts.first_at ELSE :now END,
            opening = alerts.opening + (alerts.resolved_at IS NOT NULL)::int,
            resolved_at = NULL"""),
        {
            "code": alert.code,
            "concerns": alert.concerns,
            "message": storable(alert.message),
            "now": now,
        },
    )


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


async def end_unfelt_caps(session: AsyncConnection, before: datetime, now: datetime) -> None:
    """Note that caps are no longer reached that nothing waits for, nor is at work under.

    Those that left no room since `before` stay, and so does that of a run, which ends with it.
    """
    await session.execute(_END_UNFELT, {"code": COST_CAP_REACHED, "before": before, "now": now})


async def open_caps(session: AsyncConnection) -> list[Alert]:
    """Return the alerts of caps that are open, but for those of runs and plans."""
    rows = await session.execute(
        text("""SELECT code, concerns, message FROM alerts
                WHERE code = :code AND resolved_at IS NULL
                  AND split_part(concerns, ' ', 1) IN ('day', 'month', 'source_day')
                ORDER BY concerns"""),
        {"code": COST_CAP_REACHED},
    )
    return [Alert(*row) for row in rows]


async def end_specs_waits(session: AsyncConnection) -> None:
    """Make due the embedding specs that wait for a cap."""
    await session.execute(
        text("UPDATE embedding_specs SET not_before = NULL WHERE wait_reason = 'budget'")
    )


async def end_caps_of_source(session: AsyncConnection, source_id: int, now: datetime) -> None:
    """Note that the caps of a source are no longer reached: it may have another now."""
    await session.execute(
        text("""UPDATE alerts SET resolved_at = :now
                WHERE code = :code AND resolved_at IS NULL AND concerns LIKE :concerns"""),
        {"code": COST_CAP_REACHED, "concerns": f"source\\_day {source_id}/%", "now": now},
    )


_HELD = "i.lease_owner IS NOT NULL OR (i.not_before IS NOT NULL AND i.wait_reason = 'budget')"
_IS_OF_SOURCE = """(a.concerns NOT LIKE 'source\\_day %'
    OR i.source_id = CAST(substring(a.concerns FROM 'source_day (\\d+)/') AS bigint))"""
_END_UNFELT = text(f"""
  UPDATE alerts a SET resolved_at = :now
  WHERE code = :code AND resolved_at IS NULL AND last_at <= :before
    AND concerns NOT LIKE 'run %'
    AND NOT EXISTS (SELECT 1 FROM videos i WHERE ({_HELD}) AND {_IS_OF_SOURCE})
    AND NOT EXISTS (SELECT 1 FROM transcriptions i WHERE ({_HELD}) AND {_IS_OF_SOURCE})
    AND NOT EXISTS (SELECT 1 FROM page_groups i WHERE {_HELD})
    AND NOT EXISTS (SELECT 1 FROM embedding_specs i
                    WHERE i.not_before > :now AND i.wait_reason = 'budget')
""")  # noqa: S608 - constants of ours


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
