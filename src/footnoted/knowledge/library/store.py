"""The SQL that finds and reads published pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from footnoted.db.recordings import CREATOR_CALLED, MEDIA_PATH, TRANSCRIPT_PATH
from footnoted.knowledge.pages.reading import CitationRow, build_view
from footnoted.knowledge.pages.view import PageSummary, PageVersion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.pages.view import PageView

_COLUMNS = """
  SELECT p.id, p.slug, v.title, p.profile, c.name AS creator, c.slug AS creator_slug, p.category,
    v.version, p.updated_at, v.summary, v.tags, v.tools, v.grounds, v.provenance,
    (SELECT count(*) FROM claims k WHERE k.page_version_id = v.id AND k.kind = 'statement')
      AS claim_count
"""

_HEAD = f"""{_COLUMNS}
  FROM pages p
  JOIN page_versions v ON v.id = p.current_version_id
  JOIN creators c ON c.id = p.creator_id
  WHERE p.retired_at IS NULL
"""

_VERSION = """
  JOIN page_versions v ON v.page_id = p.id AND (
    CASE WHEN CAST(:version AS int) IS NULL THEN v.id = p.current_version_id
    ELSE v.version = :version END)
"""

_ONE = text(f"""{_COLUMNS}
  FROM pages p {_VERSION}
  JOIN creators c ON c.id = p.creator_id
  WHERE p.retired_at IS NULL AND p.id = :page_id
""")

_VERSIONS = text("""
  SELECT version, title, created_at FROM page_versions WHERE page_id = :page_id ORDER BY version
""")

_SUMMARIES = text(f"""{_HEAD}
    AND (CAST(:profile AS text) IS NULL OR p.profile = :profile)
    AND (CAST(:creator AS text) IS NULL OR {CREATOR_CALLED})
    AND (CAST(:category AS text) IS NULL OR lower(p.category) = lower(:category))
  ORDER BY c.name, p.category, v.title, p.id
""")

_BY_SLUG = text(f"""
  SELECT p.id FROM pages p JOIN creators c ON c.id = p.creator_id
  WHERE p.retired_at IS NULL
    AND (CAST(:profile AS text) IS NULL OR p.profile = :profile)
    AND (CAST(:creator AS text) IS NULL OR {CREATOR_CALLED})
    AND (p.slug = :slug OR EXISTS (
      SELECT 1 FROM page_redirects r
      WHERE r.page_id = p.id AND r.slug = :slug AND NOT EXISTS (
        SELECT 1 FROM pages live WHERE live.slug = :slug AND live.retired_at IS NULL
          AND live.profile = p.profile AND live.creator_id = p.creator_id)))
  ORDER BY c.name, p.profile, p.id
""")  # noqa: S608 - a constant

_SLUGS = text("""
  SELECT id, slug FROM pages WHERE id = ANY(:ids) AND retired_at IS NULL ORDER BY id
""")

_CITATIONS = text(f"""
  SELECT k.position, k.heading, k.text AS claim, k.kind, k.conflict, e.id AS evidence_id,
    e.text AS quote, e.match, t.origin, e.video_id, m.title AS video_title, m.published_at, m.url,
    e.first_cue, e.last_cue, e.start_ms,
    {MEDIA_PATH} AS media_path, {TRANSCRIPT_PATH} AS transcript_path
  FROM pages p {_VERSION}
  JOIN claims k ON k.page_version_id = v.id
  JOIN claim_evidence ce ON ce.claim_id = k.id
  JOIN evidence e ON e.id = ce.evidence_id
  JOIN videos w ON w.id = e.video_id
  JOIN media m ON m.id = w.media_id
  JOIN transcripts t ON t.id = e.transcript_id
  WHERE p.id = :page_id AND e.match <> 'rejected'
  ORDER BY k.position, m.published_at NULLS LAST, m.identity, e.first_cue, e.id
""")  # noqa: S608 - joins constants


_GROUNDS = text("""
  SELECT mode() WITHIN GROUP (ORDER BY COALESCE(t.language, m.language)) AS language,
    max(m.published_at) AS published_at
  FROM pages p
  JOIN claims k ON k.page_version_id = p.current_version_id
  JOIN claim_evidence ce ON ce.claim_id = k.id
  JOIN evidence e ON e.id = ce.evidence_id AND e.match <> 'rejected'
  JOIN transcripts t ON t.id = e.transcript_id
  JOIN videos w ON w.id = e.video_id
  JOIN media m ON m.id = w.media_id
  WHERE p.id = :page_id
""")


_RESTING_ON = text("""
  SELECT DISTINCT p.id FROM pages p
  JOIN claims k ON k.page_version_id = p.current_version_id
  JOIN claim_evidence ce ON ce.claim_id = k.id
  JOIN evidence e ON e.id = ce.evidence_id AND e.match <> 'rejected'
  WHERE e.video_id = :video_id AND p.retired_at IS NULL ORDER BY p.id
""")


class Grounds(NamedTuple):
    """The language most of a page's evidence is in, and when the newest of it was published."""

    language: str | None
    published_at: datetime | None


async def list_pages(
    session: AsyncConnection,
    *,
    profile: str | None = None,
    creator: str | None = None,
    category: str | None = None,
) -> list[PageSummary]:
    """Return the published pages by creator, category and title; None asks for nothing.

    `creator` is a name or slug, or one it had; names compare case-insensitively.
    """
    values = {"profile": profile, "creator": creator, "category": category}
    rows = await session.execute(_SUMMARIES, values)
    return [PageSummary.model_validate(_fields(row)) for row in rows.mappings()]


async def find_pages(
    session: AsyncConnection, slug: str, *, profile: str | None = None, creator: str | None = None
) -> list[UUID]:
    """Return the published pages that `slug` leads to: one at most for each creator and profile.

    A page that retired leads to the one that took over, and a page is found by its newest title.
    """
    values = {"slug": slug, "profile": profile, "creator": creator}
    return list((await session.scalars(_BY_SLUG, values)).all())


async def page_slugs(session: AsyncConnection, page_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the addresses of those of the pages that are published."""
    rows = await session.execute(_SLUGS, {"ids": list(page_ids)})
    return {row.id: row.slug for row in rows}


async def read_page(
    session: AsyncConnection, page_id: UUID, version: int | None = None
) -> PageView | None:
    """Return a published page, now or as an older version had it; None when there is none such."""
    values = {"page_id": page_id, "version": version}
    head = (await session.execute(_ONE, values)).mappings().one_or_none()
    if head is None:
        return None
    rows = await session.execute(_CITATIONS, values)
    return build_view(_fields(head), [CitationRow(*row) for row in rows])


async def read_grounds(session: AsyncConnection, page_id: UUID) -> Grounds:
    """Return what the recordings behind the current version of a page have in common."""
    return Grounds(*(await session.execute(_GROUNDS, {"page_id": page_id})).one())


async def pages_resting_on(session: AsyncConnection, video_id: int) -> list[UUID]:
    """Return the published pages that cite a video, in the order of their ids."""
    return list((await session.scalars(_RESTING_ON, {"video_id": video_id})).all())


async def list_versions(session: AsyncConnection, page_id: UUID) -> list[PageVersion]:
    """Return every version of a page, oldest first."""
    rows = await session.execute(_VERSIONS, {"page_id": page_id})
    return [PageVersion(*row) for row in rows]


def _fields(row: RowMapping) -> dict[str, Any]:
    return {**row, "tags": tuple(row["tags"]), "tools": tuple(row["tools"])}
