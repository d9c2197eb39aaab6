"""One collection on a Qdrant server, by its name or an alias; errors come out as the client's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from qdrant_client import AsyncQdrantClient, models

from footnoted.search.payload import (
    AVERAGE,
    FIELDS,
    LENGTH,
    SPEC,
    VECTOR,
    Equals,
    conditions_of,
)
from footnoted.search.points import (
    DISTINCT_LENGTHS,
    SCROLL_SIZE,
    TIE_MARGIN,
    PointData,
    near,
    points_of,
    ranked,
    weighed_anew,
)
from footnoted.search.port import Hit
from footnoted.search.terms import query_terms
from footnoted.search.weights import Lengths, SparseWeights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.search.layout import Layout
    from footnoted.search.points import Written
    from footnoted.search.port import Filters, Near, Query


class Collection:
    """A collection named `name`; the client stays the caller's."""

    def __init__(self, client: AsyncQdrantClient, name: str) -> None:
        """Use the collection or alias `name`, which `create` makes."""
        self._client = client
        self._name = name

    async def create(self, layout: Layout) -> None:
        """Create the collection, with an index for every field."""
        words = {VECTOR: models.SparseVectorParams(modifier=models.Modifier.IDF)}
        dense = {
            channel: models.VectorParams(size=dimensions, distance=models.Distance.COSINE)
            for channel, dimensions in layout.dense
        }
        await self._client.create_collection(
            self._name, vectors_config=dense, sparse_vectors_config=words
        )
        for field, field_type in FIELDS.items():
            schema = models.PayloadSchemaType(field_type.value)
            await self._client.create_payload_index(self._name, field, field_schema=schema)

    async def upsert(self, written: Written) -> None:
        """Write documents, weighed by the average of what is there and of them."""
        points = points_of(written, await self._lengths())
        await self._client.upsert(self._name, [_point(point) for point in points])

    async def delete(self, document_ids: Sequence[UUID]) -> None:
        """Remove these documents."""
        ids = models.PointIdsList(points=[str(document_id) for document_id in document_ids])
        await self._client.delete(self._name, ids)

    async def query(self, query: Query) -> list[Hit]:
        """Return the best hits, best first, ties in the order of ids."""
        asked = sorted(query_terms(query.text))
        if not asked:
            return []
        answer = await self._client.query_points(
            self._name,
            query=models.SparseVector(indices=asked, values=[1.0] * len(asked)),
            using=VECTOR,
            query_filter=_filter(query.filters),
            limit=query.limit + TIE_MARGIN,
            with_payload=False,
        )
        hits = [Hit(document_id=UUID(str(hit.id)), score=hit.score) for hit in answer.points]
        return ranked(hits, query.limit)

    async def nearest(self, near: Near) -> list[Hit]:
        """Return the points whose vectors are most alike, best first, ties in the order of ids."""
        answer = await self._client.query_points(
            self._name,
            query=list(near.vector),
            using=near.channel,
            query_filter=_filter(near.filters),
            search_params=models.SearchParams(exact=near.exact),
            limit=near.limit + TIE_MARGIN,
            with_payload=False,
        )
        hits = [Hit(document_id=UUID(str(hit.id)), score=hit.score) for hit in answer.points]
        return ranked(hits, near.limit)

    async def mislabelled(self, spec: str) -> set[UUID]:
        """Return the ids of the points that do not carry the name of this spec."""
        is_ours = models.FieldCondition(key=SPEC, match=models.MatchValue(value=spec))
        return await self.document_ids(models.Filter(must_not=[is_ours]))

    async def count_vectors(self, channel: str) -> int:
        """Return how many points have a vector in a dense channel."""
        has_one = models.Filter(must=[models.HasVectorCondition(has_vector=channel)])
        counted = await self._client.count(self._name, count_filter=has_one, exact=True)
        return counted.count

    async def points(self, document_ids: Sequence[UUID]) -> list[PointData]:
        """Return the points of those of the documents that have one."""
        ids = [str(document_id) for document_id in document_ids]
        records = await self._client.retrieve(self._name, ids, with_payload=True, with_vectors=True)
        return [_data(record) for record in records]

    async def document_ids(self, only: models.Filter | None = None) -> set[UUID]:
        """Return the ids of all points, or of those that a filter takes."""
        ids: set[UUID] = set()
        offset: Any = None
        while True:
            records, offset = await self._client.scroll(
                self._name,
                scroll_filter=only,
                limit=SCROLL_SIZE,
                offset=offset,
                with_payload=False,
            )
            ids.update(UUID(str(record.id)) for record in records)
            if offset is None:
                return ids

    async def weigh_some_anew(self) -> bool:
        """Weigh a batch of the points anew whose average is off; return whether there were any.

        A point that another process wrote meanwhile has a near average, and is left alone.
        """
        average = (await self._lengths()).average
        least, most = near(average)
        is_near = models.FieldCondition(key=AVERAGE, range=models.Range(gte=least, lte=most))
        off = models.Filter(must_not=[is_near])
        records, _ = await self._client.scroll(
            self._name, scroll_filter=off, limit=SCROLL_SIZE, with_payload=True, with_vectors=True
        )
        if records:
            points = [_point(weighed_anew(_data(record), average)) for record in records]
            await self._client.upsert(self._name, points, update_filter=off)
        return bool(records)

    async def _lengths(self) -> Lengths:
        answer = await self._client.facet(self._name, LENGTH, limit=DISTINCT_LENGTHS, exact=True)
        return Lengths.of((int(hit.value), hit.count) for hit in answer.hits)


def _point(point: PointData) -> models.PointStruct:
    words = models.SparseVector(indices=point.vector.terms, values=point.vector.weights)
    dense = {channel: list(vector) for channel, vector in point.dense.items()}
    return models.PointStruct(
        id=str(point.id), vector={VECTOR: words, **dense}, payload=point.payload
    )


def _data(record: models.Record) -> PointData:
    vectors = dict(cast("dict[str, Any]", record.vector))
    words: models.SparseVector = vectors.pop(VECTOR)
    weights = SparseWeights(words.indices, words.values)
    payload = cast("dict[str, Any]", record.payload)
    return PointData(UUID(str(record.id)), weights, payload, vectors)


def _filter(filters: Filters) -> models.Filter | None:
    conditions: list[models.Condition] = []
    for condition in conditions_of(filters):
        if isinstance(condition, Equals):
            match = models.MatchValue(value=condition.value)
            conditions.append(models.FieldCondition(key=condition.field, match=match))
        else:
            since = models.DatetimeRange(gte=condition.at)
            conditions.append(models.FieldCondition(key=condition.field, range=since))
    return models.Filter(must=conditions) if conditions else None
