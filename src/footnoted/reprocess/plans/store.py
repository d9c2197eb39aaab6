"""The SQL of applied plans: their forecast, their items, and the money they may cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - tools read the fields of a row
from datetime import datetime  # noqa: TC003 - as above
from decimal import Decimal  # noqa: TC003 - as above
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, insert, text

from footnoted.db.rows import insert_missing
from footnoted.db.tables import plan_items, plans
from footnoted.model.status import STOPPED_STATUSES, ItemKind

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class StoredForecast(NamedTuple):
    """What was asked for, what it was thought to come to, and what it may cost (USD)."""

    scope: Mapping[str, Any]
    figures: Mapping[str, Any]
    cap_usd: Decimal | None
    stop_at_usd: Decimal | None


class PlanRow(NamedTuple):
    """An applied plan: its forecast, what it has cost so far (USD), and how much is left of it."""

    id: int
    scope: dict[str, Any]
    forecast: dict[str, Any]
    cap_usd: Decimal | None
    stop_at_usd: Decimal | None
    applied_at: datetime
    spent_usd: Decimal
    reserved_usd: Decimal
    items_left: int


async def write_plan(
    session: AsyncConnection,
    forecast: StoredForecast,
    items: Sequence[tuple[str, int]],
    now: datetime,
) -> int:
    """Write down a plan that is about to be applied to these items; return its number."""
    plan_id: int = (
        await session.execute(
            insert(plans)
            .values(
                scope=dict(forecast.scope),
                forecast=dict(forecast.figures),
                cap_usd=forecast.cap_usd,
                stop_at_usd=forecast.stop_at_usd,
                applied_at=now,
            )
            .returning(plans.c.id)
        )
    ).scalar_one()
    rows = [{"plan_id": plan_id, "item_kind": kind, "item_id": item} for kind, item in items]
    await insert_missing(session, plan_items, rows)
    return plan_id


async def drop_plan_items(
    session: AsyncConnection, plan_id: int, items: Sequence[tuple[str, int]]
) -> None:
    """Let items out of a plan that they were not put back for."""
    for kind, item_id in items:
        await session.execute(
            text("""DELETE FROM plan_items
                    WHERE plan_id = :plan AND item_kind = :kind AND item_id = :id"""),
            {"plan": plan_id, "kind": kind, "id": item_id},
        )


async def read_plans(session: AsyncConnection, limit: int) -> list[PlanRow]:
    """Return the newest plans, newest first."""
    rows = await session.execute(
        text("""
          SELECT p.id, p.scope, p.forecast, p.cap_usd, p.stop_at_usd, p.applied_at,
            COALESCE(b.spent_usd, 0) AS spent_usd, COALESCE(b.reserved_usd, 0) AS reserved_usd,
            (SELECT count(*) FROM plan_items i WHERE i.plan_id = p.id) AS items_left
          FROM plans p LEFT JOIN budgets b ON b.scope = 'plan' AND b.key = p.id::text
          ORDER BY p.id DESC LIMIT :limit"""),
        {"limit": limit},
    )
    return [PlanRow(**row) for row in rows.mappings()]


class UnderWay(NamedTuple):
    """A plan that is not done: videos that are still to be redone, those that stopped, and pages.

    Pages are those that wait; the others of a plan only follow if something of theirs changes.
    """

    plan_id: int
    videos: int
    stopped: int
    page_groups: int


async def read_under_way(session: AsyncConnection) -> list[UnderWay]:
    """Return the plans with items that were put back and are not done, oldest first."""
    rows = await session.execute(
        text("""
          SELECT * FROM (
            SELECT i.plan_id,
              count(v.id) FILTER (WHERE v.status NOT IN :ends) AS videos,
              count(v.id) FILTER (WHERE v.status IN :ends) AS stopped,
              count(g.id) FILTER (WHERE g.status = 'stale') AS page_groups
            FROM plan_items i
              LEFT JOIN videos v ON i.item_kind = 'video' AND v.id = i.item_id
              LEFT JOIN page_groups g ON i.item_kind = 'page_group' AND g.id = i.item_id
            GROUP BY i.plan_id) p
          WHERE videos + stopped + page_groups > 0 ORDER BY plan_id""").bindparams(
            bindparam("ends", sorted(STOPPED_STATUSES), expanding=True)
        )
    )
    return [UnderWay(*row) for row in rows]


async def raise_cap(session: AsyncConnection, plan_id: int, cap_usd: Decimal) -> bool:
    """Let a plan cost that much (USD); return False when there is no such plan."""
    raised = await session.execute(
        text("UPDATE plans SET cap_usd = :cap, stop_at_usd = NULL WHERE id = :id RETURNING 1"),
        {"cap": cap_usd, "id": plan_id},
    )
    return raised.first() is not None


async def wake_plan(session: AsyncConnection, plan_id: int, now: datetime) -> int:
    """End the waits for money of a plan's items; return how many there were."""
    woken = 0
    for kind, table in ((ItemKind.VIDEO, "videos"), (ItemKind.PAGE_GROUP, "page_groups")):
        found = await session.execute(
            text(f"""UPDATE {table} SET not_before = NULL, updated_at = :now
                     WHERE not_before IS NOT NULL
                       AND wait_reason IN ('budget', 'budget_reserved') AND id IN (
                       SELECT item_id FROM plan_items
                       WHERE plan_id = :plan AND item_kind = :kind)"""),  # noqa: S608 - ours
            {"plan": plan_id, "kind": kind.value, "now": now},
        )
        woken += found.rowcount
    return woken
