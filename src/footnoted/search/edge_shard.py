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
    payload_of,
    searched_text,
)
from footnoted.search.port import Hit
from footnoted.search.terms import document_terms, query_terms
from footnoted.search.weights import AVERAGE_TOLERANCE, Lengths, weigh, weigh_anew

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from footnoted.search.port import Document, Filters, Query

_SCROLL_SIZE = 1000
_DISTINCT_LENGTHS = 100_000
TIE_MARGIN = 16
"""Hits fetched beyond the limit, so that ties at the end of an answer go by id too."""

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
        counted = [document_terms(searched_text(document)) for document in documents]
        lengths = [sum(counts.values()) for counts in counted]
        average = (self.lengths() + Lengths(len(lengths), sum(lengths))).average
        points = [
            edge.Point(
                id=document.id,
                vector={VECTOR: _sparse(counts, average)},
                payload=payload_of(document, length=length, average=average),
            )
            for document, counts, length in zip(documents, counted, lengths, strict=True)
        ]
        self._shard.update(edge.UpdateOperation.upsert_points(points))

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
        return sorted(hits, key=lambda hit: (-hit.score, hit.document_id))[: query.limit]

    def document_ids(self) -> set[UUID]:
        """Return the ids of all points."""
        return {_uuid(record.id) for record in self._scroll(None, with_vector=False)}

    def lengths(self) -> Lengths:
        """Return how many documents there are, and how many terms together."""
        request = edge.FacetRequest(key=LENGTH, limit=_DISTINCT_LENGTHS, exact=True)
        hits = self._shard.facet(request).hits
        return Lengths.of((int(hit.value), hit.count) for hit in hits)

    def weigh_some_anew(self) -> bool:
        """Weigh a batch of the points anew whose average is off; return whether there were any."""
        average = self.lengths().average
        near = edge.RangeFloat(gte=average / AVERAGE_TOLERANCE, lte=average * AVERAGE_TOLERANCE)
        off = edge.Filter(must_not=[edge.FieldCondition(AVERAGE, range=near)])
        request = edge.ScrollRequest(
            limit=_SCROLL_SIZE, filter=off, with_payload=True, with_vector=True
        )
        records, _ = self._shard.scroll(request)
        if records:
            points = [_anew(record, average) for record in records]
            self._shard.update(edge.UpdateOperation.upsert_points(points))
        return bool(records)

    def flush(self) -> None:
        """Return when everything written survives a loss of power."""
        self._shard.flush()

    def close(self) -> None:
        """Write everything out and let go of the files."""
        self._shard.close()

    def _scroll(self, filters: edge.Filter | None, *, with_vector: bool) -> Iterator[edge.Record]:
        offset: edge.PointId | None = None
        while True:
            records, offset = self._shard.scroll(
                edge.ScrollRequest(
                    offset=offset,
                    limit=_SCROLL_SIZE,
                    filter=filters,
                    with_payload=with_vector,
                    with_vector=with_vector,
                )
            )
            yield from records
            if offset is None:
                return


def _sparse(counts: dict[int, int], average: float) -> edge.SparseVector:
    weights = weigh(counts, average)
    return edge.SparseVector(indices=weights.terms, values=weights.weights)


def _anew(record: edge.Record, average: float) -> edge.Point:
    payload = dict(cast("dict[str, Any]", record.payload))
    vectors = cast("dict[str, edge.SparseVector]", record.vector)
    old = vectors[VECTOR]
    weights = weigh_anew(old.values, payload[LENGTH], payload[AVERAGE], average)
    payload[AVERAGE] = average
    vector = edge.SparseVector(indices=old.indices, values=weights)
    return edge.Point(id=record.id, vector={VECTOR: vector}, payload=payload)


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
