"""P7: how long a search of 100,000 documents takes in the embedded index.

The peer is `qdrant-client`'s in-process mode with the very same points and the same queries, in
the same run; its answers must be ours. Queries go through the adapter, thread and event loop
included. Searches are lexical, which is all that is built yet. Documents are windows of 120 words
from a seeded vocabulary under Zipf's law; queries are one to five of its words, every other one
under a filter.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import qdrant_edge as edge
from qdrant_client import QdrantClient, models

from footnoted.search.payload import VECTOR
from footnoted.search.port import Document, DocumentKind, Filters, Query
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.search.terms import query_terms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

TIME_LIMIT_S = 900
DOCUMENTS = 100_000
WORDS = 50_000
WORDS_PER_DOCUMENT = 120
SOURCES = 20
QUERIES = 400
PEER_QUERIES = 20
BATCH = 1000
SEED = 7
GOAL_RATIO = 1 / 20
GOAL_MS = 50.0


class Language:
    """A seeded vocabulary whose n-th word is as frequent as 1 / (n + 10)."""

    def __init__(self) -> None:
        """Make up the words."""
        self.rng = random.Random(SEED)
        letters = "abcdefghijklmnoprstuvwyz"
        self.words = [
            "".join(self.rng.choices(letters, k=self.rng.randint(3, 9))) for _ in range(WORDS)
        ]
        self.weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(WORDS)))

    def say(self, count: int) -> str:
        """Return some words."""
        return " ".join(self.rng.choices(self.words, cum_weights=self.weights, k=count))

    async def documents(self) -> AsyncIterator[list[Document]]:
        """Yield all documents in batches."""
        for first in range(1, DOCUMENTS + 1, BATCH):
            yield [
                Document(
                    id=UUID(int=number),
                    kind=DocumentKind.WINDOW,
                    profile="bench",
                    video_id=number // 50,
                    source_id=number % SOURCES,
                    creator=f"creator {number % 7}",
                    title="",
                    text=self.say(WORDS_PER_DOCUMENT),
                )
                for number in range(first, first + BATCH)
            ]

    def queries(self) -> list[Query]:
        """Return the queries."""
        return [
            Query(
                text=self.say(1 + number % 5),
                filters=Filters(source_id=number % SOURCES) if number % 2 else Filters(),
            )
            for number in range(QUERIES)
        ]


def main() -> int:
    """Print the figures; return 1 on FAIL."""
    warnings.filterwarnings("ignore", message="Local mode is not recommended")
    language = Language()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        build_s = asyncio.run(build(folder, language))
        queries = language.queries()
        ours_ms, answers = asyncio.run(ask(folder, queries))
        peer = copy_to_peer(folder)
    peer_ms = [ask_peer(peer, query, answers[n]) for n, query in enumerate(queries[:PEER_QUERIES])]
    return report(build_s, ours_ms, peer_ms)


def report(build_s: float, ours_ms: list[float], peer_ms: list[float]) -> int:
    """Print the figures and what stands behind them; return 1 on FAIL."""
    same_ms = ours_ms[: len(peer_ms)]
    ratio, p95_ms = p95(same_ms) / p95(peer_ms), p95(ours_ms)
    print(f"# built in {build_s:.0f} s; {len(ours_ms)} queries, {len(peer_ms)} of them to the peer")
    print(f"# ours: median {statistics.median(ours_ms):.2f} ms, p95 {p95_ms:.2f} ms")
    print(f"# peer: median {statistics.median(peer_ms):.0f} ms, p95 {p95(peer_ms):.0f} ms")
    rows = [
        ("P7a", f"{ratio:.5f}", "lexical_p95_over_local_mode_p95", "<=0.05", ratio <= GOAL_RATIO),
        ("P7b", f"{p95_ms:.2f}", "lexical_p95_ms_of_100000_documents", "<50", p95_ms < GOAL_MS),
    ]
    for name, value, unit, goal, passed in rows:
        print(f"{name} {value} {unit} {goal} {'PASS' if passed else 'FAIL'}")
    return 0 if all(row[-1] for row in rows) else 1


async def build(folder: Path, language: Language) -> float:
    """Fill an index in `folder` and return how many seconds that took."""
    index = QdrantEdgeIndex(folder)
    started_s = time.perf_counter()
    await index.rebuild(language.documents())
    taken_s = time.perf_counter() - started_s
    await index.close()
    return taken_s


async def ask(folder: Path, queries: list[Query]) -> tuple[list[float], list[dict[int, float]]]:
    """Return how many milliseconds each query took, and what it found with which score."""
    index = QdrantEdgeIndex(folder)
    assert len(await index.document_ids()) == DOCUMENTS
    taken_ms: list[float] = []
    answers: list[dict[int, float]] = []
    for query in queries:
        started_s = time.perf_counter()
        hits = await index.query(query)
        taken_ms.append(1000 * (time.perf_counter() - started_s))
        answers.append({hit.document_id.int: hit.score for hit in hits})
    await index.close()
    assert (
        sum(len(answer) == query.limit for answer, query in zip(answers, queries, strict=True))
        > QUERIES / 2
    )
    return taken_ms, answers


def copy_to_peer(folder: Path) -> QdrantClient:
    """Return a client in its in-process mode that holds the points of the index in `folder`."""
    client = QdrantClient(":memory:")
    client.create_collection(
        "peer",
        vectors_config={},
        sparse_vectors_config={VECTOR: models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    for points in stored_points(folder):
        client.upsert("peer", points)
    assert client.count("peer").count == DOCUMENTS
    return client


def stored_points(folder: Path) -> Iterator[list[models.PointStruct]]:
    """Yield the points of a closed index in batches."""
    generation = (folder / "current").read_text(encoding="ascii")
    shard = edge.EdgeShard.load(str(folder / generation))
    offset = None
    while True:
        request = edge.ScrollRequest(
            offset=offset, limit=BATCH, with_payload=True, with_vector=True
        )
        records, offset = shard.scroll(request)
        yield [
            models.PointStruct(
                id=str(record.id),
                vector={
                    VECTOR: models.SparseVector(
                        indices=record.vector[VECTOR].indices, values=record.vector[VECTOR].values
                    )
                },
                payload=record.payload,
            )
            for record in records
        ]
        if offset is None:
            break
    shard.close()


def ask_peer(client: QdrantClient, query: Query, ours: dict[int, float]) -> float:
    """Return how many milliseconds the peer took for the same query and the same answer."""
    terms = sorted(query_terms(query.text))
    wanted = query.filters.source_id
    match = models.FieldCondition(key="source_id", match=models.MatchValue(value=wanted or 0))
    started_s = time.perf_counter()
    answer = client.query_points(
        "peer",
        query=models.SparseVector(indices=terms, values=[1.0] * len(terms)),
        using=VECTOR,
        query_filter=None if wanted is None else models.Filter(must=[match]),
        limit=query.limit,
        with_payload=False,
    )
    taken_ms = 1000 * (time.perf_counter() - started_s)
    # Ties at the end of an answer may fall either way, so scores are compared, not ids.
    theirs = sorted((round(hit.score, 3) for hit in answer.points), reverse=True)
    found = sorted((round(score, 3) for score in ours.values()), reverse=True)
    assert len(theirs) == len(found)
    assert all(abs(a - b) < 0.01 for a, b in zip(theirs, found, strict=True)), (theirs, found)
    return taken_ms


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    sys.exit(main())
