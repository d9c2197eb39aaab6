"""What every index with vectors does, in the process and on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from qdrant_client import AsyncQdrantClient
from structlog.testing import capture_logs

from footnoted.search import edge_shard
from footnoted.search.layout import Layout, Vectors, WrongDimensionsError
from footnoted.search.port import Document, DocumentKind, Filters, Near, Query
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.search.qdrant_server import QdrantServerIndex
from footnoted.telemetry import INDEX_COMPACTED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from footnoted.search.port import DenseIndex

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact"),
]

LAYOUT = Layout("0123456789abcdef", (("text", 4), ("summary", 2)))
EAST, NORTH, UP = (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)


class Known:
    """A source of vectors that a test sets."""

    def __init__(self) -> None:
        """Know none."""
        self.vectors: dict[UUID, Vectors] = {}

    async def vectors_of(self, documents: Sequence[Document]) -> Mapping[UUID, Vectors]:
        """Return what is known."""
        return {one.id: self.vectors[one.id] for one in documents if one.id in self.vectors}


@pytest.fixture
def known() -> Known:
    """Return the source of the index."""
    return Known()


@pytest.fixture(params=["edge", "server"])
async def index(
    request: pytest.FixtureRequest, known: Known, tmp_path: Path
) -> AsyncIterator[DenseIndex]:
    """Yield an empty index of each kind; the server's is its in-process stand-in."""
    made: DenseIndex
    if request.param == "server":
        made = QdrantServerIndex(AsyncQdrantClient(":memory:"), layout=LAYOUT, vectors=known)
    else:
        made = QdrantEdgeIndex(tmp_path / "index", LAYOUT, known)
    await made.ensure_ready()
    yield made
    await made.close()


async def put(index: DenseIndex, known: Known, number: int, **fields: Any) -> None:
    """Write a document with the vectors it is given."""
    known.vectors[UUID(int=number)] = {
        name: fields.pop(name) for name in ("text", "summary") if name in fields
    }
    await index.upsert([doc(number, **fields)])


def doc(number: int, words: str = "kettle", **fields: Any) -> Document:
    """Return a document with a readable id."""
    given = {"kind": DocumentKind.WINDOW, "profile": "techniques", "video_id": 1, **fields}
    return Document.model_validate(
        {"id": UUID(int=number), "creator": "Ann", "title": "", "text": words, **given}
    )


async def near(index: DenseIndex, *vector: float, **asked: Any) -> list[int]:
    """Return the numbers of the documents near a vector, nearest first."""
    given = {"channel": "text", "limit": 10, **asked}
    hits = await index.nearest(Near(vector=vector, **given))
    return [hit.document_id.int for hit in hits]


async def test_the_most_alike_vector_comes_first(index: DenseIndex, known: Known) -> None:
    """Vectors are compared by their direction; equal ones come in the order of ids."""
    await put(index, known, 4, text=NORTH)
    await put(index, known, 3, text=EAST)
    await put(index, known, 2, text=(9.0, 9.0, 0.0, 0.0))
    await put(index, known, 1, text=(5.0, 0.0, 0.0, 0.0))
    assert await near(index, *EAST, limit=3) == [1, 3, 2]
    assert await near(index, *EAST, limit=3, exact=True) == [1, 3, 2]


async def test_a_document_without_a_vector_is_found_by_its_words(
    index: DenseIndex, known: Known
) -> None:
    """What has no vector yet, or none in a channel, is missed there and nowhere else."""
    await put(index, known, 1)
    await put(index, known, 2, text=EAST)
    await put(index, known, 3, summary=(0.0, 1.0))
    assert await near(index, *EAST) == [2]
    assert await near(index, 0.0, 1.0, channel="summary") == [3]
    hits = await index.query(Query(text="kettle"))
    assert [hit.document_id.int for hit in hits] == [1, 2, 3]
    assert (await index.count_vectors("text"), await index.count_vectors("summary")) == (1, 1)


async def test_filters_push_down_into_a_dense_channel(index: DenseIndex, known: Known) -> None:
    """The nearest of those that a filter takes are found, however near the others are."""
    for number in range(1, 30):
        await put(index, known, number, text=EAST)
    await put(index, known, 99, text=UP, tags=("odd",))
    assert await near(index, *EAST, filters=Filters(tag="ODD"), limit=3) == [99]


async def test_a_new_vector_replaces_the_old_one(index: DenseIndex, known: Known) -> None:
    """Neither the old vector nor one that is gone finds a document again."""
    await put(index, known, 1, text=EAST)
    await put(index, known, 1, text=NORTH)
    await put(index, known, 2, text=EAST)
    await put(index, known, 2)
    assert await near(index, *EAST) == [1]
    await index.delete([UUID(int=1)])
    assert await near(index, *EAST) == []


async def test_a_vector_of_other_dimensions_is_refused_before_anything_is_written(
    index: DenseIndex, known: Known
) -> None:
    """The sentence tells both numbers; neither the document nor its neighbour is half written."""
    known.vectors[UUID(int=1)] = {"text": EAST}
    known.vectors[UUID(int=2)] = {"text": (1.0, 0.0)}
    with pytest.raises(WrongDimensionsError, match=r"of 2 dimensions .* 'text', which has 4"):
        await index.upsert([doc(1), doc(2)])
    assert await index.document_ids() == set()


async def test_weighing_words_anew_keeps_vectors(index: DenseIndex, known: Known) -> None:
    """Documents that are much longer move the average; what was there is written again whole."""
    await put(index, known, 1, words="kettle", text=EAST, summary=(1.0, 0.0))
    await index.upsert([doc(number, "long words " * 90) for number in range(2, 12)])
    assert await near(index, *EAST) == [1]
    assert await near(index, 1.0, 0.0, channel="summary") == [1]


async def test_every_point_carries_its_spec(index: DenseIndex, known: Known) -> None:
    """Nothing that an index wrote is mislabelled in it."""
    await put(index, known, 1, text=EAST)
    await put(index, known, 2)
    assert await index.mislabelled() == set()


async def test_a_rebuild_takes_vectors_from_the_source(index: DenseIndex, known: Known) -> None:
    """They need not be in the index before."""
    known.vectors = {UUID(int=1): {"text": EAST}, UUID(int=2): {"text": NORTH}}

    async def batches() -> AsyncIterator[Sequence[Document]]:
        yield [doc(1)]
        yield [doc(2)]

    await index.rebuild(batches())
    assert await near(index, *NORTH) == [2, 1]


async def test_a_dropped_index_is_gone(index: DenseIndex, known: Known) -> None:
    """Dropping removes what was stored, not only the way to it."""
    await put(index, known, 1, text=EAST)
    folder = index._root if isinstance(index, QdrantEdgeIndex) else None
    client = None if folder else index._client
    await index.drop()
    if folder is not None:
        assert not folder.exists()
    else:
        assert client._client.collections == {}


async def test_a_compaction_builds_the_graph_and_keeps_every_vector(
    known: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is merged by another process is found as before, by words and in both channels."""
    monkeypatch.setattr(edge_shard, "_YOUNG_AT_LEAST", 50)
    index = QdrantEdgeIndex(tmp_path / "index", LAYOUT, known)
    for number in range(1, 60):
        known.vectors[UUID(int=number)] = {"text": EAST, "summary": (1.0, 0.0)}
    known.vectors[UUID(int=60)] = {"text": NORTH}
    with capture_logs() as logs:
        await index.upsert([doc(number) for number in range(1, 61)])
    assert [line["event"] for line in logs] == [INDEX_COMPACTED]
    assert await near(index, *NORTH, limit=1) == [60]
    assert 60 not in await near(index, *EAST, limit=20, filters=Filters(creator="ANN"))
    assert (await index.count_vectors("text"), await index.count_vectors("summary")) == (60, 59)
    assert await index.mislabelled() == set()
    assert len(await index.query(Query(text="kettle", limit=100))) == 60
    await index.close()


async def test_points_of_another_spec_are_told(tmp_path: Path, known: Known) -> None:
    """An index that is opened under another name than it was written under says so."""
    old = QdrantEdgeIndex(tmp_path / "index", LAYOUT, known)
    await put(old, known, 1, text=EAST)
    await old.close()
    new = QdrantEdgeIndex(tmp_path / "index", Layout("other", LAYOUT.dense), known)
    assert await new.mislabelled() == {UUID(int=1)}
    await new.close()


async def test_points_come_back_as_they_were_written(index: DenseIndex, known: Known) -> None:
    """Labels, words and vectors, so that an audit can compare them; what is not there is left out.

    An index may keep vectors at unit length.
    """
    await put(index, known, 1, text=EAST, summary=(3.0, 4.0), words="kettle pot", tags=("Loud",))
    await put(index, known, 2, words="drum")
    found = {point.id: point for point in await index.points([UUID(int=n) for n in (1, 2, 3)])}
    assert set(found) == {UUID(int=1), UUID(int=2)}
    first = found[UUID(int=1)]
    assert (first.payload["spec"], first.payload["tags"]) == (LAYOUT.spec, ["loud"])
    assert (len(first.vector.terms), set(first.dense)) == (3, {"text", "summary"})
    across, up = first.dense["summary"]
    assert up / across == pytest.approx(4 / 3)
    assert found[UUID(int=2)].dense == {}
