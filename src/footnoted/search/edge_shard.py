"""One Qdrant Edge shard as plain blocking calls; the adapter runs them on its one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import qdrant_edge as edge

from footnoted.search.payload import (
    AVERAGE,
    FIELDS,
    LENGTH,
    VECTOR,
    Equals,
    FieldType,
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
    from pathlib import Path

    from footnoted.search.port import Document, Filters, Query

_FLUSH_EVERY = 20_000
"""Points after which the write-ahead log is let go of; a flush waits for the disk."""

_SCHEMAS = {
    FieldType.KEYWORD: edge.PayloadSchemaType.Keyword,
    FieldType.INTEGER: edge.PayloadSchemaType.Integer,
    FieldType.FLOAT: edge.PayloadSchemaType.Float,
    FieldType.DATETIME: edge.PayloadSchemaType.Datetime,
}


class Shard:
    """An open shard; whoever holds it closes it."""

    def __init__(self, shard: edge.EdgeShard) -> None:
        """Wrap an open shard and make sure that every field has its index."""
        self._shard = shard
        self._unflushed = 0
        known = shard.info().payload_schema
        for field, field_type in FIELDS.items():
            if field not in known:
                self._shard.update(
                    edge.UpdateOperation.create_field_index(field, _SCHEMAS[field_type])
                )

    @classmethod
    def create(cls, path: Path) -> Shard:
        """Return a new, empty shard at `path`."""
        path.mkdir(parents=True)
        vectors = {VECTOR: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)}
        return cls(edge.EdgeShard.create(str(path), edge.EdgeConfig(sparse_vectors=vectors)))

    @classmethod
    def load(cls, path: Path) -> Shard:
        """Return the shard at `path`."""
        return cls(edge.EdgeShard.load(str(path)))

    def upsert(self, documents: Sequence[Document]) -> None:
        """Write these documents, weighed by the average of what is there and of them."""
        points = points_of(documents, self.lengths())
        self._shard.update(edge.UpdateOperation.upsert_points([_point(point) for point in points]))
        self._unflushed += len(points)
        if self._unflushed >= _FLUSH_EVERY:
            self.flush()

    def delete(self, document_ids: Sequence[UUID]) -> None:
        """Remove these documents."""
        self._shard.update(edge.UpdateOperation.delete_points(list(document_ids)))

    def query(self, query: Query) -> list[Hit]:
        """Return the best hits, best first, ties in the order of ids."""
        asked = sorted(query_terms(query.text))
        if not asked:
            return []
        vector = edge.SparseVector(indices=asked, values=[1.0] * len(asked))
        request = edge.QueryRequest(
            limit=query.limit + TIE_MARGIN,
            query=edge.Query.Nearest(vector, using=VECTOR),
            filter=_filter(query.filters),
        )
        hits = [
            Hit(document_id=_uuid(point.id), score=point.score)
            for point in self._shard.query(request)
        ]
        return ranked(hits, query.limit)

    def document_ids(self) -> set[UUID]:
        """Return the ids of all points."""
        ids: set[UUID] = set()
        offset: edge.PointId | None = None
        while True:
            request = edge.ScrollRequest(offset=offset, limit=SCROLL_SIZE, with_payload=False)
            records, offset = self._shard.scroll(request)
            ids.update(_uuid(record.id) for record in records)
            if offset is None:
                return ids

    def lengths(self) -> Lengths:
        """Return how many documents there are, and how many terms together."""
        request = edge.FacetRequest(key=LENGTH, limit=DISTINCT_LENGTHS, exact=True)
        hits = self._shard.facet(request).hits
        return Lengths.of((int(hit.value), hit.count) for hit in hits)

    def weigh_some_anew(self) -> bool:
        """Weigh a batch of the points anew whose average is off; return whether there were any."""
        average = self.lengths().average
        least, most = near(average)
        is_near = edge.FieldCondition(AVERAGE, range=edge.RangeFloat(gte=least, lte=most))
        off = edge.Filter(must_not=[is_near])
        request = edge.ScrollRequest(
            limit=SCROLL_SIZE, filter=off, with_payload=True, with_vector=True
        )
        records, _ = self._shard.scroll(request)
        if records:
            points = [_point(weighed_anew(_data(record), average)) for record in records]
            self._shard.update(edge.UpdateOperation.upsert_points(points))
        return bool(records)

    def flush(self) -> None:
        """Return when everything written survives a loss of power."""
        self._shard.flush()
        self._unflushed = 0

    def close(self) -> None:
        """Write everything out and let go of the files."""
        self._shard.close()


def _point(point: PointData) -> edge.Point:
    vector = edge.SparseVector(indices=point.vector.terms, values=point.vector.weights)
    return edge.Point(id=point.id, vector={VECTOR: vector}, payload=point.payload)


def _data(record: edge.Record) -> PointData:
    vector = cast("dict[str, edge.SparseVector]", record.vector)[VECTOR]
    weights = SparseWeights(vector.indices, vector.values)
    return PointData(_uuid(record.id), weights, cast("dict[str, Any]", record.payload))


def _filter(filters: Filters) -> edge.Filter | None:
    conditions: list[edge.FieldCondition] = []
    for condition in conditions_of(filters):
        if isinstance(condition, Equals):
            match = edge.MatchValue(condition.value)
            conditions.append(edge.FieldCondition(condition.field, match=match))
        else:
            since = edge.RangeDateTime(gte=condition.at.isoformat())
            conditions.append(edge.FieldCondition(condition.field, range=since))
    return edge.Filter(must=list(conditions)) if conditions else None


def _uuid(point_id: edge.PointId) -> UUID:
    return point_id if isinstance(point_id, UUID) else UUID(str(point_id))
