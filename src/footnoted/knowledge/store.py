"""The SQL of videos as stages see them, their topics and their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text

from footnoted.db.rows import insert_missing, upsert
from footnoted.db.tables import creators, evidence, media, sources, topics, transcripts, videos
from footnoted.model.citation import Evidence
from footnoted.model.identity import deterministic_id
from footnoted.model.topic import Topic
from footnoted.model.video import Chapter, VideoFacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.bound_evidence import BoundEvidence


async def read_video(session: AsyncConnection, video_id: int) -> VideoFacts | None:
    """Return what is known of a video, or None when it is gone."""
    row = (
        (
            await session.execute(
                select(
                    videos.c.id,
                    videos.c.profile,
                    videos.c.creator_id,
                    creators.c.name.label("creator"),
                    videos.c.source_id,
                    media.c.title,
                    media.c.url,
                    media.c.published_at,
                    func.coalesce(transcripts.c.language, media.c.language).label("language"),
                    sources.c.options["output_language"].astext.label("output_language"),
                    videos.c.transcript_id,
                    media.c.tags,
                    media.c.chapters,
                )
                .join(media, media.c.id == videos.c.media_id)
                .join(creators, creators.c.id == videos.c.creator_id)
                .outerjoin(sources, sources.c.id == videos.c.source_id)
                .outerjoin(transcripts, transcripts.c.id == videos.c.transcript_id)
                .where(videos.c.id == video_id)
            )
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    chapters = sorted(map(Chapter.model_validate, row["chapters"]), key=lambda at: at.start_ms)
    return VideoFacts.model_validate(
        {**row, "tags": tuple(row["tags"]), "chapters": tuple(chapters)}
    )


async def replace_topics(
    session: AsyncConnection,
    video_id: int,
    transcript_id: int | None,
    found: Sequence[Topic],
) -> None:
    """Write the topics of a video in place of those it had; equal ones stay untouched."""
    await session.execute(
        delete(topics).where(topics.c.video_id == video_id, topics.c.position >= len(found))
    )
    rows = [
        {
            "id": deterministic_id("topic", video_id, topic.position),
            "video_id": video_id,
            "transcript_id": transcript_id,
            **topic.model_dump(),
        }
        for topic in found
    ]
    await upsert(session, topics, rows)


async def read_topics(
    session: AsyncConnection, video_id: int, transcript_id: int
) -> tuple[Topic, ...]:
    """Return the topics of one transcript version of a video, in order."""
    rows = await session.execute(
        select(topics)
        .where(topics.c.video_id == video_id, topics.c.transcript_id == transcript_id)
        .order_by(topics.c.position)
    )
    return tuple(Topic.model_validate(row) for row in rows.mappings())


async def save_evidence(
    session: AsyncConnection, video_id: int, transcript_id: int, bound: Sequence[BoundEvidence]
) -> None:
    """Write evidence, rejected evidence too; what is there already is immutable and stays."""
    rows = [
        {
            "id": item.id,
            "video_id": video_id,
            "transcript_id": transcript_id,
            **item.evidence.model_dump(exclude={"match"}),
            "match": item.evidence.match.value,
        }
        for item in bound
    ]
    await insert_missing(session, evidence, rows)


async def read_evidence(session: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Evidence]:
    """Return the evidence with these ids, locked so that it cannot go before the commit."""
    rows = await session.execute(
        select(evidence)
        .where(evidence.c.id.in_(ids))
        .order_by(evidence.c.id)
        .with_for_update(read=True, key_share=True)
    )
    return {row["id"]: Evidence.model_validate(row) for row in rows.mappings()}


async def prune_evidence(session: AsyncConnection, video_id: int, keep: Sequence[UUID]) -> None:
    """Delete the evidence of a video that is not in `keep` and that no claim ever cited."""
    await session.execute(
        text("""
          DELETE FROM evidence e WHERE e.video_id = :video_id AND NOT e.id = ANY(:keep)
            AND NOT EXISTS (SELECT 1 FROM claim_evidence c WHERE c.evidence_id = e.id)
        """),
        {"video_id": video_id, "keep": list(keep)},
    )


async def cited_moments(session: AsyncConnection, moment_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of `moment_ids` that a published page cites in its current version."""
    rows = await session.scalars(
        text("""
          SELECT DISTINCT ce.moment_id FROM claim_evidence ce
          JOIN claims c ON c.id = ce.claim_id
          JOIN pages p ON p.current_version_id = c.page_version_id AND p.retired_at IS NULL
          WHERE ce.moment_id = ANY(:ids)
        """),
        {"ids": list(moment_ids)},
    )
    return set(rows.all())
