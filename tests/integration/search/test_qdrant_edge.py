"""The embedded index on real files: broken, held, killed, left open, drifted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import pytest

from footnoted.errors import TransientError
from footnoted.search import edge_shard
from footnoted.search.port import Document, DocumentKind, Query
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.search.weights import AVERAGE_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

KETTLE = 1
DIE_AFTER_WRITING = """
import asyncio, os, sys
from pathlib import Path
from footnoted.search.port import Document
from footnoted.search.qdrant_edge import QdrantEdgeIndex

async def main():
    index = QdrantEdgeIndex(Path(sys.argv[1]))
    await index.upsert([Document.model_validate_json(sys.argv[2])])
    os._exit(9)

asyncio.run(main())
"""


def doc(number: int, text: str) -> Document:
    """Return a document with a readable id."""
    return Document(
        id=UUID(int=number),
        kind=DocumentKind.WINDOW,
        profile="techniques",
        video_id=1,
        creator="Ann",
        title="",
        text=text,
    )


async def found(index: QdrantEdgeIndex, text: str) -> list[int]:
    """Return the numbers of the documents found."""
    return [hit.document_id.int for hit in await index.query(Query(text=text))]


@pytest.fixture
async def root(tmp_path: Path) -> Path:
    """Return the folder of a closed index that holds one document about a kettle."""
    index = QdrantEdgeIndex(tmp_path / "index")
    await index.upsert([doc(KETTLE, "kettle")])
    await index.close()
    return tmp_path / "index"


@pytest.fixture
async def reopened(root: Path) -> AsyncIterator[QdrantEdgeIndex]:
    """Yield another index object on the same folder, not opened yet."""
    index = QdrantEdgeIndex(root)
    yield index
    await index.close()


def names(root: Path, pattern: str) -> list[str]:
    """Return the names in a folder that match."""
    return sorted(path.name for path in root.glob(pattern))


def die_after_writing(root: Path, document: Document) -> int:
    """Write a document in another process that dies at once; return how it ended."""
    command = [sys.executable, "-c", DIE_AFTER_WRITING, str(root), document.model_dump_json()]
    return subprocess.run(command, check=False, timeout=60).returncode


def one_file(root: Path, name: str) -> Path:
    """Return the only file of that name in the current generation."""
    return next((root / (root / "current").read_text()).rglob(name))


async def test_what_was_written_is_there_after_a_restart(
    root: Path, reopened: QdrantEdgeIndex
) -> None:
    """Nothing stored is lost, and nothing is reported."""
    await reopened.ensure_ready()
    assert (await found(reopened, "kettle"), reopened.was_recreated) == ([KETTLE], False)
    assert names(root, "corrupt-*") == []


async def test_a_second_owner_waits_with_a_clear_sentence(
    root: Path, reopened: QdrantEdgeIndex
) -> None:
    """One process has the shard; another learns so, and gets it when it is free."""
    holder = QdrantEdgeIndex(root)
    await holder.ensure_ready()
    with pytest.raises(TransientError) as raised:
        await reopened.ensure_ready()
    await holder.close()
    assert raised.value.wait_reason == "index"
    assert "is held by another process" in raised.value.message
    assert await found(reopened, "kettle") == [KETTLE]


@pytest.mark.parametrize(
    ("name", "junk"),
    [
        ("edge_config.json", b"\x00\xff not json"),
        ("segment.json", b"{"),
        ("mutable_id_tracker.mappings", b"\xff" * 64),
        ("status.dat", b""),
    ],
)
async def test_a_corrupted_shard_is_set_aside_and_an_empty_one_serves(
    root: Path, reopened: QdrantEdgeIndex, name: str, junk: bytes
) -> None:
    """Errors and panics of the shard end in an index that works and says it is new."""
    one_file(root, name).write_bytes(junk)
    await reopened.ensure_ready()
    assert (reopened.was_recreated, await found(reopened, "kettle")) == (True, [])
    assert names(root, "corrupt-*") == ["corrupt-1"]
    await reopened.upsert([doc(2, "train")])
    assert await found(reopened, "train") == [2]


async def test_only_the_last_corrupted_shard_is_kept(root: Path) -> None:
    """A bad disk does not fill up with evidence."""
    for _ in range(3):
        one_file(root, "segment.json").write_bytes(b"{")
        index = QdrantEdgeIndex(root)
        await index.ensure_ready()
        await index.close()
    assert names(root, "corrupt-*") == ["corrupt-3"]


@pytest.mark.parametrize("content", ["", "v999-0001", "../elsewhere", "v1-0001/..", "\x00"])
async def test_a_pointer_to_nothing_of_ours_gives_an_empty_index(
    root: Path, reopened: QdrantEdgeIndex, content: str
) -> None:
    """A lost pointer, another version and a path outside are all no index."""
    (root / "current").write_text(content)
    await reopened.ensure_ready()
    assert (reopened.was_recreated, await reopened.document_ids()) == (True, set())


async def test_a_killed_process_loses_nothing_it_was_told_is_written(tmp_path: Path) -> None:
    """An upsert that returned survives the death of the process."""
    assert die_after_writing(tmp_path / "index", doc(KETTLE, "kettle")) == 9
    index = QdrantEdgeIndex(tmp_path / "index")
    assert (await found(index, "kettle"), index.was_recreated) == ([KETTLE], False)
    await index.close()


async def test_an_index_left_open_by_another_boot_is_not_trusted(
    root: Path, reopened: QdrantEdgeIndex
) -> None:
    """After a loss of power the last writes may be gone though the outbox forgot them."""
    (root / "open").write_text("an earlier boot")
    await reopened.ensure_ready()
    assert reopened.was_recreated


@pytest.mark.parametrize(("deaths", "is_recreated"), [("1", False), ("2", True), ("?", False)])
async def test_a_shard_that_kills_its_opener_twice_is_set_aside(
    root: Path, reopened: QdrantEdgeIndex, deaths: str, *, is_recreated: bool
) -> None:
    """Once may be a kill at a bad moment."""
    (root / "opening").write_text(deaths)
    await reopened.ensure_ready()
    assert (reopened.was_recreated, (root / "opening").exists()) == (is_recreated, False)


async def test_a_build_that_was_interrupted_is_swept_away(
    root: Path, reopened: QdrantEdgeIndex
) -> None:
    """Half a generation never serves and does not stay."""
    (root / "v1-0099").mkdir()
    await reopened.ensure_ready()
    assert names(root, "v1-*") == ["v1-0001"]


async def test_a_rebuild_leaves_one_generation(root: Path, reopened: QdrantEdgeIndex) -> None:
    """The old files are gone once the new ones serve, and a restart finds the new ones."""

    async def batches() -> AsyncIterator[Sequence[Document]]:
        yield [doc(2, "train")]

    await reopened.rebuild(batches())
    await reopened.close()
    again = QdrantEdgeIndex(root)
    assert (await again.document_ids(), again.was_recreated) == ({UUID(int=2)}, False)
    await again.close()
    assert names(root, "v1-*") == ["v1-0002"]


@pytest.mark.parametrize("exact_up_to", [4096, 50])
async def test_the_average_length_stays_that_of_the_content(
    reopened: QdrantEdgeIndex, monkeypatch: pytest.MonkeyPatch, exact_up_to: int
) -> None:
    """Documents written when all were short are weighed anew when long ones join, all of them.

    In a large index too, where the average is not measured at every write.
    """
    monkeypatch.setattr(edge_shard, "_EXACT_UP_TO", exact_up_to)
    short = [doc(number, "lantern festival") for number in range(1, 1051)]
    words = " ".join(f"word{number}" for number in range(100))
    long = [doc(number, f"lantern {words}") for number in range(2001, 2061)]
    await reopened.upsert(short)
    await reopened.upsert(long)
    grown = await scores(reopened)

    async def batches() -> AsyncIterator[Sequence[Document]]:
        yield [*long, *short]

    await reopened.rebuild(batches())
    expected = await scores(reopened)
    assert len(expected) == 1110
    assert grown.keys() == expected.keys()
    factors = [grown[number] / expected[number] for number in expected]
    assert max(factors) < AVERAGE_TOLERANCE
    assert min(factors) > 1 / AVERAGE_TOLERANCE


async def scores(index: QdrantEdgeIndex) -> dict[int, float]:
    """Return the score of every document for one query, best first."""
    hits = await index.query(Query(text="lantern", limit=2000))
    return {hit.document_id.int: hit.score for hit in hits}


class Disk(NamedTuple):
    """What `shutil.disk_usage` returns."""

    total: int
    used: int
    free: int


async def test_a_nearly_full_disk_is_waited_for(
    root: Path, reopened: QdrantEdgeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written then, as the kernel would end the process; reading goes on."""
    await reopened.ensure_ready()
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _path: Disk(10**9, 10**9, 2**20))
        for change in (reopened.upsert([doc(9, "new")]), reopened.delete([UUID(int=1)])):
            with pytest.raises(TransientError, match="needs 64 MiB of free disk, there are 1"):
                await change
        before = await reopened.document_ids()
        with pytest.raises(TransientError):
            await QdrantEdgeIndex(root.with_name("other")).ensure_ready()
    await reopened.upsert([doc(9, "new")])
    assert await reopened.document_ids() == before | {UUID(int=9)}


async def test_files_that_go_while_the_index_is_open_are_noticed(
    root: Path, reopened: QdrantEdgeIndex
) -> None:
    """An empty index takes the place of the removed one, says so, and can be filled."""
    await reopened.upsert([doc(9, "kettle")])
    shutil.rmtree(root)
    await reopened.ensure_ready()
    assert (reopened.was_recreated, await reopened.document_ids()) == (True, set())
    await reopened.upsert([doc(9, "kettle")])
    await reopened.close()
    again = QdrantEdgeIndex(root)
    assert await again.document_ids() == {UUID(int=9)}
    await again.close()
