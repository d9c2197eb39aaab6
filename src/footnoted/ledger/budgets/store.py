"""The SQL of budgets: nothing is spent that was not reserved, and no two reserve the same dollar.

Whoever moves money holds one advisory lock to the end of the transaction, and reads the time
inside it: so the first reservation after midnight sees every call that is still open.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.ledger.budgets.budget import Charge, PlanCap, Scope, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

# "foot" in ASCII, as in db/locks.py, and a number of its own.
_LOCK = text("SELECT pg_advisory_xact_lock(1718579060, 4)")

_OPEN = text("""
    INSERT INTO budgets (scope, key) VALUES (:scope, :key) ON CONFLICT DO NOTHING RETURNING 1
""")

_CARRY_OVER = text("""
    WITH open AS (
        SELECT DISTINCT ON (h.call_id) h.call_id, h.amount_usd
        FROM budget_holds h JOIN llm_calls c ON c.id = h.call_id
        WHERE h.scope = :scope AND h.key <> :key AND h.key LIKE :alike
          AND c.state IN ('reserved', 'sent')
    ), held AS (
        INSERT INTO budget_holds (call_id, scope, key, amount_usd)
        SELECT call_id, :scope, :key, amount_usd FROM open
        ON CONFLICT DO NOTHING RETURNING amount_usd
    )
    UPDATE budgets SET reserved_usd = reserved_usd + (SELECT COALESCE(sum(amount_usd), 0) FROM held)
    WHERE scope = :scope AND key = :key
""")

_RESERVE = text("""
    UPDATE budgets SET reserved_usd = reserved_usd + :amount
    WHERE scope = :scope AND key = :key
      AND (CAST(:cap AS numeric) IS NULL OR spent_usd + reserved_usd + :amount <= :cap)
    RETURNING 1
""")

_HOLD = text("""
    INSERT INTO budget_holds (call_id, scope, key, amount_usd)
    VALUES (:call_id, :scope, :key, :amount)
""")

_STANDING = text("""
    SELECT b.spent_usd, b.reserved_usd,
      (SELECT COALESCE(sum(h.amount_usd), 0)
       FROM budget_holds h JOIN llm_calls c ON c.id = h.call_id
       WHERE h.scope = b.scope AND h.key = b.key AND c.state = 'unknown') AS unknown_usd
    FROM budgets b WHERE b.scope = :scope AND b.key = :key
""")

_SETTLE = text("""
    WITH held AS (
        DELETE FROM budget_holds WHERE call_id = ANY(:call_ids) RETURNING scope, key, amount_usd
    ), total AS (
        SELECT scope, key, sum(amount_usd) AS amount_usd FROM held GROUP BY scope, key
    )
    UPDATE budgets b
    SET reserved_usd = b.reserved_usd - total.amount_usd, spent_usd = b.spent_usd + :cost
    FROM total WHERE b.scope = total.scope AND b.key = total.key
""")


async def lock(session: AsyncConnection) -> None:
    """Wait until nobody else moves money; the right ends with the transaction."""
    await session.execute(_LOCK)


async def reserve(session: AsyncConnection, charges: Sequence[Charge], amount: Decimal) -> int:
    """Reserve `amount` in every budget of `charges`, under the lock.

    Return how many took it: fewer than all means that the next one has no room, and that the
    transaction must not be committed.
    """
    for taken, charge in enumerate(charges):
        names = {"scope": charge.scope, "key": charge.key}
        if (await session.execute(_OPEN, names)).first() is not None:
            await _carry_over(session, charge)
        reserved = await session.execute(_RESERVE, {**names, "amount": amount, "cap": charge.cap})
        if reserved.first() is None:
            return taken
    return len(charges)


async def _carry_over(session: AsyncConnection, charge: Charge) -> None:
    """Hold, in a budget that has just begun, the money of calls that are open from before it."""
    match charge.scope:
        case Scope.RUN | Scope.PLAN:
            return
        case Scope.SOURCE_DAY:
            alike = f"{charge.key.partition('/')[0]}/%"
        case _:
            alike = "%"
    await session.execute(_CARRY_OVER, {"scope": charge.scope, "key": charge.key, "alike": alike})


async def hold(
    session: AsyncConnection, call_id: int, charges: Sequence[Charge], amount: Decimal
) -> None:
    """Note whose money it is that was reserved."""
    await session.execute(
        _HOLD,
        [
            {"call_id": call_id, "scope": charge.scope, "key": charge.key, "amount": amount}
            for charge in charges
        ],
    )


async def source_cap(session: AsyncConnection, source_id: int) -> Decimal | None:
    """Return the most that a source of its own may cost in a day (USD); None without a cap."""
    cap: Decimal | None = await session.scalar(
        text("SELECT daily_cap_usd FROM sources WHERE id = :id"), {"id": source_id}
    )
    return cap


async def plan_cap(session: AsyncConnection, call_id: int) -> PlanCap | None:
    """Return the newest plan that the item of a call is redone under, and its cap; else None.

    A plan is for the stages of its items. Their vectors are made beside, mostly when an item has
    left it, and a plan that has cost its share must not hold up those of everything else.
    """
    found = await session.execute(
        text("""SELECT p.id, p.cap_usd, p.stop_at_usd FROM llm_calls c
                JOIN plan_items i ON i.item_kind = c.item_kind AND i.item_id = c.item_id
                JOIN plans p ON p.id = i.plan_id
                WHERE c.id = :id AND c.stage <> 'embed' ORDER BY p.id DESC LIMIT 1"""),
        {"id": call_id},
    )
    row = found.one_or_none()
    return None if row is None else PlanCap(row.id, row.cap_usd, row.stop_at_usd)


async def spent_on(session: AsyncConnection, plan: PlanCap) -> Decimal:
    """Return what a plan has cost (USD)."""
    spent: Decimal | None = await session.scalar(
        text("SELECT spent_usd FROM budgets WHERE scope = :scope AND key = :key"),
        {"scope": Scope.PLAN, "key": str(plan.plan_id)},
    )
    return spent or Decimal(0)


async def standing(session: AsyncConnection, charge: Charge) -> Standing:
    """Return what a budget has."""
    found = await session.execute(_STANDING, {"scope": charge.scope, "key": charge.key})
    row = found.one()
    return Standing(row.spent_usd, row.reserved_usd - row.unknown_usd, row.unknown_usd)


async def settle(session: AsyncConnection, call_id: int, cost: Decimal) -> None:
    """Turn what a call holds into what it cost, under the lock."""
    await session.execute(_SETTLE, {"call_ids": [call_id], "cost": cost})


async def let_go(session: AsyncConnection, call_ids: Sequence[int]) -> None:
    """Give back what calls hold that cost nothing, under the lock."""
    await session.execute(_SETTLE, {"call_ids": list(call_ids), "cost": 0})
