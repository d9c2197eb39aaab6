"""The SQL that reads what was found in a video: names, stated relations, points, summary, flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.knowledge.moments import Moment

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

NAMES, RELATIONS, MEETING = "names", "relations", "meeting"
"""What moments are filed under."""

_LIVE = text("""
  SELECT id, evidence_id FROM brain_mentions
  UNION ALL SELECT id, evidence_id FROM brain_relations
  UNION ALL SELECT id, evidence_id FROM brain_points
  ORDER BY 1
""")

_NAMES = text("""
  SELECT DISTINCT ON (n.name_id) m.id, m.evidence_id, n.name AS title, n.type AS kind,
    count(*) FILTER (WHERE m.role = 'named') OVER heard AS named,
    bool_or(m.role = 'speaks') OVER heard AS speaks, m.first_cue
  FROM brain_names n JOIN brain_mentions m USING (video_id, name_id)
  WHERE n.video_id = :video_id
  WINDOW heard AS (PARTITION BY n.name_id)
  ORDER BY n.name_id, m.role = 'speaks', m.first_cue, m.start_char, m.id
""")

_STATED = text("""
  SELECT r.id, r.evidence_id, s.name AS source, r.predicate, t.name AS target, e.first_cue
  FROM brain_relations r JOIN evidence e ON e.id = r.evidence_id
  JOIN brain_names s ON (s.video_id, s.name_id) = (r.video_id, r.source_id)
  JOIN brain_names t ON (t.video_id, t.name_id) = (r.video_id, r.target_id)
  WHERE r.video_id = :video_id AND r.kind = 'stated' ORDER BY e.first_cue, r.id
""")

_POINTS = text("""
  SELECT p.id, p.evidence_id, p.topic_title, p.text, p.kind, p.who, p.due, e.first_cue
  FROM brain_points p JOIN evidence e ON e.id = p.evidence_id
  WHERE p.video_id = :video_id ORDER BY p.position, p.id
""")

_FLAGS = text("""
  SELECT text_indexed, entities_extracted, graph_built FROM brain_videos WHERE video_id = :video_id
""")


class Flags(NamedTuple):
    """What is done of a video; each was said by the transaction that did it."""

    text_indexed: bool
    entities_extracted: bool
    graph_built: bool


async def live_moments(session: AsyncConnection) -> dict[UUID, UUID]:
    """Return the evidence of every mention, relation and point, for the audit."""
    return {row.id: row.evidence_id for row in await session.execute(_LIVE)}


async def show_moments(session: AsyncConnection, video_id: int) -> tuple[Moment, ...]:
    """Return the points, names and stated relations of a video, in the order they were said.

    A name stands once, where it was named first.
    """
    values = {"video_id": video_id}
    found: list[tuple[int, int, Moment]] = []
    for row in await session.execute(_POINTS, values):
        tags = tuple(part for part in (row.who, row.due) if part)
        moment = _moment(row.id, row.evidence_id, (row.text, row.text), (row.kind, MEETING), tags)
        found.append((row.first_cue, 0, moment))
    for row in await session.execute(_STATED, values):
        stated = f"{row.source} {row.predicate} {row.target}"
        ends = (row.source, row.target)
        moment = _moment(row.id, row.evidence_id, (stated, stated), ("relation", RELATIONS), ends)
        found.append((row.first_cue, 1, moment))
    for row in await session.execute(_NAMES, values):
        summary = _how_often(row.title, row.named, speaks=row.speaks)
        moment = _moment(row.id, row.evidence_id, (row.title, summary), (row.kind, NAMES), ())
        found.append((row.first_cue, 2, moment))
    return tuple(
        moment for *_, moment in sorted(found, key=lambda each: (*each[:2], each[2].title))
    )


async def read_flags(session: AsyncConnection, video_id: int) -> Flags:
    """Return what is done of a video; nothing of one that this profile never began."""
    row = (await session.execute(_FLAGS, {"video_id": video_id})).one_or_none()
    return Flags(*row) if row is not None else Flags(False, False, False)  # noqa: FBT003 - named fields


def _moment(
    identity: UUID,
    evidence_id: UUID,
    words: tuple[str, str],
    filed: tuple[str, str],
    tools: tuple[str, ...],
) -> Moment:
    title, summary = words
    kind, category = filed
    return Moment(
        id=identity,
        evidence_id=evidence_id,
        title=title,
        summary=summary,
        kind=kind,
        category=category,
        subtopic=None,
        tools=tools,
    )


def _how_often(name: str, named: int, *, speaks: bool) -> str:
    times = "once" if named == 1 else f"{named} times"
    parts = [*(["speaks"] if speaks else []), *([f"is named {times}"] if named else [])]
    return f"{name} {' and '.join(parts)}."
