"""The drainer and the audit, between a real PostgreSQL and indexes that fail on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import delete

from footnoted.db.tables import videos
from footnoted.errors import TransientError
from footnoted.search import store
from footnoted.search.audit import RepairKind, audit, ensure_filled, rebuild, repair
from footnoted.search.drain import OutboxDrainer
from footnoted.search.port import Document, Query
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.search.query import search
from tests.fakes.search import FakeIndex

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from tests.integration.search.conftest import Library

ONE, TWO, THREE, FOUR = (UUID(int=number) for number in (1, 2, 3, 4))


class InterruptedIndex(FakeIndex):
    """An index during whose next write something else happens."""

    def __init__(self) -> None:
        """Let nothing happen yet."""
        super().__init__()
        self.interruption: Callable[[], Awaitable[object]] | None = None

    async def upsert(self, documents: Sequence[Document]) -> None:
        """Let it happen, then write what was given, which may be old by now."""
        await self._interrupt()
        await super().upsert(documents)

    async def delete(self, document_ids: Sequence[UUID]) -> None:
        """Let it happen, then delete."""
        await self._interrupt()
        await super().delete(document_ids)

    async def rebuild(self, batches: AsyncIterator[Sequence[Document]]) -> None:
        """Read everything, let it happen, then switch."""
        read = [batch async for batch in batches]
        await self._interrupt()

        async def again() -> AsyncIterator[Sequence[Document]]:
            for batch in read:
                yield batch

        await super().rebuild(again())

    async def _interrupt(self) -> None:
        interruption, self.interruption = self.interruption, None
        if interruption is not None:
            await interruption()


def texts(index: FakeIndex) -> dict[int, str]:
    """Return what the index has, readably."""
    return {key.int: document.text for key, document in index.documents.items()}


async def test_saved_documents_reach_the_index_and_removed_ones_leave(library: Library) -> None:
    """The index follows PostgreSQL; the outbox ends empty."""
    index = FakeIndex()
    drainer = OutboxDrainer(library.database, index)
    await library.put(library.window(1, "a"), library.window(2, "b"))
    assert await drainer.drain_once() == 2
    await library.put(library.window(2, "changed"), library.window(3, "c"))
    assert await drainer.drain_all() == 3
    assert texts(index) == {2: "changed", 3: "c"}
    assert (await drainer.drain_once(), await library.waiting()) == (0, set())


async def test_a_deleted_video_leaves_no_orphan(library: Library) -> None:
    """Purged content leaves the index with the next drain."""
    index = FakeIndex()
    drainer = OutboxDrainer(library.database, index)
    await library.put(library.window(1, "a"))
    await library.put(library.window(2, "b", video=1), video=1)
    await drainer.drain_all()
    async with library.database.transaction() as session:
        await session.execute(delete(videos).where(videos.c.id == library.video_ids[0]))
    await drainer.drain_all()
    assert texts(index) == {2: "b"}
    assert (await audit(library.database, index)).is_clean


async def test_batches_are_bounded(library: Library) -> None:
    """A backlog is taken in bites."""
    index = FakeIndex()
    drainer = OutboxDrainer(library.database, index, batch=2)
    await library.put(*(library.window(number, "a") for number in range(1, 6)))
    assert [await drainer.drain_once() for _ in range(4)] == [2, 2, 1, 0]
    assert len(index.documents) == 5


async def test_an_index_that_is_away_leaves_the_outbox_as_it_is(library: Library) -> None:
    """The error passes through, and the next drain has everything."""
    index = FakeIndex()
    drainer = OutboxDrainer(library.database, index)
    await library.put(library.window(1, "a"))
    index.go_away()
    with pytest.raises(TransientError) as raised:
        await drainer.drain_once()
    assert (raised.value.wait_reason, await library.waiting()) == ("index", {ONE})
    index.come_back()
    await drainer.drain_all()
    assert texts(index) == {1: "a"}


async def test_a_change_during_the_write_is_written_after_it(library: Library) -> None:
    """A slow drainer that ends up writing an old text over a new one notes it again."""
    index = InterruptedIndex()
    slow, quick = (OutboxDrainer(library.database, index) for _ in range(2))
    await library.put(library.window(1, "old"))

    async def overtake() -> None:
        await library.put(library.window(1, "new"))
        await quick.drain_all()

    index.interruption = overtake
    await slow.drain_once()
    assert texts(index) == {1: "old"}
    await slow.drain_all()
    assert texts(index) == {1: "new"}


async def test_a_removal_during_the_write_is_done_after_it(library: Library) -> None:
    """A document does not come back because its writer was slow."""
    index = InterruptedIndex()
    slow, quick = (OutboxDrainer(library.database, index) for _ in range(2))
    await library.put(library.window(1, "a"))

    async def overtake() -> None:
        await library.put()
        await quick.drain_all()

    index.interruption = overtake
    await slow.drain_all()
    assert texts(index) == {}


async def test_a_return_during_the_removal_is_written_after_it(library: Library) -> None:
    """A document that comes back while it is being removed stays."""
    index = InterruptedIndex()
    slow, quick = (OutboxDrainer(library.database, index) for _ in range(2))
    await library.put(library.window(1, "a"))
    await slow.drain_all()
    await library.put()

    async def overtake() -> None:
        await library.put(library.window(1, "again"))
        await quick.drain_all()

    index.interruption = overtake
    await slow.drain_all()
    assert texts(index) == {1: "again"}


async def test_the_audit_names_what_is_missing_and_what_is_orphaned(library: Library) -> None:
    """What waits in the outbox is lag, not damage."""
    index = FakeIndex()
    await library.put(library.window(1, "a"), library.window(2, "b"))
    await OutboxDrainer(library.database, index).drain_all()
    index.lose([ONE])
    await index.upsert([library.window(9, "orphan")])
    await library.put(library.window(1, "a"), library.window(2, "b"), library.window(3, "waiting"))
    found = await audit(library.database, index)
    assert (found.missing, found.orphaned) == ({ONE}, {UUID(int=9)})
    assert (found.documents, found.lag.size, found.is_clean) == (3, 1, False)


async def test_a_few_differences_are_put_right_one_by_one(library: Library) -> None:
    """No rebuild for one lost document."""
    index = FakeIndex()
    await library.put(*(library.window(number, "a") for number in (1, 2, 3)))
    await OutboxDrainer(library.database, index).drain_all()
    index.lose([ONE])
    await index.upsert([library.window(9, "orphan")])
    done = await repair(library.database, index)
    assert (done.kind, index.rebuilds) == (RepairKind.CAUGHT_UP, 0)
    assert set(index.documents) == {ONE, TWO, THREE}
    assert (await repair(library.database, index)).kind is RepairKind.NOTHING


async def test_an_emptied_index_is_filled_again(library: Library) -> None:
    """At boot, what PostgreSQL has is findable again."""
    index = FakeIndex()
    await library.put(*(library.window(number, "a") for number in (1, 2, 3)))
    await OutboxDrainer(library.database, index).drain_all()
    index.lose([ONE, TWO, THREE])
    done = await ensure_filled(library.database, index)
    assert (done.kind, index.rebuilds, len(done.found.missing)) == (RepairKind.REBUILT, 1, 3)
    assert set(index.documents) == {ONE, TWO, THREE}


async def test_an_empty_database_and_an_empty_index_need_nothing(library: Library) -> None:
    """The first start does not rebuild."""
    assert (await ensure_filled(library.database, FakeIndex())).kind is RepairKind.NOTHING


async def test_changes_during_a_rebuild_are_not_lost(library: Library) -> None:
    """What was drained into the old index while the new one was built is drained again."""
    index = InterruptedIndex()
    await library.put(*(library.window(number, "a") for number in (1, 2, 3)))
    await OutboxDrainer(library.database, index).drain_all()

    async def work_on() -> None:
        await library.put(
            library.window(1, "a"), library.window(2, "changed"), library.window(4, "new")
        )
        await OutboxDrainer(library.database, index).drain_all()

    index.interruption = work_on
    assert await rebuild(library.database, index) == 3
    assert texts(index) == {1: "a", 2: "changed", 4: "new"}
    assert await library.waiting() == set()


async def test_a_lost_shard_is_found_and_filled_at_the_next_start(
    library: Library, tmp_path: Path
) -> None:
    """Deleting the index folder costs nothing but the rebuild."""
    await library.put(library.window(1, "a kettle", start_ms=61_000))
    index = QdrantEdgeIndex(tmp_path / "index")
    await OutboxDrainer(library.database, index).drain_all()
    await index.close()
    (tmp_path / "index" / "current").unlink()
    index = QdrantEdgeIndex(tmp_path / "index")
    done = await ensure_filled(library.database, index)
    results = await search(library.database, index, Query(text="kettles"))
    await index.close()
    assert done.kind is RepairKind.REBUILT
    assert [result.link for result in results] == ["https://v.example/one?t=61"]


async def test_results_show_rows_as_they_are_now_and_drop_those_that_are_gone(
    library: Library,
) -> None:
    """The index finds, PostgreSQL speaks."""
    index = FakeIndex()
    await library.put(library.window(1, "a kettle"), library.window(2, "kettle and more"))
    await OutboxDrainer(library.database, index).drain_all()
    await library.put(library.window(2, "kettle and much more"))
    results = await search(library.database, index, Query(text="kettle", limit=1))
    assert [result.document.text for result in results] == ["kettle and much more"]
    assert results[0].excerpt.spans == ((0, 6),)


async def test_rebuilding_reads_every_page_of_documents(library: Library) -> None:
    """More documents than one batch all arrive."""
    index = FakeIndex()
    await library.put(*(library.window(number, "a") for number in range(1, 1203)))
    assert await rebuild(library.database, index) == 1202
    async with library.database.transaction() as session:
        assert set(index.documents) == await store.document_ids(session)
