"""The indexes of all specs as one search index: one serves, the others follow.

    query           -> the one that serves, in all its channels, fused
    upsert, delete  -> the one that serves, then every other that is whole

Which one serves stands in PostgreSQL and is looked up at every query, so a switch holds at once,
for every process, and a query is answered by one index from its beginning to its end. What follows
and cannot is marked as not whole, and is filled again before it may serve: it holds nobody up.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import FootnotedError
from footnoted.search.embedding import store
from footnoted.search.embedding.port import NotEmbeddedError
from footnoted.search.embedding.recipes import query_text
from footnoted.search.embedding.rows import SpecState
from footnoted.search.embedding.spec import LEXICAL, Spec, words_spec
from footnoted.search.port import Near
from footnoted.search.query import fuse
from footnoted.telemetry import INDEX_FELL_BEHIND, QUERY_NOT_EMBEDDED, get_logger

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Awaitable,
        Callable,
        Mapping,
        Sequence,
    )
    from uuid import UUID

    from footnoted.db.session import Database
    from footnoted.search.embedding.port import QueryVectors
    from footnoted.search.embedding.rows import SpecRow
    from footnoted.search.port import DenseIndex, Document, Hit, Query

_LEAST_DEPTH = 50
"""Hits of each channel that are fused: what is far down in one may be first in another."""


@dataclass(slots=True)
class _Standing:
    """The index of a spec while this process has it; `users` are queries that it answers."""

    spec: Spec
    index: DenseIndex
    users: int = 0

    @asynccontextmanager
    async def used(self) -> AsyncGenerator[DenseIndex]:
        self.users += 1
        try:
            yield self.index
        finally:
            self.users -= 1


@dataclass(frozen=True, slots=True)
class Searching:
    """How queries are asked in dense channels: who embeds them, and how much a channel counts."""

    vectors: QueryVectors
    weights: Mapping[str, float]


class SpecIndexes:
    """A SearchIndex over every spec that was not dropped; without any, over words alone."""

    def __init__(
        self,
        database: Database,
        make: Callable[[Spec], DenseIndex],
        searching: Searching | None = None,
    ) -> None:
        """Make the index of a spec with `make` when it is first needed.

        Without `searching` words alone are asked for.
        """
        self._database = database
        self._make = make
        self._searching = searching
        self._standing: dict[str, _Standing] = {}
        self._serving = words_spec()
        self._gone: set[str] = set()
        self._is_hushed = False
        self.writes = 0
        """How often documents were written: who makes vectors looks again when that moves."""

    @property
    def was_recreated(self) -> bool:
        """Return whether an empty index had to take the place of the one that serves."""
        standing = self._standing.get(self._serving.key)
        return standing is not None and standing.index.was_recreated

    async def ensure_ready(self) -> None:
        """Return when the index that serves answers."""
        await self._look()
        await self._served().index.ensure_ready()

    async def upsert(self, documents: Sequence[Document]) -> None:
        """Make these documents findable, in the index that serves and in those that follow."""
        rows = await self._look()
        self.writes += 1
        await self._served().index.upsert(documents)
        for row in self._followers(rows):
            await self._follow(row, lambda index: index.upsert(documents))

    async def delete(self, document_ids: Sequence[UUID]) -> None:
        """Make these documents unfindable everywhere."""
        rows = await self._look()
        await self._served().index.delete(document_ids)
        for row in self._followers(rows):
            await self._follow(row, lambda index: index.delete(document_ids))

    async def query(self, query: Query) -> list[Hit]:
        """Return the best hits of all channels, best first; ties in the order of ids.

        Where the query cannot be embedded, what its words find.
        """
        await self._look()
        standing = self._served()
        async with standing.used() as index:
            if self._searching is None:
                return await index.query(query)
            vectors = await self._vectors(self._searching, standing.spec, query)
            if not vectors:
                return await index.query(query)
            return await _fused(index, query, vectors, self._searching.weights)

    async def document_ids(self) -> set[UUID]:
        """Return the ids of everything in the index that serves."""
        await self._look()
        return await self._served().index.document_ids()

    async def rebuild(self, batches: AsyncIterator[Sequence[Document]]) -> None:
        """Replace the content of the index that serves."""
        await self._look()
        await self._served().index.rebuild(batches)

    async def close(self) -> None:
        """Let go of every index."""
        while self._standing:
            _, standing = self._standing.popitem()
            await standing.index.close()

    def of(self, spec: Spec) -> DenseIndex:
        """Return the index of a spec, whether or not it serves."""
        return self._of(spec).index

    async def whole(self) -> list[tuple[Spec, DenseIndex]]:
        """Return every index that has all documents and follows them, the one that serves first."""
        rows = await self._look()
        specs = [self._serving, *(row.spec for row in self._followers(rows))]
        return [(spec, self.of(spec)) for spec in specs]

    async def miss_lost(self) -> None:
        """Mark as not whole what follows and has lost its files, so that it is filled again.

        Raises TransientError while an index is away.
        """
        for row in self._followers(await self._look()):
            await self._follow(row, lambda index: index.ensure_ready())

    async def remove_dropped(self) -> None:
        """Remove the indexes of specs that were dropped and that no query uses any more."""
        for row in await self._look():
            key = row.spec.key
            if row.state is not SpecState.DROPPED:
                self._gone.discard(key)
            elif key not in self._gone and not self._of(row.spec).users:
                await self._standing.pop(key).index.drop()
                self._gone.add(key)

    async def _look(self) -> list[SpecRow]:
        """Return the specs as they are now, and know which one serves."""
        async with self._database.statements() as session:
            rows = await store.specs(session)
        serving = [row.spec for row in rows if row.state is SpecState.SERVING]
        self._serving = serving[0] if serving else words_spec()
        return rows

    def _served(self) -> _Standing:
        return self._of(self._serving)

    def _of(self, spec: Spec) -> _Standing:
        if spec.key not in self._standing:
            self._standing[spec.key] = _Standing(spec, self._make(spec))
        return self._standing[spec.key]

    def _followers(self, rows: Sequence[SpecRow]) -> list[SpecRow]:
        return [row for row in rows if row.is_whole and row.state is not SpecState.SERVING]

    async def _follow(self, row: SpecRow, write: Callable[[DenseIndex], Awaitable[None]]) -> None:
        index = self._of(row.spec).index
        try:
            await write(index)
            is_whole, why = not index.was_recreated, "it was lost"
        except FootnotedError as error:
            is_whole, why = False, error.message
        if not is_whole:
            get_logger().warning(INDEX_FELL_BEHIND, spec=row.spec.key, why=why)
            async with self._database.transaction() as session:
                await store.note_filled(session, row.sha256, None)

    async def _vectors(
        self, searching: Searching, spec: Spec, query: Query
    ) -> Mapping[str, Sequence[float]]:
        """Return the vector of a query in each channel that counts; none where that fails."""
        weights = searching.weights
        channels = [channel for channel in spec.dense if weights.get(channel.name, 1.0) > 0]
        text = query_text(query.text)
        if not channels or text is None:
            return {}
        try:
            vectors = await searching.vectors.of_query(channels, text)
        except NotEmbeddedError as error:
            if not self._is_hushed:
                get_logger().warning(QUERY_NOT_EMBEDDED, why=error.message)
            self._is_hushed = True
            return {}
        self._is_hushed = False
        return vectors


async def _fused(
    index: DenseIndex,
    query: Query,
    vectors: Mapping[str, Sequence[float]],
    weights: Mapping[str, float],
) -> list[Hit]:
    """Return what is found in all channels together, best first."""
    depth = max(query.limit, _LEAST_DEPTH)
    found = [await index.query(query.model_copy(update={"limit": depth}))]
    counts = [weights.get(LEXICAL, 1.0)]
    for channel, vector in vectors.items():
        near = Near(channel=channel, vector=tuple(vector), filters=query.filters, limit=depth)
        found.append(await index.nearest(near))
        counts.append(weights.get(channel, 1.0))
    return [hit for hit in fuse(found, counts) if hit.score > 0][: query.limit]
