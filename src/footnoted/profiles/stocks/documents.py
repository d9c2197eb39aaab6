"""What a search finds mentions and outlooks by, kept equal to what a video says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from footnoted.knowledge.store import read_video
from footnoted.profiles.stocks.store import OUTLOOK, UNRESOLVED, read_mentions, read_points
from footnoted.profiles.stocks.titles import mention_title, point_title
from footnoted.search.documents import MomentFacts, moment_document
from footnoted.search.port import DocumentKind
from footnoted.search.store import Owner, replace_documents
from footnoted.stages.searchable import search_facts

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.model.video import VideoFacts
    from footnoted.profiles.stocks.types import StoredMention, StoredPoint
    from footnoted.search.port import Document


async def write_stock_documents(session: AsyncConnection, video_id: int) -> None:
    """Make the live mentions and statements of a video findable, and no others of it."""
    video = await read_video(session, video_id)
    if video is None:
        return
    mentions = [_mention(video, one) for one in await read_mentions(session, video_id)]
    points = [_point(video, one) for one in await read_points(session, video_id)]
    owner = Owner(video_id=video_id)
    await replace_documents(session, [*mentions, *points], owner=owner, kind=DocumentKind.MOMENT)


def _mention(video: VideoFacts, mention: StoredMention) -> Document:
    facts = search_facts(video)
    if mention.action is not None:
        facts = replace(facts, tags=(*facts.tags, mention.action))
    return moment_document(
        facts,
        MomentFacts(
            moment_id=mention.id,
            title=mention_title(mention),
            summary="",
            quote=mention.quote,
            start_ms=mention.start_ms,
            end_ms=mention.end_ms,
            category=mention.symbol or UNRESOLVED,
            tools=(mention.company,),
            speakers=(mention.speaker,) if mention.speaker else (),
        ),
    )


def _point(video: VideoFacts, point: StoredPoint) -> Document:
    return moment_document(
        search_facts(video),
        MomentFacts(
            moment_id=point.id,
            title=point_title(point),
            summary=point.text,
            quote=point.quote,
            start_ms=point.start_ms,
            end_ms=point.end_ms,
            category=OUTLOOK,
        ),
    )
