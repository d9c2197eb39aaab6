"""The SQL of upkeep: claims that nothing supports, pages without any, calls nobody waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID  # noqa: TC003 - tools read the fields of a row

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

VIDEO_MENDED = "video.mended"

_SUPPORTED = """EXISTS (
  SELECT 1 FROM claim_evidence ce JOIN evidence e ON e.id = ce.evidence_id
  WHERE ce.claim_id = c.id AND e.match <> 'rejected')"""

# A page stands on its current version; one whose version is gone says nothing at all.
_UNSUPPORTED = f"""
  SELECT p.id, p.group_id, p.current_version_id,
    count(c.id) FILTER (WHERE NOT {_SUPPORTED}) AS claims
  FROM pages p LEFT JOIN claims c ON c.page_version_id = p.current_version_id
  WHERE p.retired_at IS NULL GROUP BY p.id
  HAVING count(c.id) = 0 OR count(c.id) FILTER (WHERE NOT {_SUPPORTED}) > 0
  ORDER BY p.id
"""  # noqa: S608 - a constant

_DROP_CLAIMS = text(f"""
  DELETE FROM claims c WHERE c.page_version_id = ANY(:versions) AND NOT {_SUPPORTED}
""")  # noqa: S608 - a constant

# The hash of its content is no longer that of the version, so a page composed as it was is new.
_UNMARK = text("""
  UPDATE page_versions SET content_sha256 = 'mended ' || content_sha256
  WHERE id = ANY(:versions) AND NOT starts_with(content_sha256, 'mended ')
""")

# A cue is [number, start, end, text, speaker, kind]; the cues of a transcript are long, and each is
# looked at once.
_DANGLING = text("""
  WITH t AS MATERIALIZED (
    SELECT id, media_id, (cues->0->>0)::int AS first_cue, (cues->-1->>0)::int AS last_cue
    FROM transcripts)
  SELECT e.id, e.video_id FROM evidence e
  JOIN t ON t.id = e.transcript_id JOIN videos v ON v.id = e.video_id
  WHERE e.match <> 'rejected' AND v.lease_owner IS NULL
    AND (t.media_id <> v.media_id OR t.last_cue IS NULL OR e.last_cue < e.first_cue
         OR e.first_cue < t.first_cue OR e.last_cue > t.last_cue)
  ORDER BY e.id
""")

_CITING = text("""
  SELECT DISTINCT p.id, p.group_id, p.current_version_id, 0 FROM claim_evidence ce
  JOIN claims c ON c.id = ce.claim_id
  JOIN pages p ON p.current_version_id = c.page_version_id AND p.retired_at IS NULL
  WHERE ce.evidence_id = ANY(:ids) ORDER BY p.id
""")

_RETIRE_EMPTY = text("""
  UPDATE pages p SET retired_at = :now, updated_at = :now
  WHERE p.id = ANY(:ids) AND p.retired_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM claims c WHERE c.page_version_id = p.current_version_id)
""")


class UnsupportedPage(NamedTuple):
    """A published page that says something on nothing, or nothing: how many claims, and whose."""

    id: UUID
    group_id: int
    version_id: UUID | None
    claims: int


async def unsupported_pages(session: AsyncConnection) -> list[UnsupportedPage]:
    """Return the published pages with claims that nothing supports, or without claims."""
    return [UnsupportedPage(*row) for row in await session.execute(text(_UNSUPPORTED))]


class Dangling(NamedTuple):
    """A piece of evidence that names cues its recording does not have."""

    id: UUID
    video_id: int


async def dangling_evidence(session: AsyncConnection) -> list[Dangling]:
    """Return the evidence that names no cues of its video's recording; none of videos in work."""
    return [Dangling(*row) for row in await session.execute(_DANGLING)]


async def hold_idle(session: AsyncConnection, video_id: int) -> bool:
    """Return whether nobody works on a video; nobody begins to before the transaction ends."""
    held = text("SELECT id FROM videos WHERE id = :id AND lease_owner IS NULL FOR UPDATE")
    return await session.scalar(held, {"id": video_id}) is not None


async def drop_evidence(
    session: AsyncConnection, evidence_ids: Sequence[UUID]
) -> list[UnsupportedPage]:
    """Delete evidence with the moments that rest on it; return the published pages that cite it."""
    ids = {"ids": list(evidence_ids)}
    citing = [UnsupportedPage(*row) for row in await session.execute(_CITING, ids)]
    await session.execute(text("DELETE FROM evidence WHERE id = ANY(:ids)"), ids)
    return citing


async def mended_before(session: AsyncConnection, video_id: int) -> set[tuple[str, str]]:
    """Return which evidence of a video was ever mended, each with what was wrong with it."""
    newest = text("""SELECT fields->'evidence' FROM events
                     WHERE item_kind = 'video' AND item_id = :id AND name = :name
                     ORDER BY id DESC LIMIT 1""")
    found = await session.scalar(newest, {"id": video_id, "name": VIDEO_MENDED})
    return {(str(key), str(why)) for key, why in found or ()}


async def note_mended(
    session: AsyncConnection, video_id: int, known: Collection[tuple[str, str]], now: datetime
) -> None:
    """Note what of a video was ever mended; all of it, as retention keeps the newest event only."""
    noted = text("""INSERT INTO events (item_kind, item_id, name, fields, at)
                    VALUES ('video', :id, :name, :fields, :now)""")
    fields = {"evidence": [list(pair) for pair in sorted(known)]}
    await session.execute(
        noted.bindparams(bindparam("fields", type_=JSONB)),
        {"id": video_id, "name": VIDEO_MENDED, "fields": fields, "now": now},
    )


async def drop_unsupported(
    session: AsyncConnection, found: Sequence[UnsupportedPage], now: datetime
) -> None:
    """Take unsupported claims off their pages, and retire the pages that have none left."""
    versions = [page.version_id for page in found if page.version_id is not None]
    await session.execute(_DROP_CLAIMS, {"versions": versions})
    await session.execute(_UNMARK, {"versions": versions})
    await session.execute(_RETIRE_EMPTY, {"ids": [page.id for page in found], "now": now})


async def overdue_calls(session: AsyncConnection, now: datetime) -> int:
    """Return how many calls were sent, should have been answered, and are given up by nobody."""
    counted = text("""SELECT count(*) FROM llm_calls
                      WHERE state = 'sent' AND deadline_at < :now AND batch_id IS NULL""")
    return await session.scalar(counted, {"now": now}) or 0


async def unsent_calls(session: AsyncConnection) -> int:
    """Return how many calls are reserved and were not sent."""
    return (
        await session.scalar(text("SELECT count(*) FROM llm_calls WHERE state = 'reserved'")) or 0
    )


class Lost(NamedTuple):
    """Paid calls whose answers never came, and what they hold in the budgets, as text (USD)."""

    calls: int
    held_usd: str


async def lost_calls(session: AsyncConnection) -> Lost:
    """Return the calls that are given up."""
    row = await session.execute(
        text("""SELECT count(*), COALESCE(sum(reserved_usd), 0) FROM llm_calls
                WHERE state = 'unknown' AND reserved_usd > 0""")
    )
    calls, usd = row.one()
    return Lost(calls, format(usd, "f"))
