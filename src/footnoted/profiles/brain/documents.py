"""What a search finds the finds of a video by, kept equal to what the video has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.knowledge.store import read_evidence, read_video
from footnoted.profiles.brain.reading.store import show_moments
from footnoted.search.documents import MomentFacts, moment_document
from footnoted.search.port import DocumentKind
from footnoted.search.store import Owner, replace_documents
from footnoted.stages.searchable import search_facts

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def write_documents(session: AsyncConnection, video_id: int) -> None:
    """Make the names, stated relations and points of a video findable, and nothing else of it."""
    video = await read_video(session, video_id)
    if video is None:
        return
    facts = search_facts(video)
    moments = await show_moments(session, video_id)
    evidence = await read_evidence(session, [moment.evidence_id for moment in moments])
    documents = [
        moment_document(
            facts,
            MomentFacts(
                moment_id=moment.id,
                title=moment.title,
                summary=moment.summary,
                quote=found.text or "",
                start_ms=found.start_ms,
                end_ms=found.end_ms,
                category=moment.category,
                tools=moment.tools,
            ),
        )
        for moment in moments
        if (found := evidence.get(moment.evidence_id)) is not None and found.resolves
    ]
    owner = Owner(video_id=video_id)
    await replace_documents(session, documents, owner=owner, kind=DocumentKind.MOMENT)
