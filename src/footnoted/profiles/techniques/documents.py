"""What a search finds moments by, kept equal to the moments a video has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.knowledge.store import read_video
from footnoted.model.identity import deterministic_id
from footnoted.profiles.techniques.store import read_video_moments
from footnoted.search.port import Document, DocumentKind
from footnoted.search.store import Owner, replace_documents

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.video import VideoFacts
    from footnoted.profiles.techniques.types import StoredMoment


async def write_moment_documents(session: AsyncConnection, video_id: int) -> None:
    """Make the live moments of a video findable, and no other moment of it."""
    video = await read_video(session, video_id)
    if video is None:
        return
    moments = await read_video_moments(session, video_id)
    documents = [_document(video, moment) for moment in moments]
    owner = Owner(video_id=video_id)
    await replace_documents(session, documents, owner=owner, kind=DocumentKind.MOMENT)


def _document(video: VideoFacts, moment: StoredMoment) -> Document:
    return Document(
        id=deterministic_id("moment_document", str(moment.id)),
        kind=DocumentKind.MOMENT,
        profile=video.profile,
        video_id=video.id,
        source_id=video.source_id,
        creator=video.creator,
        title=moment.title,
        text=f"{moment.summary}\n{moment.quote}",
        url=video.url,
        start_ms=moment.start_ms,
        end_ms=moment.end_ms,
        language=moment.language,
        category=moment.category,
        tags=() if moment.subtopic is None else (moment.subtopic,),
        tools=moment.tools,
        published_at=video.published_at,
    )
