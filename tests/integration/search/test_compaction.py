"""The embedded index is compacted while it serves: nothing is lost, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from footnoted.search import compaction, edge_shard, qdrant_edge
from footnoted.search.layout import WORDS_ONLY, Layout
from footnoted.search.port import Document, DocumentKind, Filters, Query
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.telemetry import COMPACTION_FAILED, INDEX_COMPACTED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

YOUNG = 200
MANY = YOUNG + 50
DIE_BEFORE_SWITCHING = """
import asyncio, os, sys
from pathlib import Path
from footnoted.search import edge_shard
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from tests.integration.search.test_compaction import MANY, YOUNG, documents

edge_shard._YOUNG_AT_LEAST = YOUNG
QdrantEdgeIndex._replace = lambda *_: os._exit(9)
asyncio.run(QdrantEdgeIndex(Path(sys.argv[1])).upsert(documents(range(MANY))))
"""


def documents(numbers: Sequence[int], text: str = "lantern") -> list[Document]:
    """Return documents of different lengths, of three creators."""
    return [
        Document(
            id=UUID(int=number + 1),
            kind=DocumentKind.WINDOW,
            profile="techniques",
            video_id=1,
            source_id=number % 2,
            creator=f"creator {number % 3}",
            title="",
            text=f"{text} number{number} " + "filler " * (number % 5),
        )
        for number in numbers
    ]


def compacted(logs: Sequence[object]) -> int:
    """Return how many compactions the log tells."""
    return sum(isinstance(line, dict) and line["event"] == INDEX_COMPACTED for line in logs)


def names(root: Path) -> list[str]:
    """Return the names of the generations and drafts."""
    return sorted(path.name for path in root.glob("*-*"))


async def answers(index: QdrantEdgeIndex) -> list[dict[UUID, float]]:
    """Return what a few queries find, with and without filters, and how it scores."""
    filters = [Filters(), Filters(creator="Creator 1"), Filters(source_id=1)]
    queries = [Query(text="lantern", filters=one, limit=1000) for one in filters]
    queries.append(Query(text="number7 filler", limit=1000))
    found = [await index.query(query) for query in queries]
    return [{hit.document_id: round(hit.score, 4) for hit in hits} for hits in found]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder of the index."""
    return tmp_path / "index"


@pytest.fixture
async def index(root: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[QdrantEdgeIndex]:
    """Yield an empty index that is compacted after a few writes."""
    monkeypatch.setattr(edge_shard, "_YOUNG_AT_LEAST", YOUNG)
    made = QdrantEdgeIndex(root)
    yield made
    await made.close()


async def test_a_compacted_index_answers_as_before(
    index: QdrantEdgeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same documents, same scores, under every filter; one generation is left."""
    with capture_logs() as logs:
        await index.upsert(documents(range(MANY)))
        await index.upsert(documents(range(MANY, MANY + 20)))
    monkeypatch.setattr(edge_shard, "_YOUNG_AT_LEAST", 10**6)
    plain = QdrantEdgeIndex(tmp_path / "plain")
    await plain.upsert(documents(range(MANY)))
    await plain.upsert(documents(range(MANY, MANY + 20)))
    assert compacted(logs) == 1
    assert await index.document_ids() == await plain.document_ids()
    assert await answers(index) == await answers(plain)
    assert names(tmp_path / "index") == ["v1-0002"]
    await plain.close()


async def test_what_is_replaced_or_deleted_after_a_compaction_does_not_come_back(
    index: QdrantEdgeIndex, root: Path
) -> None:
    """Neither at once, nor after the next compactions, nor after a restart."""
    await index.upsert(documents(range(MANY)))
    await index.delete([one.id for one in documents(range(10))])
    with capture_logs() as logs:
        await index.upsert(documents(range(10, MANY), "kettle"))
    assert compacted(logs) == 1
    await index.close()
    again = QdrantEdgeIndex(root)
    kettles = await again.query(Query(text="kettle", limit=1000))
    expected = {one.id for one in documents(range(10, MANY))}
    assert {hit.document_id for hit in kettles} == await again.document_ids() == expected
    assert await again.query(Query(text="lantern")) == []
    await again.close()


async def test_the_count_of_writes_survives_a_restart(index: QdrantEdgeIndex, root: Path) -> None:
    """A daemon that is restarted often is compacted too."""
    await index.upsert(documents(range(YOUNG - 10)))
    await index.close()
    again = QdrantEdgeIndex(root)
    with capture_logs() as logs:
        await again.upsert(documents(range(YOUNG - 10, YOUNG + 10)))
    await again.close()
    assert compacted(logs) == 1


async def test_a_rebuild_is_compacted_on_the_way(index: QdrantEdgeIndex, root: Path) -> None:
    """It holds no more in memory than any other filling, and every document."""

    async def batches() -> AsyncIterator[Sequence[Document]]:
        for first in range(0, 3 * MANY, MANY):
            yield documents(range(first, first + MANY))

    await index.upsert(documents([5000]))
    with capture_logs() as logs:
        await index.rebuild(batches())
    assert compacted(logs) == 3
    assert await index.document_ids() == {one.id for one in documents(range(3 * MANY))}
    assert len(names(root)) == 1


class Gate:
    """A compaction that waits to be let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand before the real one."""
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()
        monkeypatch.setattr(qdrant_edge, "compact", self.compact)

    async def compact(self, shard: Path, copy: Path, layout: Layout) -> str | None:
        """Wait, then do it."""
        self.reached.set()
        await self.opened.wait()
        return await compaction.compact(shard, copy, layout)


async def test_queries_go_on_during_a_compaction_and_writes_are_not_lost(
    index: QdrantEdgeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks is answered; whoever writes waits, and what was written is in the copy."""
    gate = Gate(monkeypatch)
    filling = asyncio.create_task(index.upsert(documents(range(MANY))))
    await gate.reached.wait()
    writing = asyncio.create_task(index.upsert(documents([7000], "kettle")))
    deleting = asyncio.create_task(index.delete([UUID(int=1)]))
    during = await index.query(Query(text="lantern", limit=1000))
    assert (len(during), writing.done(), deleting.done()) == (MANY, False, False)
    gate.opened.set()
    await asyncio.gather(filling, writing, deleting)
    expected = {one.id for one in documents([*range(1, MANY), 7000])}
    assert await index.document_ids() == expected


async def test_a_compaction_that_is_cancelled_leaves_the_index_as_it_was(
    index: QdrantEdgeIndex, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon that stops does not wait for it; the documents are written, and no draft stays."""
    gate = Gate(monkeypatch)
    filling = asyncio.create_task(index.upsert(documents(range(MANY))))
    await gate.reached.wait()
    gate.opened.set()
    await asyncio.sleep(0.05)  # the child is being started or runs
    filling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await filling
    assert names(root) == ["v1-0001"]
    assert len(await index.document_ids()) == MANY
    await index.upsert(documents([7000]))
    assert len(await index.document_ids()) == MANY + 1


async def test_a_compaction_that_fails_is_told_and_tried_again_later(
    index: QdrantEdgeIndex, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write it came with holds; the next try waits until twice as much is young."""

    async def fail(_shard: Path, _copy: Path, _layout: Layout) -> str | None:
        return "ended with -9: "

    with monkeypatch.context() as broken, capture_logs() as logs:
        broken.setattr(qdrant_edge, "compact", fail)
        await index.upsert(documents(range(MANY)))
        await index.upsert(documents([MANY]))
    assert [line["event"] for line in logs] == [COMPACTION_FAILED]
    assert "ended with -9" in logs[0]["why"]
    assert names(root) == ["v1-0001"]
    with capture_logs() as logs:
        await index.upsert(documents(range(MANY + 1, 2 * YOUNG)))
    assert (compacted(logs), len(await index.document_ids())) == (1, 2 * YOUNG)


async def test_a_copy_that_misses_documents_never_serves(
    index: QdrantEdgeIndex, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever made it; what it was made from goes on, with every document."""

    async def empty(_shard: Path, copy: Path, layout: Layout) -> str | None:
        edge_shard.Shard.create(copy / "made", layout).close()
        for part in (copy / "made").iterdir():
            part.rename(copy / part.name)
        return None

    monkeypatch.setattr(qdrant_edge, "compact", empty)
    with capture_logs() as logs:
        await index.upsert(documents(range(MANY)))
    assert [line["event"] for line in logs] == [COMPACTION_FAILED]
    assert f"{MANY} documents, and its compacted copy 0" in logs[0]["why"]
    assert (len(await index.document_ids()), names(root)) == (MANY, ["v1-0001"])


async def test_a_copy_is_opened_without_the_files_of_a_segment_nobody_wrote_to(
    index: QdrantEdgeIndex, root: Path, tmp_path: Path
) -> None:
    """They are 4 MiB of nothing for every field, all of it mapped when it is opened."""
    await index.upsert(documents(range(YOUNG - 1)))
    await index.close()
    copy = tmp_path / "copy"
    copy.mkdir()
    assert await compaction.compact(root / names(root)[0], copy, WORDS_ONLY) is None
    states = [json.loads(one.read_bytes()) for one in copy.glob("segments/*/segment.json")]
    assert [state["initial_version"] is None for state in states] == [False]


class Disk(NamedTuple):
    """What `shutil.disk_usage` returns."""

    total: int
    used: int
    free: int


async def test_a_disk_without_room_for_a_copy_does_not_stop_writing(
    index: QdrantEdgeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is room for the documents, and none for the index twice."""
    free = qdrant_edge._ROOM_BYTES + 1
    with monkeypatch.context() as full, capture_logs() as logs:
        full.setattr(shutil, "disk_usage", lambda _path: Disk(10**9, 10**9 - free, free))
        await index.upsert(documents(range(MANY)))
    assert [line["event"] for line in logs] == [COMPACTION_FAILED]
    assert len(await index.document_ids()) == MANY


async def test_a_child_says_why_it_failed(tmp_path: Path) -> None:
    """The last words of the process are the reason."""
    (tmp_path / "draft").mkdir()
    why = await compaction.compact(tmp_path / "nowhere", tmp_path / "draft", WORDS_ONLY)
    assert why is not None
    assert why.startswith("ended with 1: ")
    assert "nowhere" in why


async def test_a_process_that_dies_before_the_switch_loses_nothing(
    root: Path, project_root: Path
) -> None:
    """The old generation serves, whole; the finished copy is swept away."""
    command = [sys.executable, "-c", DIE_BEFORE_SWITCHING, str(root)]
    ended = await asyncio.to_thread(subprocess.run, command, timeout=60, cwd=project_root)
    assert (ended.returncode, names(root)) == (9, ["v1-0001", "v1-0002"])
    (root / "draft-left").mkdir()
    index = QdrantEdgeIndex(root)
    assert await index.document_ids() == {one.id for one in documents(range(MANY))}
    assert (index.was_recreated, names(root)) == (False, ["v1-0001"])
    await index.close()


async def test_a_shard_of_an_older_layout_is_compacted_at_the_first_write(
    index: QdrantEdgeIndex, root: Path
) -> None:
    """One that kept no count is taken to lie in memory, all of it."""
    await index.upsert(documents(range(MANY)))
    await index.close()
    (root / names(root)[0] / compaction.YOUNG).unlink()
    again = QdrantEdgeIndex(root)
    with capture_logs() as logs:
        await again.upsert(documents([MANY]))
    assert (compacted(logs), len(await again.document_ids())) == (1, MANY + 1)
    await again.close()
