"""What a database holds, without ids and times: equal content was made by equal work."""

from __future__ import annotations

import json
from typing import Any

import asyncpg

CONTENT = {
    "videos": """SELECT m.title, c.name, v.status, v.attempts, v.crashes, v.failure_code,
        v.lease_owner IS NULL AS free, t.version, t.text_sha256
      FROM videos v JOIN media m ON m.id = v.media_id JOIN creators c ON c.id = v.creator_id
      LEFT JOIN transcripts t ON t.id = v.transcript_id""",
    "topics": """SELECT m.title AS video, t.position, t.first_cue, t.last_cue, t.title
      FROM topics t JOIN videos v ON v.id = t.video_id JOIN media m ON m.id = v.media_id""",
    "moments": """SELECT m.title AS video, t.position, t.title, t.summary, t.content_type, t.tools,
        t.category, t.subtopic, t.content_type_override, t.retired_at IS NULL AS live,
        e.quote, e.match, e.score, e.first_cue, e.last_cue, e.start_ms, e.end_ms, e.text
      FROM technique_moments t JOIN evidence e ON e.id = t.evidence_id
      JOIN videos v ON v.id = t.video_id JOIN media m ON m.id = v.media_id""",
    "groups": """SELECT profile, category, status, attempts, crashes, wanted = done AS done
      FROM page_groups""",
    "pages": """SELECT p.slug, p.title, p.category, p.retired_at IS NULL AS live, v.version,
        v.summary, v.tags, v.tools, v.id = p.current_version_id AS current
      FROM pages p JOIN page_versions v ON v.page_id = p.id""",
    "claims": """SELECT p.slug, v.version, c.position, c.heading, c.text,
        array_agg(e.quote ORDER BY e.quote, e.first_cue) AS quotes
      FROM claims c JOIN page_versions v ON v.id = c.page_version_id
      JOIN pages p ON p.id = v.page_id
      JOIN claim_evidence ce ON ce.claim_id = c.id JOIN evidence e ON e.id = ce.evidence_id
      GROUP BY p.slug, v.version, c.id""",
    "documents": "SELECT kind, body FROM documents",
    "outbox": "SELECT 1 FROM index_outbox",
    "sources": "SELECT locator, status, attempts, crashes FROM sources",
    "runs": """SELECT item_kind, trigger, status, count(*) AS n
      FROM runs WHERE item_kind <> 'page_group' GROUP BY 1, 2, 3""",
    "calls": """SELECT request_sha256, generation, stage, label, state, usable, answer
      FROM llm_calls""",
}
"""What everything that was made looks like, one query each."""

EVENTS = """
  SELECT COALESCE(m.title, g.category, 'the source') AS item, e.item_kind, e.name, e.stage,
    e.fields - 'calls' AS fields
  FROM events e
  LEFT JOIN videos v ON e.item_kind = 'video' AND v.id = e.item_id
  LEFT JOIN media m ON m.id = v.media_id
  LEFT JOIN page_groups g ON e.item_kind = 'page_group' AND g.id = e.item_id
  ORDER BY e.item_kind, item, e.id
"""
"""What was told of each item, in the order it was told; whether an answer was bought or replayed is
what a death on the way may change."""


async def content_of(url: str) -> dict[str, list[str]]:
    """Return every row of the content, sorted, and every item's events in their order."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        found = {
            name: sorted(_line(row) for row in await connection.fetch(query))
            for name, query in CONTENT.items()
        }
        found["events"] = [_line(row) for row in await connection.fetch(EVENTS)]
        return found
    finally:
        await connection.close()


async def answered_in(url: str) -> set[str]:
    """Return the hashes of the questions whose answers are journaled."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        rows = await connection.fetch(
            "SELECT request_sha256 FROM llm_calls WHERE state = 'answered' AND usable"
        )
        return {row["request_sha256"] for row in rows}
    finally:
        await connection.close()


def _line(row: asyncpg.Record) -> str:
    values = {
        name: json.loads(value) if name in ("body", "fields") else value
        for name, value in row.items()
    }
    return json.dumps(_without_ids(values), sort_keys=True, default=str)


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_ids(inner)
            for name, inner in value.items()
            if name != "id" and not name.endswith(("_id", "_ids"))
        }
    return [_without_ids(inner) for inner in value] if isinstance(value, list) else value
