"""The SQL of work orders: pin once, replay as pinned, close with the save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.pipeline.orders.order import Order, Override

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.status import ItemKind
    from footnoted.pipeline.orders.order import OrderDraft, Saved

_READ = text("""
  SELECT stage, given::text AS given, given_sha256, generation, parts, output_sha256, override
  FROM work_orders WHERE item_kind = :kind AND item_id = :id
    AND (CAST(:stage AS text) IS NULL OR stage = :stage)
  ORDER BY stage
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
  UPDATE work_orders SET closed_at = :now, output_sha256 = :output_sha256, given = NULL,
    saved_sha256 = :output_sha256, saved_by = jsonb_build_object(
      'parts', parts, 'models', CAST(:models AS text[]), 'program', CAST(:program AS text))
  WHERE item_kind = :kind AND item_id = :id AND stage = :stage
""")

_RECORD = text("""
  INSERT INTO work_orders
    (item_kind, item_id, stage, given_sha256, parts, output_sha256, saved_sha256, saved_by,
     opened_at, closed_at)
  VALUES (:kind, :id, :stage, '', :parts, :output_sha256, :output_sha256, jsonb_build_object(
      'parts', :parts, 'models', CAST(:models AS text[]), 'program', CAST(:program AS text)),
    :now, :now)
  ON CONFLICT (item_kind, item_id, stage) DO UPDATE
    SET parts = excluded.parts, output_sha256 = excluded.output_sha256,
        saved_sha256 = excluded.saved_sha256, saved_by = excluded.saved_by,
        opened_at = excluded.opened_at, closed_at = excluded.closed_at
""").bindparams(bindparam("parts", type_=JSONB))

Item = tuple["ItemKind", int]
"""A work item by kind and id; a claim is one with more."""


async def read_order(
    session: AsyncConnection, kind: ItemKind, item_id: int, stage: str
) -> Order | None:
    """Return what is known of a stage of an item, or None when it was never begun."""
    return (await _orders(session, kind, item_id, stage)).get(stage)


async def read_orders(session: AsyncConnection, kind: ItemKind, item_id: int) -> dict[str, Order]:
    """Return what is known of each stage of an item."""
    return await _orders(session, kind, item_id, None)


async def _orders(
    session: AsyncConnection, kind: ItemKind, item_id: int, stage: str | None
) -> dict[str, Order]:
    rows = await session.execute(_READ, {"kind": kind.value, "id": item_id, "stage": stage})
    return {
        row.stage: Order(
            row.generation,
            row.parts,
            row.given_sha256,
            row.given,
            row.output_sha256,
            None if row.override is None else Override.model_validate(row.override),
        )
        for row in rows
    }


async def pin(
    session: AsyncConnection, item: Item, stage: str, draft: OrderDraft, now: datetime
) -> int:
    """Pin what the stage is given now; return the generation its calls are made under.

    A closed order of the same stage is opened again.
    """
    values = {
        **_key(item, stage),
        "given": draft.given_json,
        "given_sha256": draft.given_sha256,
        "parts": dict(draft.parts),
        "now": now,
    }
    return await session.scalar(_PIN, values) or 0


async def outdate(
    session: AsyncConnection, item: Item, stage: str, output_sha256: str, later: Sequence[str]
) -> None:
    """Forget what `later` stages were given, where a stage saves another output than before.

    Its save may take away what they had made of the old one: what they find next is new to them,
    even if it is what they were once given.
    """
    await session.execute(
        text("""
          UPDATE work_orders l SET given_sha256 = ''
          WHERE l.item_kind = :kind AND l.item_id = :id AND l.stage = ANY(:later)
            AND l.given IS NULL AND NOT EXISTS (
              SELECT 1 FROM work_orders o
              WHERE o.item_kind = :kind AND o.item_id = :id AND o.stage = :stage
                AND o.saved_sha256 = :output_sha256)"""),
        {**_key(item, stage), "output_sha256": output_sha256, "later": list(later)},
    )


async def close(
    session: AsyncConnection, item: Item, stage: str, saved: Saved, now: datetime
) -> None:
    """Close the order with what came out, and by what; its input is not needed any more."""
    await session.execute(_CLOSE, {**_key(item, stage), **_saved(saved), "now": now})


async def record(
    session: AsyncConnection,
    item: Item,
    parts: Mapping[str, str],
    saved: Saved,
    now: datetime,
) -> None:
    """Note what a stage that asks nothing was made by; nothing of it is ever pinned."""
    values = {"parts": dict(parts), **_saved(saved), "now": now}
    await session.execute(_RECORD, {**_key(item, parts["stage"]), **values})


def _saved(saved: Saved) -> dict[str, object]:
    return {
        "output_sha256": saved.sha256,
        "models": list(saved.models),
        "program": saved.program,
    }


def _key(item: Item, stage: str) -> dict[str, object]:
    return {"kind": item[0].value, "id": item[1], "stage": stage}
