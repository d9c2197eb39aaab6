"""The SQL of everything about one video."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from footnoted.db.recordings import MEDIA_PATH, WAITED_FOR, WITHHELD
from footnoted.model.citation import MatchKind, deep_link, playable_url
from footnoted.model.status import ItemKind
from footnoted.pipeline.reports.videos.report import (
    EventLine,
    EvidenceLine,
    FileLine,
    PageLine,
    RunLine,
    TranscriptLine,
    VideoState,
)
from footnoted.sources.youtube import availability

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

_VIDEO = {"kind": ItemKind.VIDEO.value}


class MediaRow(NamedTuple):
    """The recording of a video, as far as its facts do not tell; `url` is where it plays.

    `owner` is the label of its source, or its own.
    """

    id: int
    url: str | None
    duration_ms: int | None
    description: str | None
    owner: str | None


async def media_of(session: AsyncConnection, video_id: int) -> MediaRow | None:
    """Return the recording of a video, or None when there is no such video."""
    rows = await session.execute(
        text(f"""SELECT m.id, m.url, m.duration_ms, m.description, {MEDIA_PATH} AS media_path,
                   COALESCE(s.owner, m.owner) AS owner
                 FROM videos v JOIN media m ON m.id = v.media_id
                   LEFT JOIN sources s ON s.id = m.source_id WHERE v.id = :id"""),  # noqa: S608 - a constant
        {"id": video_id},
    )
    row = rows.one_or_none()
    if row is None:
        return None
    url = playable_url(row.url, row.media_path)
    return MediaRow(row.id, url, row.duration_ms, row.description, row.owner)


async def read_state(session: AsyncConnection, video_id: int, now: datetime) -> VideoState:
    """Return where a video stands as of `now`."""
    rows = await session.execute(
        text(f"""
          SELECT v.status, v.wait_reason, v.wait_detail, v.attempts, v.failure_code,
            v.failure_detail, v.quality_accepted, v.created_at, v.updated_at,
            COALESCE(w.not_before, v.not_before) AS wait_until,
            COALESCE(w.deadline, v.deadline) AS deadline,
            CASE WHEN v.status IN ('failed', 'quarantined', 'skipped', 'cancelled')
              THEN v.resume_from END AS stopped_after,
            CASE WHEN v.lease_expires_at > :now THEN v.lease_expires_at END AS in_work_until,
            CASE WHEN h.id IS NOT NULL THEN jsonb_build_object(
              'reason', COALESCE(h.failure_code, h.wait_reason),
              'detail', COALESCE(h.failure_detail, h.wait_detail),
              'next_at', h.not_before) END AS withheld
          FROM videos v {WAITED_FOR} LEFT JOIN {WITHHELD} WHERE v.id = :id"""),  # noqa: S608 - constants
        {"id": video_id, "now": now, "withheld": list(availability.WITHHELD)},
    )
    return VideoState.model_validate(rows.mappings().one())


async def read_files(session: AsyncConnection, media_id: int) -> tuple[FileLine, ...]:
    """Return the files of a recording, in the order they were first seen."""
    rows = await session.execute(
        text("""SELECT path, role, origin, missing_at FROM media_files
                WHERE media_id = :media ORDER BY id"""),
        {"media": media_id},
    )
    return tuple(FileLine.model_validate(row) for row in rows.mappings())


async def read_transcripts(
    session: AsyncConnection, media_id: int, used_id: int | None
) -> tuple[TranscriptLine, ...]:
    """Return the versions of a recording's transcript, newest first."""
    rows = await session.execute(
        text("""
          SELECT id, version, id IS NOT DISTINCT FROM CAST(:used AS bigint) AS is_used, origin,
            format, language, word_count, cue_count, duration_ms, is_timed, notes, quality,
            created_at
          FROM transcripts WHERE media_id = :media ORDER BY version DESC"""),
        {"media": media_id, "used": used_id},
    )
    return tuple(TranscriptLine.model_validate(row) for row in rows.mappings())


async def read_evidence_lines(
    session: AsyncConnection, video_id: int, url: str | None
) -> dict[UUID, EvidenceLine]:
    """Return all evidence of a video by id, rejected quotes too."""
    rows = await session.execute(
        text("""
          SELECT id, match, score, COALESCE(text, quote) AS quote, first_cue, last_cue, start_ms,
            end_ms
          FROM evidence WHERE video_id = :id ORDER BY id"""),
        {"id": video_id},
    )
    return {
        row["id"]: EvidenceLine(
            **{name: row[name] for name in row if name not in ("id", "match")},
            match=MatchKind(row["match"]),
            link=deep_link(url, row["start_ms"]) if url else None,
        )
        for row in rows.mappings()
    }


async def citing_pages(session: AsyncConnection, video_id: int) -> tuple[PageLine, ...]:
    """Return the published pages that cite a video, by title."""
    rows = await session.execute(
        text("""
          SELECT DISTINCT p.slug, v.title FROM evidence e
          JOIN claim_evidence ce ON ce.evidence_id = e.id
          JOIN claims c ON c.id = ce.claim_id
          JOIN pages p ON p.current_version_id = c.page_version_id AND p.retired_at IS NULL
          JOIN page_versions v ON v.id = p.current_version_id
          WHERE e.video_id = :id ORDER BY v.title, p.slug"""),
        {"id": video_id},
    )
    return tuple(PageLine.model_validate(row) for row in rows.mappings())


async def read_runs(session: AsyncConnection, video_id: int) -> tuple[RunLine, ...]:
    """Return the runs of a video, newest first."""
    rows = await session.execute(
        text("""
          SELECT r.id, r.run_number, r.trigger, r.status, r.error_stage, r.started_at,
            r.finished_at, r.setup, r.pruned_events + e.events AS events,
            COALESCE(e.reached, r.pruned_reached) AS reached,
            r.pruned_replayed + e.calls_replayed AS calls_replayed, c.calls_bought,
            c.prompt_tokens, c.cached_tokens, c.output_tokens, c.cost_usd
          FROM runs r
          CROSS JOIN LATERAL (
            SELECT count(*) AS events,
              (array_agg(stage ORDER BY id DESC) FILTER (WHERE name = 'stage.advanced'))[1]
                AS reached,
              COALESCE(sum((fields->'calls'->>'replayed')::int), 0) AS calls_replayed
            FROM events WHERE run_id = r.id) e
          CROSS JOIN LATERAL (
            SELECT count(*) AS calls_bought, COALESCE(sum(cost_usd), 0) AS cost_usd,
              COALESCE(sum((usage->>'input_tokens')::bigint
                + (usage->>'cache_creation_5m_tokens')::bigint
                + (usage->>'cache_creation_1h_tokens')::bigint
                + (usage->>'cache_read_tokens')::bigint), 0) AS prompt_tokens,
              COALESCE(sum((usage->>'cache_read_tokens')::bigint), 0) AS cached_tokens,
              COALESCE(sum((usage->>'output_tokens')::bigint), 0) AS output_tokens
            FROM llm_calls
            WHERE item_kind = r.item_kind AND item_id = r.item_id AND state = 'answered'
              AND reserved_usd > 0 AND reserved_at >= r.started_at
              AND (r.finished_at IS NULL OR reserved_at <= r.finished_at)) c
          WHERE r.item_kind = :kind AND r.item_id = :id ORDER BY r.run_number DESC"""),
        {**_VIDEO, "id": video_id},
    )
    return tuple(RunLine.model_validate(row) for row in rows.mappings())


async def read_run_events(session: AsyncConnection, run_id: int) -> tuple[EventLine, ...] | None:
    """Return what happened in a run, newest first; None when there is no such run."""
    found = await session.scalar(text("SELECT 1 FROM runs WHERE id = :id"), {"id": run_id})
    if found is None:
        return None
    rows = await session.execute(
        text("""
          SELECT e.at, r.run_number, e.name, e.stage, e.fields
          FROM events e JOIN runs r ON r.id = e.run_id WHERE r.id = :id ORDER BY e.id DESC"""),
        {"id": run_id},
    )
    return tuple(EventLine.model_validate(row) for row in rows.mappings())


async def read_events(session: AsyncConnection, video_id: int, limit: int) -> tuple[EventLine, ...]:
    """Return what happened to a video last, newest first."""
    rows = await session.execute(
        text("""
          SELECT e.at, r.run_number, e.name, e.stage, e.fields
          FROM events e LEFT JOIN runs r ON r.id = e.run_id
          WHERE e.item_kind = :kind AND e.item_id = :id ORDER BY e.id DESC LIMIT :limit"""),
        {**_VIDEO, "id": video_id, "limit": limit},
    )
    return tuple(EventLine.model_validate(row) for row in rows.mappings())
