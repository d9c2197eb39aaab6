"""The SQL of work orders: pin once, replay as pinned, close with the save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.pipeline.orders.order import Order

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.claim import Claim
    from footnoted.pipeline.orders.order import OrderDraft

_OPEN = text("""
  SELECT given::text AS given, generation, parts FROM work_orders
  WHERE item_kind = :kind AND item_id = :id AND stage = :stage AND closed_at IS NULL
""")

_PIN = text("""
  INSERT INTO work_orders (item_kind, item_id, stage, given, given_sha256, parts, opened_at)
  VALUES (:kind, :id, :stage, CAST(:given AS jsonb), :given_sha256, :parts, :now)
  ON CONFLICT (item_kind, item_id, stage) DO UPDATE
    SET given = excluded.given, given_sha256 = excluded.given_sha256, parts = excluded.parts,
        opened_at = excluded.opened_at, closed_at = NULL, output_sha256 = NULL
  RETURNING generation
""").bindparams(bindparam("parts", type_=JSONB))

_CLOSE = text("""
  UPDATE work_orders SET closed_at = :now, output_sha256 = :output_sha256, given = NULL
  WHERE item_kind = :kind AND item_id = :id AND stage = :stage
""")


def _key(claim: Claim, stage: str) -> dict[str, object]:
    return {"kind": claim.kind.value, "id": claim.id, "stage": stage}


async def open_order(
    session: AsyncConnection, claim: Claim, stage: str, parts: dict[str, str]
) -> Order | None:
    """Return the pinned order of an item and stage, or None when there is none that fits `parts`.

    An order pinned under another configuration does not fit: it will be pinned anew.
    """
    row = (await session.execute(_OPEN, _key(claim, stage))).one_or_none()
    if row is None or row.parts != parts:
        return None
    return Order(row.given, row.generation)


async def pin(
    session: AsyncConnection, claim: Claim, stage: str, draft: OrderDraft, now: datetime
) -> Order:
    """Pin what the stage is given now; a closed order of the same stage is opened again."""
    values = {
        **_key(claim, stage),
        "given": draft.given_json,
        "given_sha256": draft.given_sha256,
        "parts": dict(draft.parts),
        "now": now,
    }
    generation = await session.scalar(_PIN, values)
    return Order(draft.given_json, generation or 0)


async def close(
    session: AsyncConnection, claim: Claim, stage: str, output_sha256: str, now: datetime
) -> None:
    """Close the order with the hash of what came out; its input is not needed any more."""
    values = {**_key(claim, stage), "output_sha256": output_sha256, "now": now}
    await session.execute(_CLOSE, values)
