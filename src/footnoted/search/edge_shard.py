"""One Qdrant Edge shard as plain blocking calls; the adapter runs them on its one thread.

What is written lies in memory, some 3 KiB per document, until a compaction puts it into files. A
shard counts what it holds that way ("young") in a file beside its own, so that the count survives
the process.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import qdrant_edge as edge

from footnoted.search.compaction import YOUNG
from footnoted.search.edge_config import (
    NUMBER_BYTES,
    SEGMENT_DOCUMENTS,
    index_fields,
    shard_config,
)
from footnoted.search.mapped_files import page_out
from footnoted.search.payload import AVERAGE, LENGTH, SPEC, VECTOR, Equals, conditions_of
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

    from footnoted.search.layout import Layout
    from footnoted.search.points import Written
    from footnoted.search.port import Filters, Near, Query

_FLUSH_EVERY = 20_000
"""Points after which the write-ahead log is let go of; a flush waits for the disk."""

_YOUNG_AT_LEAST = 4096
"""Writes before a compaction is worth a process: 12 to 20 MiB of memory."""
_YOUNG_SHARE = 32
"""The share of a large shard that may be young, one in so many: a compaction copies all of it."""

_FILLING_BYTES = 128 * 2**20
"""What the vectors that are young may take in memory while a shard is filled."""

_EXACT_UP_TO = 4096
"""Documents up to which the average length is measured at every write."""
_MEASURED_SHARE = 64
"""Of a larger shard one in so many may be written in between: the average moves by 2 % at most, and
each measuring goes over all documents."""


class Shard:
    """An open shard; whoever holds it closes it."""

    def __init__(self, shard: edge.EdgeShard, path: Path, layout: Layout) -> None:
        """Wrap the open shard at `path` and make sure that every field has its index."""
        self.path = path
        self._shard = shard
        self._may_fill = _young_while_filling(layout)
        self._unflushed = 0
        self._patience = 1
        self._measured: Lengths | None = None
        self._unmeasured = 0
        self._is_weighed = False
        index_fields(shard)
        self._young = self._remembered_young()

    @classmethod
    def create(cls, path: Path, layout: Layout) -> Shard:
        """Return a new, empty shard at `path`."""
        path.mkdir(parents=True)
        return cls(edge.EdgeShard.create(str(path), shard_config(layout)), path, layout)

    @classmethod
    def load(cls, path: Path, layout: Layout) -> Shard:
        """Return the shard at `path`."""
        shard = cls(edge.EdgeShard.load(str(path)), path, layout)
        page_out(path)
        return shard

    def is_overgrown(self, *, fills: bool = False) -> bool:
        """Return whether so much is young that a compaction is due.

        While a shard `fills` it may be a segment of vectors: their graph is then built once.
        """
        least = self._may_fill if fills else _YOUNG_AT_LEAST
        if self._young < least * self._patience:
            return False
        return self._young >= self.size() // _YOUNG_SHARE * self._patience

    def bear_more(self) -> None:
        """Let twice as much be young before a compaction is due, as one did not work."""
        self._patience *= 2

    def size(self) -> int:
        """Return how many documents there are."""
        return self._shard.info().points_count

    def upsert(self, written: Written) -> None:
        """Write documents, weighed by the average of what is there and of them."""
        present = self._roughly_measured()
        points = points_of(written, present)
        self._write_points([_point(point) for point in points])
        self._measured = present + Lengths.of((point.payload[LENGTH], 1) for point in points)

    def delete(self, document_ids: Sequence[UUID]) -> None:
        """Remove these documents."""
        self._shard.update(edge.UpdateOperation.delete_points(list(document_ids)))
        self._count(len(document_ids))

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
        return self._found(request, query.limit)

    def nearest(self, near: Near) -> list[Hit]:
        """Return the points whose vectors are most alike, best first, ties in the order of ids."""
        request = edge.QueryRequest(
            limit=near.limit + TIE_MARGIN,
            query=edge.Query.Nearest(list(near.vector), using=near.channel),
            filter=_filter(near.filters),
            params=edge.SearchParams(exact=near.exact),
        )
        return self._found(request, near.limit)

    def _found(self, request: edge.QueryRequest, limit: int) -> list[Hit]:
        hits = [
            Hit(document_id=_uuid(point.id), score=point.score)
            for point in self._shard.query(request)
        ]
        return ranked(hits, limit)

    def mislabelled(self, spec: str) -> set[UUID]:
        """Return the ids of the points that do not carry the name of this spec."""
        is_ours = edge.FieldCondition(SPEC, match=edge.MatchValue(spec))
        return self.document_ids(edge.Filter(must_not=[is_ours]))

    def count_vectors(self, channel: str) -> int:
        """Return how many points have a vector in a dense channel."""
        has_one = edge.Filter(must=[edge.HasVectorCondition(channel)])
        return self._shard.count(edge.CountRequest(filter=has_one))

    def points(self, document_ids: Sequence[UUID]) -> list[PointData]:
        """Return the points of those of the documents that have one."""
        records = self._shard.retrieve(list(document_ids), with_payload=True, with_vector=True)
        return [_data(record) for record in records]

    def document_ids(self, only: edge.Filter | None = None) -> set[UUID]:
        """Return the ids of all points, or of those that a filter takes."""
        ids: set[UUID] = set()
        offset: edge.PointId | None = None
        while True:
            request = edge.ScrollRequest(
                offset=offset, limit=SCROLL_SIZE, filter=only, with_payload=False
            )
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
        """Weigh a batch of the points anew whose average is off; return whether there were any.

        Once there are none, there are none until the average has been measured again.
        """
        if self._is_weighed:
            return False
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
            self._write_points(points)
        self._is_weighed = not records
        return bool(records)

    def flush(self) -> None:
        """Return when everything written survives a loss of power."""
        self._shard.flush()
        self._unflushed = 0

    def close(self) -> None:
        """Write everything out and let go of the files and the memory."""
        self._shard.close()
        _return_memory()

    def _write_points(self, points: list[edge.Point]) -> None:
        self._shard.update(edge.UpdateOperation.upsert_points(points))
        self._count(len(points))

    def _roughly_measured(self) -> Lengths:
        """Return the lengths as they were measured lately, and of what was written since."""
        known = self._measured
        if (
            known is None
            or known.documents < _EXACT_UP_TO
            or self._unmeasured >= known.documents // _MEASURED_SHARE
        ):
            known = self.lengths()
            self._unmeasured = 0
            self._is_weighed = False
        return known

    def _count(self, written: int) -> None:
        self._young += written
        self._unmeasured += written
        self._unflushed += written
        with suppress(OSError):  # a count that is lost only moves the next compaction
            (self.path / YOUNG).write_text(str(self._young), encoding="ascii")
        if self._unflushed >= _FLUSH_EVERY:
            self.flush()

    def _remembered_young(self) -> int:
        """Return how much is young: all of it, where an older release kept no count."""
        try:
            return int((self.path / YOUNG).read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return self.size()


def _young_while_filling(layout: Layout) -> int:
    """Return how many documents may be young in a shard that is being filled."""
    vectors_bytes = NUMBER_BYTES * sum(size for _, size in layout.dense)
    if not vectors_bytes:
        return _YOUNG_AT_LEAST
    return max(_YOUNG_AT_LEAST, min(SEGMENT_DOCUMENTS, _FILLING_BYTES // vectors_bytes))


def _return_memory() -> None:
    """Give what was freed back to the system; glibc keeps it where other threads allocated."""
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def _point(point: PointData) -> edge.Point:
    words = edge.SparseVector(indices=point.vector.terms, values=point.vector.weights)
    dense = {channel: list(vector) for channel, vector in point.dense.items()}
    return edge.Point(id=point.id, vector={VECTOR: words, **dense}, payload=point.payload)


def _data(record: edge.Record) -> PointData:
    vectors = dict(cast("dict[str, Any]", record.vector))
    words: edge.SparseVector = vectors.pop(VECTOR)
    weights = SparseWeights(words.indices, words.values)
    payload = cast("dict[str, Any]", record.payload)
    return PointData(_uuid(record.id), weights, payload, vectors)


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
