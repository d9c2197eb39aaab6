"""The SQL of facts about pairs of names, and of the names they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from footnoted.profiles.brain.tables import brain_name_pairs
from footnoted.profiles.brain.types import SAID_EXACTLY, KnownName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.profiles.brain.types import JudgedPair

_KNOWN = text("""
  SELECT DISTINCT name_id, key FROM brain_names
  WHERE (CAST(:video_id AS bigint) IS NULL OR video_id = :video_id) AND NOT type = ANY(:exact)
  ORDER BY name_id
""")

_JUDGED = text("""
  SELECT DISTINCT p.first_id, p.second_id FROM brain_name_pairs p
  JOIN brain_names n ON n.video_id = :video_id AND n.name_id IN (p.first_id, p.second_id)
  WHERE p.judge = ANY(:judges) ORDER BY 1, 2
""")


async def read_known(session: AsyncConnection, video_id: int | None) -> list[KnownName]:
    """Return the names of a video, or of all; dates and sums are never alike, and left out."""
    rows = await session.execute(_KNOWN, {"video_id": video_id, "exact": sorted(SAID_EXACTLY)})
    return [KnownName(row.name_id, row.key) for row in rows]


async def judged_pairs(
    session: AsyncConnection, video_id: int, judges: Sequence[str]
) -> set[tuple[UUID, UUID]]:
    """Return the pairs, with a name of the video in them, that one of `judges` judged."""
    rows = await session.execute(_JUDGED, {"video_id": video_id, "judges": list(judges)})
    return {(row.first_id, row.second_id) for row in rows}


async def write_facts(session: AsyncConnection, judged: Sequence[JudgedPair]) -> None:
    """Write what was judged; a later judge's verdict takes the place of an earlier one's."""
    for pair in judged:
        statement = insert(brain_name_pairs).values(pair.model_dump())
        fresh = {name: statement.excluded[name] for name in ("verdict", "likeness", "judge")}
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[brain_name_pairs.c.first_id, brain_name_pairs.c.second_id],
                set_=fresh,
                where=brain_name_pairs.c.judge.is_distinct_from(statement.excluded.judge),
            )
        )
