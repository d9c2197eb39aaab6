"""How a shard of the embedded index is laid out: everything that may lie in files does.

A segment that is written to holds its terms and fields in memory whatever is asked for; "cold"
counts for the segments a compaction makes of it, which are mapped from their files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import qdrant_edge as edge

from footnoted.search.payload import FIELDS, VECTOR, FieldType

if TYPE_CHECKING:
    from footnoted.search.layout import Layout

_LARGEST_SEGMENT_KB = 16_000
"""Of weights: some 30,000 documents. It bounds what a compaction holds in memory and how much it
writes anew; a larger index has more segments."""
SEGMENT_DOCUMENTS = 30_000
NUMBER_BYTES = 4
"""Of one dimension."""
_INDEX_FROM_KB = 1
"""Smaller segments are not worth a file; 0 would turn compaction off."""

_COLD = edge.Memory.Cold

SCHEMAS: Final[dict[FieldType, edge.PayloadSchemaParams]] = {
    FieldType.KEYWORD: edge.KeywordIndexParams(memory=_COLD),
    FieldType.INTEGER: edge.IntegerIndexParams(lookup=True, range=False, memory=_COLD),
    FieldType.FLOAT: edge.FloatIndexParams(memory=_COLD),
    FieldType.DATETIME: edge.DatetimeIndexParams(memory=_COLD),
}
"""What each type of field is indexed as; integers are only ever compared for equality."""


def shard_config(layout: Layout) -> edge.EdgeConfig:
    """Return how a shard of a layout is stored, new or compacted."""
    lexical = edge.EdgeSparseVectorParams(
        modifier=edge.Modifier.Idf, memory=_COLD, full_scan_threshold=1
    )
    dense = {
        channel: edge.EdgeVectorParams(size=dimensions, distance=edge.Distance.Cosine, memory=_COLD)
        for channel, dimensions in layout.dense
    }
    return edge.EdgeConfig(
        vectors=dense or None,
        sparse_vectors={VECTOR: lexical},
        max_search_threads=1,
        payload_memory=_COLD,
        id_tracker_memory=_COLD,
        optimizers=edge.EdgeOptimizersConfig(
            default_segment_number=1,
            indexing_threshold=_INDEX_FROM_KB,
            max_segment_size=_LARGEST_SEGMENT_KB + _dense_kb(layout),
        ),
    )


def _dense_kb(layout: Layout) -> int:
    """Return what the vectors of a full segment take: it holds as many documents with them."""
    dimensions = sum(size for _, size in layout.dense)
    return SEGMENT_DOCUMENTS * dimensions * NUMBER_BYTES // 1024


def index_fields(shard: edge.EdgeShard) -> None:
    """Give every field that has none its index, and one of an older layout ours."""
    known = shard.info().payload_schema
    for field, field_type in FIELDS.items():
        if field not in known or known[field].params is None:
            shard.update(edge.UpdateOperation.create_field_index(field, SCHEMAS[field_type]))
