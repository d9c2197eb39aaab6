"""The SQL of what made the moments of videos, as each stage noted it when it saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.knowledge.origins.making import StageMaking, origins_of, stage_making

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.origins.making import Origin


async def read_origins(
    session: AsyncConnection, video_ids: Iterable[int], stages: Sequence[str]
) -> tuple[Origin, ...]:
    """Return what `stages` of these videos saved was made by, in the order of the stages.

    A stage that noted nothing is left out.
    """
    rows = await session.execute(
        text("""
          SELECT item_id, saved_by FROM work_orders
          WHERE item_kind = 'video' AND item_id = ANY(CAST(:ids AS bigint[]))
            AND stage = ANY(CAST(:stages AS text[])) AND saved_by IS NOT NULL
          ORDER BY item_id, array_position(CAST(:stages AS text[]), stage)"""),
        {"ids": sorted(set(video_ids)), "stages": list(stages)},
    )
    made: dict[int, list[StageMaking]] = {}
    for row in rows:
        noted = row.saved_by
        making = stage_making(noted["parts"], noted["models"], noted["program"])
        made.setdefault(row.item_id, []).append(making)
    return origins_of(made)
