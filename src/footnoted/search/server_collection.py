"""One collection on a Qdrant server, by its name or an alias; errors come out as the client's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from qdrant_client import AsyncQdrantClient, models

from footnoted.search.payload import AVERAGE, FIELDS, LENGTH, VECTOR, Equals, conditions_of
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

    from footnoted.search.port import Document, Filters, Query


class Collection:
    """A collection named `name`; the client stays the caller's."""

    def __init__(self, client: AsyncQdrantClient, name: str) -> None:
        """Use the collection or alias `name`, which `create` makes."""
        self._client = client
        self._name = name

    async def create(self) -> None:
        """Create the collection, with an index for every field."""
        vectors = {VECTOR: models.SparseVectorParams(modifier=models.Modifier.IDF)}
        await self._client.create_collection(
            self._name, vectors_config={}, sparse_vectors_config=vectors
        )
        for field, field_type in FIELDS.items():
            schema = models.PayloadSchemaType(field_type.value)
            await self._client.create_payload_index(self._name, field, field_schema=schema)

    async def upsert(self, documents: Sequence[Document]) -> None:
        """Write these documents, weighed by the average of what is there and of them."""
        points = points_of(documents, await self._lengths())
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

    async def document_ids(self) -> set[UUID]:
        """Return the ids of all points."""
        ids: set[UUID] = set()
        offset: Any = None
        while True:
            records, offset = await self._client.scroll(
                self._name, limit=SCROLL_SIZE, offset=offset, with_payload=False
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
    vector = models.SparseVector(indices=point.vector.terms, values=point.vector.weights)
    return models.PointStruct(id=str(point.id), vector={VECTOR: vector}, payload=point.payload)


def _data(record: models.Record) -> PointData:
    vector = cast("dict[str, models.SparseVector]", record.vector)[VECTOR]
    weights = SparseWeights(vector.indices, vector.values)
    return PointData(UUID(str(record.id)), weights, cast("dict[str, Any]", record.payload))


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
