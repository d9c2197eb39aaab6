"""Both real adapters rank alike; the server's says so when it is away."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from qdrant_client import AsyncQdrantClient, models

from footnoted.errors import TransientError
from footnoted.search.port import Document, DocumentKind, Query
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.search.qdrant_server import QdrantServerIndex

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
WORDS = [f"word{number}" for number in range(60)]


def some_documents(count: int) -> list[Document]:
    """Return documents of a few words each, the same ones every time."""
    rng = random.Random(3)  # noqa: S311 - the same run after run
    return [
        Document(
            id=UUID(int=number),
            kind=DocumentKind.MOMENT,
            profile="techniques",
            video_id=1,
            creator="Ann",
            title="",
            text=" ".join(rng.choices(WORDS, k=rng.randint(3, 40))),
        )
        for number in range(1, count + 1)
    ]


async def test_the_server_and_the_embedded_index_give_equal_scores(tmp_path: Path) -> None:
    """The same documents and query: the same order, and the same scores but for rounding."""
    embedded = QdrantEdgeIndex(tmp_path / "index")
    server = QdrantServerIndex(AsyncQdrantClient(":memory:"))
    query = Query(text="word1 word2 word3", limit=20)
    answers: list[list[tuple[int, float]]] = []
    for index in (embedded, server):
        await index.upsert(some_documents(150))
        hits = await index.query(query)
        answers.append([(hit.document_id.int, hit.score) for hit in hits])
        await index.close()
    assert [number for number, _ in answers[0]] == [number for number, _ in answers[1]]
    assert [score for _, score in answers[0]] == pytest.approx(
        [score for _, score in answers[1]], rel=1e-4
    )


async def test_an_unreachable_server_is_a_wait_for_the_index() -> None:
    """Nothing listens on the discard port of this machine."""
    index = QdrantServerIndex.connect("http://127.0.0.1:9")
    for call in (index.ensure_ready(), index.query(Query(text="kettle")), index.document_ids()):
        with pytest.raises(TransientError) as raised:
            await call
        assert raised.value.wait_reason == "index"
    await index.close()


async def test_a_collection_of_another_version_is_replaced() -> None:
    """Terms of another analysis would never match, so an empty collection takes its place."""
    client = AsyncQdrantClient(":memory:")
    await client.create_collection("footnoted-v0-old", vectors_config={})
    alias = models.CreateAlias(collection_name="footnoted-v0-old", alias_name="footnoted")
    await client.update_collection_aliases([models.CreateAliasOperation(create_alias=alias)])
    index = QdrantServerIndex(client)
    await index.ensure_ready()
    names = [each.name for each in (await client.get_collections()).collections]
    assert (index.was_recreated, len(names)) == (True, 1)
    assert names[0].startswith("footnoted-v1-")
    await index.close()


async def test_rebuilds_leave_one_collection_behind() -> None:
    """The old collection goes when the alias moved; a failed build goes too."""
    client = AsyncQdrantClient(":memory:")
    index = QdrantServerIndex(client)
    await index.ensure_ready()

    async def batches(*, fails: bool) -> AsyncIterator[Sequence[Document]]:
        yield some_documents(3)
        if fails:
            raise RuntimeError

    await index.rebuild(batches(fails=False))
    with pytest.raises(RuntimeError):
        await index.rebuild(batches(fails=True))
    assert len((await client.get_collections()).collections) == 1
    assert len(await index.document_ids()) == 3
    await index.close()
