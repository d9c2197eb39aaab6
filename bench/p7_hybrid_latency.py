"""P7, with vectors: how long a hybrid search of 100,000 documents takes in the embedded index.

The documents, words and filters are those of p7_search_latency.py; each has a vector of 384
dimensions (a common size of small models) around one of a thousand centres, as texts are about
subjects. A search asks words and vectors fifty deep and fuses them by rank, as the product does;
that a query is embedded by somebody else is not part of it. The peer is `qdrant-client`'s
in-process mode, asked for the same two lists fused by rank, in the same run.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import qdrant_edge as edge
from p7_search_latency import BATCH, DOCUMENTS, GOAL_MS, GOAL_RATIO, Language, p95
from qdrant_client import QdrantClient, models

from footnoted.search.layout import Layout
from footnoted.search.payload import VECTOR
from footnoted.search.port import Near
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.search.query import fuse
from footnoted.search.terms import query_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from footnoted.search.layout import Vectors
    from footnoted.search.port import Document, Query

TIME_LIMIT_S = 1_800
DIMENSIONS = 384
CENTRES = 1_000
SPREAD = 0.6
CHANNEL = "text"
DEPTH = 50
PEER_QUERIES = 20
LAYOUT = Layout("p7", ((CHANNEL, DIMENSIONS),))


class Meaning:
    """A seeded vector for every document and query."""

    def __init__(self) -> None:
        """Make up the centres."""
        self.rng = np.random.default_rng(7)
        self.centres = self.rng.standard_normal((CENTRES, DIMENSIONS)).astype(np.float32)

    def near(self, centre: int, seed: int) -> list[float]:
        """Return a vector near a centre."""
        noise = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
        vector: list[float] = (self.centres[centre % CENTRES] + SPREAD * noise).tolist()
        return vector

    async def vectors_of(self, documents: Sequence[Document]) -> Mapping[UUID, Vectors]:
        """Return the vectors of documents, as a source of the index."""
        return {one.id: {CHANNEL: self.near(one.id.int, one.id.int)} for one in documents}


def main() -> int:
    """Print the figures; return 1 on FAIL."""
    warnings.filterwarnings("ignore", message="Local mode is not recommended")
    meaning, language = Meaning(), Language()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        build_s = asyncio.run(build(folder, meaning, language))
        queries = language.queries()
        vectors = [meaning.near(number * 31, 10**7 + number) for number in range(len(queries))]
        print(f"# built in {build_s:.0f} s", flush=True)
        ours_ms, recall = asyncio.run(ask(folder, queries, vectors))
        print(f"# recall@10 against exact search {recall:.3f}", flush=True)
        middle, p95_ms = statistics.median(ours_ms), p95(ours_ms)
        print(f"# ours: median {middle:.2f} ms, p95 {p95_ms:.2f} ms", flush=True)
        peer = copy_to_peer(folder)
    peer_ms = [ask_peer(peer, queries[n], vectors[n]) for n in range(PEER_QUERIES)]
    ratio = p95(ours_ms[: len(peer_ms)]) / p95(peer_ms)
    print(f"# peer: median {statistics.median(peer_ms):.0f} ms, p95 {p95(peer_ms):.0f} ms")
    rows = [
        ("P7c", f"{ratio:.5f}", "hybrid_p95_over_local_mode_p95", "<=0.05", ratio <= GOAL_RATIO),
        ("P7d", f"{p95_ms:.2f}", "hybrid_p95_ms_of_100000_documents", "<50", p95_ms < GOAL_MS),
    ]
    for figure, value, unit, goal, passed in rows:
        print(f"{figure} {value} {unit} {goal} {'PASS' if passed else 'FAIL'}")
    return 0 if all(row[-1] for row in rows) else 1


async def build(folder: Path, meaning: Meaning, language: Language) -> float:
    """Fill an index in `folder` and return how many seconds that took."""
    index = QdrantEdgeIndex(folder, LAYOUT, meaning)
    started_s = time.perf_counter()
    await index.rebuild(language.documents())
    taken_s = time.perf_counter() - started_s
    await index.close()
    return taken_s


async def ask(
    folder: Path, queries: Sequence[Query], vectors: Sequence[list[float]]
) -> tuple[list[float], float]:
    """Return how many milliseconds each search took, and the recall of its dense half."""
    index = QdrantEdgeIndex(folder, LAYOUT)
    assert await index.count_vectors(CHANNEL) == DOCUMENTS
    taken_ms: list[float] = []
    shares: list[float] = []
    for number, (query, vector) in enumerate(zip(queries, vectors, strict=True)):
        near = Near(channel=CHANNEL, vector=tuple(vector), filters=query.filters, limit=DEPTH)
        started_s = time.perf_counter()
        words = await index.query(query.model_copy(update={"limit": DEPTH}))
        dense = await index.nearest(near)
        found = fuse([words, dense])[: query.limit]
        taken_ms.append(1000 * (time.perf_counter() - started_s))
        assert len(found) == query.limit
        if number % 8 == 0:
            exact = await index.nearest(near.model_copy(update={"exact": True}))
            best = {hit.document_id for hit in exact[:10]}
            shares.append(len(best & {hit.document_id for hit in dense[:10]}) / len(best))
    await index.close()
    return taken_ms, statistics.mean(shares)


def copy_to_peer(folder: Path) -> QdrantClient:
    """Return a client in its in-process mode that holds the points of the index in `folder`."""
    client = QdrantClient(":memory:")
    client.create_collection(
        "peer",
        vectors_config={
            CHANNEL: models.VectorParams(size=DIMENSIONS, distance=models.Distance.COSINE)
        },
        sparse_vectors_config={VECTOR: models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    for points in stored_points(folder):
        client.upsert("peer", points)
    assert client.count("peer").count == DOCUMENTS
    return client


def stored_points(folder: Path) -> Iterator[list[models.PointStruct]]:
    """Yield the points of a closed index in batches."""
    shard = edge.EdgeShard.load(str(folder / (folder / "current").read_text(encoding="ascii")))
    offset = None
    while True:
        records, offset = shard.scroll(
            edge.ScrollRequest(offset=offset, limit=BATCH, with_payload=True, with_vector=True)
        )
        yield [
            models.PointStruct(
                id=str(record.id),
                vector={
                    CHANNEL: record.vector[CHANNEL],
                    VECTOR: models.SparseVector(
                        indices=record.vector[VECTOR].indices, values=record.vector[VECTOR].values
                    ),
                },
                payload=record.payload,
            )
            for record in records
        ]
        if offset is None:
            break
    shard.close()


def ask_peer(client: QdrantClient, query: Query, vector: list[float]) -> float:
    """Return how many milliseconds the peer took for the same search."""
    terms = sorted(query_terms(query.text))
    wanted = query.filters.source_id
    match = models.FieldCondition(key="source_id", match=models.MatchValue(value=wanted or 0))
    only = None if wanted is None else models.Filter(must=[match])
    words = models.SparseVector(indices=terms, values=[1.0] * len(terms))
    started_s = time.perf_counter()
    answer = client.query_points(
        "peer",
        prefetch=[
            models.Prefetch(query=words, using=VECTOR, filter=only, limit=DEPTH),
            models.Prefetch(query=vector, using=CHANNEL, filter=only, limit=DEPTH),
        ],
        query=models.FusionQuery(fusion=models.Fusion.RRF),
        limit=query.limit,
        with_payload=False,
    )
    taken_ms = 1000 * (time.perf_counter() - started_s)
    assert len(answer.points) == query.limit
    return taken_ms


if __name__ == "__main__":
    sys.exit(main())
