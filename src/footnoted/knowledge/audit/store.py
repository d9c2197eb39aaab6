"""The SQL of the audit: evidence beside the cues it names, and who relies on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select, text

from footnoted.db.recordings import MEDIA_PATH
from footnoted.db.tables import transcripts
from footnoted.model.citation import MatchKind, playable_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    MomentSource = Callable[[AsyncConnection], Awaitable[Mapping[UUID, UUID]]]
    """Reads the live moments of a profile: moment id to evidence id."""


class AuditedEvidence(NamedTuple):
    """A piece of evidence that says it resolves, and where its recording can be played."""

    id: UUID
    video_id: int
    quote: str
    match: MatchKind
    score: float
    first_cue: int
    last_cue: int
    start_ms: int | None
    end_ms: int | None
    text: str
    url: str | None


async def cited_transcripts(session: AsyncConnection) -> list[int]:
    """Return the transcript versions that resolving evidence is in, in order."""
    found = text("SELECT DISTINCT transcript_id FROM evidence WHERE match <> 'rejected' ORDER BY 1")
    return list((await session.scalars(found)).all())


class StoredCue(NamedTuple):
    """A cue as it stands in the database."""

    number: int
    start_ms: int | None
    end_ms: int | None
    text: str
    speaker: str | None
    kind: str


async def read_cues(session: AsyncConnection, transcript_id: int) -> list[StoredCue]:
    """Return the cues as stored, in order."""
    cues: list[list[Any]] | None = await session.scalar(
        select(transcripts.c.cues).where(transcripts.c.id == transcript_id)
    )
    return [StoredCue(*cue) for cue in cues or []]


async def read_audited(session: AsyncConnection, transcript_id: int) -> list[AuditedEvidence]:
    """Return the evidence in a transcript version that says it resolves."""
    rows = await session.execute(
        text(f"""
          SELECT e.id, e.video_id, e.quote, e.match, e.score, e.first_cue, e.last_cue,
            e.start_ms, e.end_ms, COALESCE(e.text, '') AS text, m.url,
            {MEDIA_PATH} AS media_path
          FROM evidence e JOIN videos v ON v.id = e.video_id JOIN media m ON m.id = v.media_id
          WHERE e.transcript_id = :transcript_id AND e.match <> 'rejected' ORDER BY e.id
        """),  # noqa: S608 - a constant
        {"transcript_id": transcript_id},
    )
    return [
        AuditedEvidence(*row[:-1])._replace(
            match=MatchKind(row.match), url=playable_url(row.url, row.media_path)
        )
        for row in rows
    ]


async def rejected_among(
    session: AsyncConnection, evidence_ids: Sequence[UUID]
) -> list[tuple[UUID, int]]:
    """Return which of this evidence is rejected, with the videos it is of."""
    rows = await session.execute(
        text("""SELECT id, video_id FROM evidence
                WHERE id = ANY(:ids) AND match = 'rejected' ORDER BY id"""),
        {"ids": list(evidence_ids)},
    )
    return [(row.id, row.video_id) for row in rows]


async def published_claims(session: AsyncConnection) -> dict[UUID, list[UUID]]:
    """Return the evidence of every claim of a published page; none is an empty list."""
    rows = await session.execute(
        text("""
          SELECT c.id, COALESCE(array_agg(ce.evidence_id) FILTER (
            WHERE ce.evidence_id IS NOT NULL), '{}') AS evidence_ids
          FROM pages p JOIN claims c ON c.page_version_id = p.current_version_id
          LEFT JOIN claim_evidence ce ON ce.claim_id = c.id
          WHERE p.retired_at IS NULL GROUP BY c.id ORDER BY c.id
        """)
    )
    return {row.id: list(row.evidence_ids) for row in rows}


async def count_rejected(session: AsyncConnection) -> int:
    """Return how many quotes were rejected."""
    counted = text("SELECT count(*) FROM evidence WHERE match = 'rejected'")
    return int(await session.scalar(counted) or 0)
