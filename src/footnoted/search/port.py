"""The port to a search index; PostgreSQL holds the documents, an index is derived from them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from footnoted.search.points import PointData


class DocumentKind(StrEnum):
    """What a search hit can be."""

    PAGE = "page"
    MOMENT = "moment"
    WINDOW = "window"


class Document(BaseModel):
    """One searchable thing; `id` is deterministic, `text` is what is matched and quoted.

    Where it can be played is asked when it is shown, because files move; `start_ms` is the time.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: DocumentKind
    profile: str
    video_id: int | None = None
    page_id: UUID | None = None
    source_id: int | None = None
    creator: str
    title: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    language: str | None = None
    category: str | None = None
    tags: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    published_at: datetime | None = None


class Filters(BaseModel):
    """What a hit must have; None and empty ask for nothing. Names compare case-insensitively."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: DocumentKind | None = None
    profile: str | None = None
    source_id: int | None = None
    creator: str | None = None
    category: str | None = None
    tag: str | None = None
    tool: str | None = None
    speaker: str | None = None
    since: datetime | None = None


class Query(BaseModel):
    """Words to look for, under filters; at most `limit` hits come back, best first."""

    model_config = ConfigDict(frozen=True)

    text: str
    filters: Filters = Filters()
    limit: int = 10


class Near(BaseModel):
    """A vector to look near of in one dense channel, under filters.

    `exact` compares it with every vector instead of following the index's graph.
    """

    model_config = ConfigDict(frozen=True)

    channel: str
    vector: tuple[float, ...]
    filters: Filters = Filters()
    limit: int = 10
    exact: bool = False


class Hit(BaseModel):
    """A document the index found, with its score (higher is better, comparable in one answer)."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    score: float


class SearchIndex(Protocol):
    """An index of documents. An index that is away raises TransientError with reason `index`."""

    @property
    def was_recreated(self) -> bool:
        """Return whether an empty index had to take the place of a missing or broken one.

        Until it is rebuilt, or filled another way and opened again.
        """
        ...

    async def ensure_ready(self) -> None:
        """Return when the index exists and answers; create it when it does not exist."""
        ...

    async def upsert(self, documents: Sequence[Document]) -> None:
        """Make these documents findable, replacing those with equal ids."""
        ...

    async def delete(self, document_ids: Sequence[UUID]) -> None:
        """Make these documents unfindable; unknown ids are fine."""
        ...

    async def query(self, query: Query) -> list[Hit]:
        """Return the best hits, best first; ties in the order of ids."""
        ...

    async def document_ids(self) -> set[UUID]:
        """Return the ids of everything in the index, for the audit."""
        ...

    async def rebuild(self, batches: AsyncIterator[Sequence[Document]]) -> None:
        """Replace the whole content, serving the old one until the new one stands.

        Batches, because 100,000 documents are more than the process should hold at once. What is
        upserted or deleted meanwhile reaches the old content only: the caller brings it up to date.
        """
        ...

    async def close(self) -> None:
        """Let go of files and connections; nothing stored is lost."""
        ...


class DenseIndex(SearchIndex, Protocol):
    """An index of one layout, with a vector per document in each dense channel it has.

    Vectors come from the source it was made with: documents are written with those there are.
    """

    async def nearest(self, near: Near) -> list[Hit]:
        """Return the documents whose vectors are most alike, best first; ties by id."""
        ...

    async def mislabelled(self) -> set[UUID]:
        """Return the documents whose points carry the name of another spec, or none."""
        ...

    async def count_vectors(self, channel: str) -> int:
        """Return how many documents have a vector in a dense channel."""
        ...

    async def points(self, document_ids: Sequence[UUID]) -> list[PointData]:
        """Return the points of those of the documents that have one, in no order, for the audit."""
        ...

    async def drop(self) -> None:
        """Remove the index for good, and let go of it."""
        ...
