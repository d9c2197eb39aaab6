"""The SQL of key moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text, update

from footnoted.db.rows import upsert
from footnoted.knowledge.groups.store import contribute, lock_groups
from footnoted.knowledge.moments import Moment
from footnoted.knowledge.store import cited_moments, prune_evidence, save_evidence
from footnoted.profiles.techniques.tables import technique_moments as moments
from footnoted.profiles.techniques.types import StoredMoment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.groups.group import PageGroup
    from footnoted.profiles.techniques.types import ExtractOutput, MomentClass

_STORED = """
  SELECT t.id, t.evidence_id, t.video_id, m.identity AS recording,
    e.first_cue, e.last_cue, t.title, t.summary,
    COALESCE(t.content_type_override, t.content_type) AS content_type,
    t.content_type AS found_type,
    t.tools, t.category, t.subtopic, e.text AS quote, e.start_ms, e.end_ms,
    COALESCE(s.language, m.language) AS language,
    o.options->>'output_language' AS output_language
  FROM technique_moments t
  JOIN evidence e ON e.id = t.evidence_id AND e.match <> 'rejected'
  JOIN transcripts s ON s.id = e.transcript_id
  JOIN videos v ON v.id = t.video_id
  JOIN media m ON m.id = v.media_id
  LEFT JOIN sources o ON o.id = v.source_id
  WHERE t.retired_at IS NULL
"""

_OF_VIDEO = text(_STORED + " AND t.video_id = :video_id ORDER BY t.position, t.id")

_OF_GROUP = text(
    _STORED
    + """
    AND v.creator_id = :creator_id AND v.profile = :profile AND t.category = :category
  ORDER BY m.published_at NULLS LAST, m.identity, e.first_cue, e.last_cue, e.quote, t.id
"""
)

_CLASSIFY = text("""
  UPDATE technique_moments t SET
    category = l.category, subtopic = l.subtopic, content_type_override = l.content_type
  FROM unnest(
    CAST(:ids AS uuid[]), CAST(:categories AS text[]),
    CAST(:subtopics AS text[]), CAST(:content_types AS text[])
  ) AS l (id, category, subtopic, content_type)
  WHERE t.id = l.id AND t.video_id = :video_id AND t.retired_at IS NULL
    AND (t.category, t.subtopic, t.content_type_override)
      IS DISTINCT FROM (l.category, l.subtopic, l.content_type)
  RETURNING t.category
""")

_DROP_RETIRED = text("""
  WITH dropped AS (
    DELETE FROM technique_moments t USING videos v
    WHERE v.id = t.video_id AND v.creator_id = :creator_id AND v.profile = :profile
      AND t.category = :category AND t.retired_at IS NOT NULL
      AND NOT EXISTS (
        SELECT 1 FROM claim_evidence ce
        JOIN claims c ON c.id = ce.claim_id
        JOIN pages p ON p.current_version_id = c.page_version_id AND p.retired_at IS NULL
        WHERE ce.moment_id = t.id)
    RETURNING t.id, t.evidence_id
  )
  DELETE FROM evidence e USING dropped d
  WHERE e.id = d.evidence_id
    AND NOT EXISTS (SELECT 1 FROM claim_evidence ce WHERE ce.evidence_id = e.id)
    AND NOT EXISTS (
      SELECT 1 FROM technique_moments t WHERE t.evidence_id = e.id
        AND t.id NOT IN (SELECT id FROM dropped))
""")


async def replace_moments(session: AsyncConnection, video_id: int, out: ExtractOutput) -> bool:
    """Make the output all that a video says; return whether it said something before.

    Equal moments keep their rows and their classes.

    Moments that left are deleted, or retired while a published page cites them. Page groups of
    what changed or left are wanted anew.
    """
    await lock_groups(session, video_id)
    if out.transcript_id is not None:
        await save_evidence(session, video_id, out.transcript_id, out.evidence)
    before = await _categories(session, video_id)
    changed = await upsert(session, moments, _rows(video_id, out))
    gone = before.keys() - {moment.id for moment in out.moments}
    await _let_go(session, gone)
    after = await _categories(session, video_id)
    touched = {after.get(key) for key in changed} | {before[key] for key in gone}
    await _contribute(session, video_id, touched)
    kept = await session.scalars(
        select(moments.c.evidence_id).where(moments.c.video_id == video_id)
    )
    found = [item.id for item in out.evidence]
    await prune_evidence(session, video_id, [*kept.all(), *found])
    return bool(before)


async def write_classes(
    session: AsyncConnection, video_id: int, classes: Sequence[MomentClass]
) -> None:
    """File the moments; the groups that moments left, joined or changed in are wanted anew."""
    await lock_groups(session, video_id)
    before = await _categories(session, video_id)
    rows = await session.scalars(
        _CLASSIFY,
        {
            "video_id": video_id,
            "ids": [item.moment_id for item in classes],
            "categories": [item.category for item in classes],
            "subtopics": [item.subtopic for item in classes],
            "content_types": [item.content_type for item in classes],
        },
    )
    joined = set(rows.all())
    after = await _categories(session, video_id)
    left = {before[key] for key in before if before[key] != after.get(key)}
    await _contribute(session, video_id, joined | left)


async def read_video_moments(session: AsyncConnection, video_id: int) -> tuple[StoredMoment, ...]:
    """Return the live moments of a video, in the order they were said."""
    rows = await session.execute(_OF_VIDEO, {"video_id": video_id})
    return tuple(map(StoredMoment.model_validate, rows.mappings()))


async def show_moments(session: AsyncConnection, video_id: int) -> tuple[Moment, ...]:
    """Return the live moments of a video as people see them, in the order they were said."""
    return tuple(
        Moment(
            kind=moment.content_type,
            **moment.model_dump(include=set(Moment.model_fields) - {"kind"}),
        )
        for moment in await read_video_moments(session, video_id)
    )


async def read_group_moments(
    session: AsyncConnection, group: PageGroup
) -> tuple[StoredMoment, ...]:
    """Return the live moments of a page group by publication, recording and place in it."""
    values = {
        "creator_id": group.creator_id,
        "profile": group.profile,
        "category": group.category,
    }
    rows = await session.execute(_OF_GROUP, values)
    return tuple(map(StoredMoment.model_validate, rows.mappings()))


async def live_moments(session: AsyncConnection) -> dict[UUID, UUID]:
    """Return the evidence of every live moment, for the audit."""
    rows = await session.execute(
        select(moments.c.id, moments.c.evidence_id)
        .where(moments.c.retired_at.is_(None))
        .order_by(moments.c.id)
    )
    return {row.id: row.evidence_id for row in rows}


async def drop_retired(session: AsyncConnection, group: PageGroup) -> None:
    """Delete the group's retired moments that no published page cites any more."""
    values = {
        "creator_id": group.creator_id,
        "profile": group.profile,
        "category": group.category,
    }
    await session.execute(_DROP_RETIRED, values)


async def _categories(session: AsyncConnection, video_id: int) -> dict[UUID, str | None]:
    """Return the category of each live moment."""
    rows = await session.execute(
        select(moments.c.id, moments.c.category)
        .where(moments.c.video_id == video_id, moments.c.retired_at.is_(None))
        .order_by(moments.c.id)
    )
    return {row.id: row.category for row in rows}


async def _contribute(session: AsyncConnection, video_id: int, touched: set[str | None]) -> None:
    live = (await _categories(session, video_id)).values()
    categories = {category for category in live if category is not None}
    changed = {category for category in touched if category is not None}
    await contribute(session, video_id, categories, changed)


async def _let_go(session: AsyncConnection, gone: set[UUID]) -> None:
    """Retire the moments that published pages cite, and delete the others."""
    cited = await cited_moments(session, sorted(gone))
    await session.execute(
        update(moments).where(moments.c.id.in_(cited)).values(retired_at=func.now())
    )
    await session.execute(delete(moments).where(moments.c.id.in_(gone - cited)))


def _rows(video_id: int, out: ExtractOutput) -> list[dict[str, object]]:
    return [
        {
            "video_id": video_id,
            "position": position,
            "retired_at": None,
            **moment.model_dump(exclude={"tools"}),
            "tools": list(moment.tools),
        }
        for position, moment in enumerate(out.moments)
    ]
