"""A search as people make it: hits of every channel fused, joined with what PostgreSQL says.

The index only finds; what is shown comes from PostgreSQL, so a hit whose row is gone is dropped
and a changed row is shown as it is now.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from footnoted.search import store
from footnoted.search.highlight import Excerpt, excerpt
from footnoted.search.port import Document, Hit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from footnoted.db.session import Database
    from footnoted.search.port import Query, SearchIndex

_RANK_CONSTANT = 60
_SPARE_HITS = 10


class SearchResult(BaseModel):
    """A document that was found, with the place in it that matches and a link that plays it."""

    model_config = ConfigDict(frozen=True)

    document: Document
    score: float
    link: str | None
    excerpt: Excerpt


async def search(database: Database, index: SearchIndex, query: Query) -> list[SearchResult]:
    """Return at most `query.limit` results, best first.

    Raises:
        TransientError: the index is away.

    """
    filters = query.filters
    if filters.creator is not None:
        async with database.transaction() as session:
            name = await store.name_of_creator(session, filters.creator)
        filters = filters.model_copy(update={"creator": name or filters.creator})
    spare = {"limit": query.limit + _SPARE_HITS, "filters": filters}
    hits = await index.query(query.model_copy(update=spare))
    if not hits:
        return []
    async with database.transaction() as session:
        stored = await store.documents_by_id(session, [hit.document_id for hit in hits])
        there = [hit for hit in hits if hit.document_id in stored][: query.limit]
        documents = [stored[hit.document_id].document for hit in there]
        links = await store.play_links(session, documents)
    return [
        SearchResult(
            document=document,
            score=hit.score,
            link=links.get(document.id),
            excerpt=excerpt(document.text, query.text),
        )
        for hit, document in zip(there, documents, strict=True)
    ]


def fuse(channels: Iterable[Sequence[Hit]], weights: Sequence[float] | None = None) -> list[Hit]:
    """Return the hits of all channels by reciprocal rank, best first, ties in the order of ids.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual
    Rank Learning Methods" (SIGIR 2009), with their k = 60. A single channel keeps its scores.
    `weights` say how much each channel counts; without them, all count alike.
    """
    ranked = [list(channel) for channel in channels]
    if len(ranked) == 1:
        return ranked[0]
    scores: defaultdict[UUID, float] = defaultdict(float)
    for channel, weight in zip(ranked, weights or [1.0] * len(ranked), strict=True):
        for rank, hit in enumerate(channel, start=1):
            scores[hit.document_id] += weight / (_RANK_CONSTANT + rank)
    fused = [Hit(document_id=found, score=score) for found, score in scores.items()]
    return sorted(fused, key=lambda hit: (-hit.score, hit.document_id))
