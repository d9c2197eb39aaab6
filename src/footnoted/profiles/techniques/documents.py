"""What a search finds moments by, kept equal to the moments a video has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from footnoted.knowledge.store import read_video
from footnoted.profiles.techniques.store import read_video_moments
from footnoted.search.documents import MomentFacts, moment_document
from footnoted.search.port import DocumentKind
from footnoted.search.store import Owner, replace_documents
from footnoted.stages.searchable import search_facts
from footnoted.transcripts.store import read_transcript_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.transcript import Cue
    from footnoted.model.video import VideoFacts
    from footnoted.profiles.techniques.types import StoredMoment
    from footnoted.search.port import Document


async def write_moment_documents(session: AsyncConnection, video_id: int) -> None:
    """Make the live moments of a video findable, and no other moment of it."""
    video = await read_video(session, video_id)
    if video is None:
        return
    moments = await read_video_moments(session, video_id)
    cues: Sequence[Cue] = ()
    if moments and video.transcript_id is not None:
        cues = (await read_transcript_version(session, video.transcript_id)).transcript.cues
    documents = [_document(video, moment, cues) for moment in moments]
    owner = Owner(video_id=video_id)
    await replace_documents(session, documents, owner=owner, kind=DocumentKind.MOMENT)


def _document(video: VideoFacts, moment: StoredMoment, cues: Sequence[Cue]) -> Document:
    said = cues[moment.first_cue : moment.last_cue + 1]
    facts = search_facts(video)
    if moment.subtopic is not None:
        facts = replace(facts, tags=(*facts.tags, moment.subtopic))
    return moment_document(
        facts,
        MomentFacts(
            moment_id=moment.id,
            title=moment.title,
            summary=moment.summary,
            quote=moment.quote,
            start_ms=moment.start_ms,
            end_ms=moment.end_ms,
            category=moment.category,
            tools=moment.tools,
            speakers=tuple(dict.fromkeys(cue.speaker for cue in said if cue.speaker)),
        ),
    )
