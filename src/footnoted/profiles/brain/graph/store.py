"""The SQL of entities and of the graph between them, over all videos.

Entities are not stored: an entity is a connected component of the names that were judged the same,
found by a recursive query among the names there are. So nothing is left of what was deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from footnoted.db.recordings import CREATOR_CALLED, MEDIA_PATH
from footnoted.model.citation import deep_link, playable_url
from footnoted.profiles.brain.graph.entity import Citation, Edge, Entity, NearName, Together
from footnoted.profiles.brain.graph.scope import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.profiles.brain.graph.scope import Followed, Scope

_ENTITIES = """
  WITH RECURSIVE live AS (SELECT DISTINCT name_id FROM brain_names),
  same AS (
    SELECT p.first_id AS a, p.second_id AS b FROM brain_name_pairs p
    JOIN live f ON f.name_id = p.first_id JOIN live s ON s.name_id = p.second_id
    WHERE p.verdict = 'same'
  ),
  alike AS (SELECT a, b FROM same UNION ALL SELECT b, a FROM same),
  reach(name_id, member) AS (
    SELECT name_id, name_id FROM live
    UNION SELECT r.name_id, k.b FROM reach r JOIN alike k ON k.a = r.member
  ),
  entity AS (
    SELECT name_id, CAST(min(CAST(member AS text)) AS uuid) AS entity_id FROM reach GROUP BY name_id
  ),
  facts AS (
    SELECT e.entity_id, mode() WITHIN GROUP (ORDER BY n.name) AS name,
      COALESCE(mode() WITHIN GROUP (ORDER BY n.type) FILTER (WHERE n.type <> 'other'), 'other')
        AS type,
      count(*) FILTER (WHERE m.role = 'named') AS named,
      count(DISTINCT n.video_id) AS videos,
      bool_or(m.role = 'speaks') AS speaks,
      array_agg(DISTINCT m.surface) AS surfaces,
      bool_or(n.is_sure) OR count(*) FILTER (WHERE m.role = 'named') > 1 AS is_resolved
    FROM entity e JOIN brain_names n ON n.name_id = e.name_id
    JOIN brain_mentions m ON (m.video_id, m.name_id) = (n.video_id, n.name_id)
    GROUP BY e.entity_id
  )
"""

_OF_VIDEO = f"""
    AND (CAST(:video_id AS bigint) IS NULL OR v.id = :video_id)
    AND (CAST(:of_source AS bigint) IS NULL OR v.source_id = :of_source)
    AND (CAST(:creator AS text) IS NULL OR EXISTS (
      SELECT 1 FROM creators c
      WHERE c.id = v.creator_id AND {CREATOR_CALLED}))
"""  # noqa: S608 - a constant
# What a scope comes to, for a row `v` of videos.

_EDGES = f""",
  edge AS (
    SELECT r.id, r.video_id, r.evidence_id, r.kind, r.predicate,
      CASE WHEN r.kind = 'together' THEN LEAST(s.entity_id, t.entity_id) ELSE s.entity_id END
        AS source_id,
      CASE WHEN r.kind = 'together' THEN GREATEST(s.entity_id, t.entity_id) ELSE t.entity_id END
        AS target_id
    FROM brain_relations r JOIN videos v ON v.id = r.video_id
    JOIN entity s ON s.name_id = r.source_id JOIN entity t ON t.name_id = r.target_id
    JOIN facts a ON a.entity_id = s.entity_id AND a.is_resolved
    JOIN facts b ON b.entity_id = t.entity_id AND b.is_resolved
    WHERE s.entity_id <> t.entity_id
      AND (CAST(:kinds AS text[]) IS NULL OR r.kind = ANY(CAST(:kinds AS text[])))
      AND (CAST(:types AS text[]) IS NULL OR (
        (a.type = ANY(CAST(:types AS text[])) OR a.entity_id = ANY(CAST(:ends AS uuid[])))
        AND (b.type = ANY(CAST(:types AS text[])) OR b.entity_id = ANY(CAST(:ends AS uuid[])))))
      {_OF_VIDEO}
  ),
  link AS (
    SELECT source_id AS a, target_id AS b FROM edge UNION SELECT target_id, source_id FROM edge
  )
"""  # noqa: S608 - a constant

_NEAR = """
  LEFT JOIN LATERAL (
    SELECT o.name, p.likeness, p.verdict FROM entity own
    JOIN brain_name_pairs p ON own.name_id IN (p.first_id, p.second_id) AND p.verdict <> 'same'
    JOIN entity other ON other.name_id IN (p.first_id, p.second_id)
      AND other.entity_id <> own.entity_id
    JOIN facts o ON o.entity_id = other.entity_id
    WHERE own.entity_id = f.entity_id AND NOT f.is_resolved
    ORDER BY p.likeness DESC, o.name, o.entity_id LIMIT 1
  ) near ON true
"""

_LIST = text(f"""{_ENTITIES}
  SELECT f.*, near.name AS near_name, near.likeness, near.verdict FROM facts f {_NEAR}
  WHERE (CAST(:type AS text) IS NULL OR f.type = :type)
    AND EXISTS (
      SELECT 1 FROM entity e JOIN brain_names n ON n.name_id = e.name_id
      JOIN videos v ON v.id = n.video_id
      WHERE e.entity_id = f.entity_id {_OF_VIDEO})
  ORDER BY f.named + CAST(f.speaks AS int) DESC, f.videos DESC, f.name, f.entity_id
""")  # noqa: S608 - constants

_OF_ENTITY = text(f"""{_ENTITIES}
  SELECT e.id AS evidence_id, x.entity_id, v.id AS video_id, m.title AS video_title, m.published_at,
    e.text AS quote, b.first_cue, b.start_char, b.last_cue, b.end_char, e.start_ms, m.url,
    {MEDIA_PATH} AS media_path
  FROM entity x JOIN brain_mentions b ON b.name_id = x.name_id
  JOIN evidence e ON e.id = b.evidence_id AND e.match <> 'rejected'
  JOIN videos v ON v.id = b.video_id JOIN media m ON m.id = v.media_id
  WHERE x.entity_id = ANY(:ids) {_OF_VIDEO}
  ORDER BY x.entity_id, m.published_at NULLS LAST, m.identity, b.first_cue,
    b.start_char NULLS FIRST, b.id
""")  # noqa: S608 - constants

_AROUND = text(f"""{_ENTITIES}{_EDGES},
  walk(entity_id, depth) AS (
    SELECT CAST(:start AS uuid), 0
    UNION SELECT l.b, w.depth + 1 FROM walk w JOIN link l ON l.a = w.entity_id
    WHERE w.depth < :depth
  )
  SELECT entity_id FROM walk GROUP BY entity_id ORDER BY min(depth), entity_id
""")  # noqa: S608 - constants

_PATH = text(f"""{_ENTITIES}{_EDGES},
  walk(entity_id, depth) AS (
    SELECT CAST(:start AS uuid), 0
    UNION SELECT l.b, w.depth + 1 FROM walk w JOIN link l ON l.a = w.entity_id
    WHERE w.depth < :depth
  ),
  nearest AS (SELECT entity_id, min(depth) AS depth FROM walk GROUP BY entity_id),
  back(entity_id, depth) AS (
    SELECT entity_id, depth FROM nearest WHERE entity_id = CAST(:goal AS uuid)
    UNION ALL
    SELECT before.entity_id, b.depth - 1 FROM back b CROSS JOIN LATERAL (
      SELECT n.entity_id FROM nearest n JOIN link l ON l.a = n.entity_id AND l.b = b.entity_id
      WHERE n.depth = b.depth - 1 ORDER BY n.entity_id LIMIT 1
    ) before WHERE b.depth > 0
  )
  SELECT entity_id FROM back ORDER BY depth
""")  # noqa: S608 - constants

_BETWEEN = text(f"""{_ENTITIES}{_EDGES}
  SELECT source_id, target_id, kind, predicate, count(*) AS times,
    count(DISTINCT video_id) AS videos, array_agg(evidence_id ORDER BY evidence_id) AS evidence_ids
  FROM edge WHERE source_id = ANY(:ids) AND target_id = ANY(:ids)
  GROUP BY source_id, target_id, kind, predicate
  ORDER BY source_id, target_id, kind, predicate
""")  # noqa: S608 - constants

_QUOTES = text(f"""
  SELECT e.id AS evidence_id, v.id AS video_id, m.title AS video_title, m.published_at,
    e.text AS quote, e.first_cue, e.last_cue, e.start_ms, m.url, {MEDIA_PATH} AS media_path
  FROM evidence e JOIN videos v ON v.id = e.video_id JOIN media m ON m.id = v.media_id
  WHERE e.id = ANY(:ids) AND e.match <> 'rejected'
  ORDER BY m.published_at NULLS LAST, m.identity, e.first_cue, e.id
""")  # noqa: S608 - a constant

_TOGETHER = text(f"""{_ENTITIES}{_EDGES}
  SELECT to_char(m.published_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, f.entity_id, f.name,
    count(*) AS times,
    (array_agg(x.id ORDER BY m.published_at, m.identity, x.first_cue, x.id))[1] AS evidence_id
  FROM edge e JOIN evidence x ON x.id = e.evidence_id
  JOIN videos v ON v.id = e.video_id JOIN media m ON m.id = v.media_id
  JOIN facts f ON f.entity_id = CASE WHEN e.source_id = :start THEN e.target_id ELSE e.source_id END
  WHERE :start IN (e.source_id, e.target_id)
  GROUP BY 1, 2, 3 ORDER BY 1 NULLS LAST, 4 DESC, 3, 2
""")  # noqa: S608 - constants


async def list_entities(
    session: AsyncConnection, *, entity_type: str | None = None, scope: Scope = EVERYWHERE
) -> list[Entity]:
    """Return entities and unresolved names, the most named first; None asks for nothing.

    What is said of one is counted over all recordings, whatever the scope.
    """
    rows = await session.execute(_LIST, {"type": entity_type, **scope.values})
    return [_entity(row) for row in rows.mappings()]


async def citations_of(
    session: AsyncConnection, ids: Collection[UUID], scope: Scope = EVERYWHERE
) -> dict[UUID, list[Citation]]:
    """Return every place of each entity, by date of publication and place in the recording."""
    rows = await session.execute(_OF_ENTITY, {"ids": list(ids), **scope.values})
    found: dict[UUID, list[Citation]] = {}
    for row in rows.mappings():
        found.setdefault(row["entity_id"], []).append(_citation(row))
    return found


async def ids_around(
    session: AsyncConnection, start: UUID, depth: int, followed: Followed
) -> list[UUID]:
    """Return the entities at most `depth` edges away, the nearest first, `start` among them."""
    values = {"start": start, "depth": depth, **followed.values}
    return list((await session.scalars(_AROUND, values)).all())


async def ids_between(
    session: AsyncConnection, ends: tuple[UUID, UUID], longest: int, followed: Followed
) -> list[UUID]:
    """Return the entities of a shortest path of at most `longest` edges; none where none is."""
    start, goal = ends
    values = {"start": start, "goal": goal, "depth": longest, **followed.values}
    return list((await session.scalars(_PATH, values)).all())


async def edges_between(
    session: AsyncConnection, ids: Collection[UUID], followed: Followed, quotes: int
) -> list[Edge]:
    """Return all edges among some entities, each with its first `quotes` quotes."""
    rows = await session.execute(_BETWEEN, {"ids": list(ids), **followed.values})
    edges = list(rows.mappings())
    order = await _quoted(session, [key for row in edges for key in row["evidence_ids"]])
    place = {key: number for number, key in enumerate(order)}
    return [
        Edge(
            **{name: row[name] for name in Edge.model_fields if name != "citations"},
            citations=tuple(
                order[key]
                for key in sorted(set(row["evidence_ids"]) & order.keys(), key=place.__getitem__)
            )[:quotes],
        )
        for row in edges
    ]


async def together_over_time(
    session: AsyncConnection, entity_id: UUID, followed: Followed
) -> list[Together]:
    """Return with whom an entity is connected, month by month, with the first words of each."""
    values = {"start": entity_id, **followed.about(entity_id).values}
    found = await session.execute(_TOGETHER, values)
    rows = list(found.mappings())
    said = await _quoted(session, [row["evidence_id"] for row in rows])
    return [
        Together.model_validate({**row, "citation": said.get(row["evidence_id"])}) for row in rows
    ]


async def _quoted(session: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, Citation]:
    """Return what was said in each evidence, by date of publication and place in the recording."""
    said = await session.execute(_QUOTES, {"ids": list(ids)})
    return {row["evidence_id"]: _citation(row) for row in said.mappings()}


def _entity(row: RowMapping) -> Entity:
    near = None
    if row["near_name"] is not None:
        near = NearName(name=row["near_name"], likeness=row["likeness"], verdict=row["verdict"])
    return Entity(
        id=row["entity_id"],
        name=row["name"],
        type=row["type"],
        named=row["named"],
        videos=row["videos"],
        speaks=row["speaks"],
        aliases=tuple(each for each in row["surfaces"] if each != row["name"]),
        is_resolved=row["is_resolved"],
        near=near,
    )


def _citation(row: RowMapping) -> Citation:
    fields: Mapping[str, Any] = {"start_char": None, "end_char": None, **row}
    url = playable_url(row["url"], row["media_path"])
    link = deep_link(url, row["start_ms"]) if url else None
    return Citation.model_validate({**fields, "link": link})
