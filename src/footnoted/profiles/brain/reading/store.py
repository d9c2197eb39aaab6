"""The SQL that reads what was found in a video: names, stated relations, points, summary, flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from footnoted.db.recordings import MEDIA_PATH
from footnoted.knowledge.moments import Moment
from footnoted.model.citation import deep_link, playable_url
from footnoted.profiles.brain import NAME
from footnoted.profiles.brain.reading.minutes import (
    Done,
    FixLine,
    Minutes,
    PointLine,
    SentenceLine,
)

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
  SELECT p.id, p.evidence_id, p.topic_title, p.text, p.kind, p.who, p.due, e.text AS quote,
    e.first_cue, e.last_cue, e.start_ms
  FROM brain_points p JOIN evidence e ON e.id = p.evidence_id
  WHERE p.video_id = :video_id ORDER BY p.position, p.id
""")

_HEAD = text(f"""
  SELECT m.title, m.published_at, m.url, {MEDIA_PATH} AS media_path, v.status, b.text_indexed,
    b.entities_extracted, b.graph_built
  FROM videos v JOIN media m ON m.id = v.media_id LEFT JOIN brain_videos b ON b.video_id = v.id
  WHERE v.id = :video_id AND v.profile = :profile
""")  # noqa: S608 - a constant

_SENTENCES = text("""
  SELECT s.text, array_agg(p.id ORDER BY p.position) AS point_ids
  FROM brain_sentences s JOIN brain_support u ON u.sentence_id = s.id
  JOIN brain_points p ON p.id = u.point_id
  WHERE s.video_id = :video_id GROUP BY s.id ORDER BY s.position, s.id
""")

_FIXES = text("""
  SELECT f.cue, CAST(t.cues -> f.cue ->> 1 AS bigint) AS start_ms, f.start_char, f.end_char,
    f.before, f.after, f.reason
  FROM brain_fixes f JOIN transcripts t ON t.id = f.transcript_id
  JOIN videos v ON v.id = f.video_id AND v.transcript_id = f.transcript_id
  WHERE f.video_id = :video_id ORDER BY f.cue, f.start_char
""")


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


async def read_minutes(session: AsyncConnection, video_id: int) -> Minutes | None:
    """Return what was noted of a video; None for one that there is not under this profile."""
    values = {"video_id": video_id}
    head = (await session.execute(_HEAD, {**values, "profile": NAME})).mappings().one_or_none()
    if head is None:
        return None
    url = playable_url(head["url"], head["media_path"])
    points = [
        PointLine.model_validate({**row, "link": deep_link(url, row["start_ms"]) if url else None})
        for row in (await session.execute(_POINTS, values)).mappings()
    ]
    sentences = (await session.execute(_SENTENCES, values)).mappings()
    fixes = (await session.execute(_FIXES, values)).mappings()
    return Minutes(
        video_id=video_id,
        title=head["title"],
        published_at=head["published_at"],
        status=head["status"],
        done=Done(**{name: bool(head[name]) for name in Done.model_fields}),
        sentences=tuple(
            SentenceLine(text=row["text"], point_ids=tuple(row["point_ids"])) for row in sentences
        ),
        points=tuple(points),
        fixes=tuple(FixLine.model_validate(dict(row)) for row in fixes),
    )


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
