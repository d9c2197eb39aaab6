"""What the four profiles published, and the audit of all of it.

A claim is audited by the evidence it rests on, and by what it says of itself (`particulars`): a
name stands where it is said to stand, a correction replaces the words that are there, an action
belongs to somebody who was named.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bench import particulars
from bench.heard import Ask, Audit, Claim, Library, read_library
from bench.lying_model import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PAGES = """
  SELECT p.profile, 'page ' || CASE c.kind WHEN 'step' THEN 'step' ELSE 'claim' END AS kind,
    c.id::text AS id, array_remove(array_agg(ce.evidence_id), NULL) AS evidence
  FROM pages p JOIN claims c ON c.page_version_id = p.current_version_id
  LEFT JOIN claim_evidence ce ON ce.claim_id = c.id WHERE p.retired_at IS NULL GROUP BY 1, 2, 3
"""
_GROUNDS = """
  SELECT p.profile, p.slug, v.summary, v.tags, v.tools, v.grounds
  FROM pages p JOIN page_versions v ON v.id = p.current_version_id
  WHERE p.retired_at IS NULL AND p.profile = 'techniques'
"""
_TECHNIQUES = """
  SELECT 'techniques' AS profile, 'moment' AS kind, id::text, ARRAY[evidence_id] AS evidence
  FROM technique_moments WHERE retired_at IS NULL
"""
_RECIPES = """
  SELECT profile, 'item' AS kind, id::text, ARRAY[evidence_id] AS evidence
  FROM declared_items WHERE retired_at IS NULL
"""
_STOCKS = """
  SELECT 'stocks' AS profile, 'mention' AS kind, id::text, ARRAY[evidence_id] AS evidence
  FROM stock_mentions WHERE superseded_at IS NULL
  UNION ALL SELECT 'stocks', CASE kind WHEN 'summary' THEN 'market summary' ELSE kind END, id::text,
    ARRAY[evidence_id]
  FROM stock_outlook_points WHERE superseded_at IS NULL
  UNION ALL SELECT 'stocks', 'direction', o.id::text,
    ARRAY(SELECT p.evidence_id FROM stock_outlook_points p WHERE p.video_id = o.video_id
      AND p.kind = 'reason' AND p.superseded_at IS NULL)
  FROM stock_outlooks o WHERE o.superseded_at IS NULL AND o.direction IS NOT NULL
"""
_BRAIN = """
  SELECT 'brain' AS profile, role AS kind, id::text, ARRAY[evidence_id] AS evidence
  FROM brain_mentions
  UNION ALL SELECT 'brain', replace(kind, '_', ' '), id::text, ARRAY[evidence_id]
  FROM brain_relations
  UNION ALL SELECT 'brain', kind, id::text, ARRAY[evidence_id] FROM brain_points
  UNION ALL SELECT 'brain', 'sentence', s.id::text,
    ARRAY(SELECT p.evidence_id FROM brain_support u JOIN brain_points p ON p.id = u.point_id
      WHERE u.sentence_id = s.id)
  FROM brain_sentences s
"""


def audit(ask: Ask, told: Mapping[str, Any] | None = None) -> Audit:
    """Return the audit of all that stands published in a database.

    `told` is what the program says of stances and entities: `events`, `timelines`, `entities`.
    """
    library, found = read_library(ask), Audit()
    for statement in (_PAGES, _TECHNIQUES, _RECIPES, _STOCKS, _BRAIN):
        for row in ask(statement):
            claim = Claim(row["profile"], row["kind"], row["id"], tuple(row["evidence"]))
            take(found, library, claim)
    for claim in grounds_of(ask):
        take(found, library, claim)
    particulars.hold_names(ask, library, found)
    particulars.hold_edges(ask, library, found)
    particulars.hold_corrections(ask, library, found)
    particulars.hold_points(ask, library, found)
    particulars.hold_companies(ask, library, found)
    for row in library.evidence.values():
        if row["id"] not in library.wrong:
            found.by_text[row["video_id"], squeeze(row["text"])].append(row)
    if told is not None:
        particulars.hold_stances(told, found)
        particulars.hold_entities(told, found)
    return found


def take(found: Audit, library: Library, claim: Claim) -> None:
    """Count a claim, and note when its evidence does not resolve."""
    found.looked[claim.profile][claim.kind] += 1
    why = None if claim.evidence else "it has no evidence"
    for key in claim.evidence:
        why = why or library.wrong.get(key)
    if why is not None:
        found.fault(claim.profile, claim.kind, claim.id, why)


def grounds_of(ask: Ask) -> Iterable[Claim]:
    """Yield the summary, tags and tools of each page with what they rest on."""
    for row in ask(_GROUNDS):
        grounds = json.loads(row["grounds"])
        if row["summary"]:
            yield ground("page summary", row["slug"], grounds.get("summary") or ())
        for kind, names in (("page tag", row["tags"]), ("page tool", row["tools"])):
            known = grounds.get(f"{kind.removeprefix('page ')}s") or {}
            for name in names:
                yield ground(kind, f"{row['slug']}: {name}", known.get(name, ()))


def ground(kind: str, key: str, evidence: Iterable[str]) -> Claim:
    """Return what stands beside the claims of a page of techniques."""
    return Claim("techniques", kind, key, tuple(map(UUID, evidence)))
