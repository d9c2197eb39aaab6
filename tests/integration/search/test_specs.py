"""Specs from their first vector to their end: built beside, compared, switched to, dropped."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from qdrant_client import AsyncQdrantClient

from footnoted.clock import SystemClock
from footnoted.errors import UsageError
from footnoted.pipeline.embedding.keeper import EmbeddingKeeper
from footnoted.pipeline.embedding.queries import QueryEmbedding
from footnoted.pipeline.embedding.standing import to_go_back_to
from footnoted.search.audit import ensure_filled
from footnoted.search.embedding import store
from footnoted.search.embedding.recipes import RECIPES
from footnoted.search.embedding.spec import words_spec
from footnoted.search.embedding.spec_indexes import Searching, SpecIndexes
from footnoted.search.embedding.stored_vectors import StoredVectors
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.search.qdrant_server import QdrantServerIndex
from tests.fakes.embedding import Worker, billed, embedding_settings, working
from tests.fakes.embedding_server import serving
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from footnoted.search.embedding.spec import Spec
    from footnoted.search.port import Hit, Near
    from tests.fakes.embedding_server import EmbeddingServer
    from tests.integration.search.conftest import Library

TEXTS = ("the kettle sings", "a train leaves the station", "soup with carrots")


@pytest.fixture
async def server() -> AsyncIterator[EmbeddingServer]:
    """Yield a server for which a locomotive is a train."""
    async with serving(meaning={"locomotive": "train"}) as service:
        yield service


@pytest.fixture
async def worker(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> AsyncIterator[Worker]:
    """Yield a process over a library of three windows."""
    await library.put(*(library.window(at, words) for at, words in enumerate(TEXTS, start=1)))
    settings = embedding_settings(tmp_path / "data", server.base_url)
    async with working(library.database, settings) as made:
        yield made


async def test_a_library_gets_vectors_and_is_found_by_meaning(
    worker: Worker, server: EmbeddingServer
) -> None:
    """The first spec is built by itself, bought once through the ledger, and then serves."""
    await worker.drain()
    assert await worker.found("locomotive") == []
    await worker.work()
    assert await worker.states() == ["words retired", "tiny serving"]
    assert (await worker.found("locomotive"))[0] == 2
    assert (await worker.found("kettle"))[0] == 1
    assert sorted(server.texts[:3]) == sorted(TEXTS)
    calls, cost, spent = await billed(worker.database)
    assert cost == spent
    assert float(cost) == pytest.approx(server.billed_tokens / 1e6)
    assert calls == len(server.asked)
    parity = (await worker.specs())[1].parity
    assert parity is not None
    assert [(one.channel, one.share) for one in parity.recalls] == [
        ("text", 1.0),
        ("summary", 1.0),
    ]


async def test_a_new_model_is_built_beside_while_every_query_is_answered(
    library: Library,
    worker: Worker,
    server: EmbeddingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From the first vector to the switch and back: no error, no mixed dimensions, no model asked.

    The server gives vectors of 16 dimensions from the second model on.
    """
    await worker.work()
    settings = embedding_settings(
        tmp_path / "data",
        server.base_url,
        embedder_model="tinier",
        embedder_dimensions=16,
        embedder_channels="text",
    )
    await worker.indexes.close()
    before, asked = server.billed_tokens, len(server.asked)
    two = DimensionsByModel(server, {"tiny": 32, "tinier": 16})
    met = note_dimensions(monkeypatch)
    async with working(library.database, settings) as new:
        stop, found = asyncio.Event(), list[list[int]]()
        querying = asyncio.create_task(ask_all_the_time(new, stop, found))
        await asyncio.sleep(0.05)
        await library.put(
            *(library.window(at, words) for at, words in enumerate((*TEXTS, "a new song"), start=1))
        )
        await new.drain()
        await new.work()
        assert await new.states() == ["words retired", "tiny retired", "tinier serving"]
        assert (await new.found("locomotive"))[0] == 2
        started_s = time.monotonic()
        async with library.database.transaction() as session:
            old = to_go_back_to(await store.specs(session))
            assert await store.switch(session, old.sha256, SystemClock().now())
        assert time.monotonic() - started_s < 1.0
        assert await new.states() == ["words retired", "tiny serving", "tinier retired"]
        assert (await new.found("locomotive"))[0] == 2
        assert 4 in await new.found("song")
        await new.work()
        await asyncio.sleep(0.05)
        stop.set()
        await querying
    assert len(found) > 20
    assert all(2 in one for one in found)
    assert server.billed_tokens > before
    assert two.mixed == []
    assert {size for size, _ in met} == {32, 16}
    assert [pair for pair in met if pair[0] != pair[1]] == []
    assert len({one["model"] for one in server.asked[asked:]}) == 2
    rows = await rows_of(library.database, "SELECT DISTINCT stage FROM llm_calls ORDER BY stage")
    assert [row[0] for row in rows] == ["embed", "query"]


async def ask_all_the_time(worker: Worker, stop: asyncio.Event, found: list[list[int]]) -> None:
    """Search again and again; an error ends the test."""
    while not stop.is_set():
        found.append(await worker.found("locomotive train"))


def note_dimensions(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return the dimensions of each channel that is asked, beside those of the query's vector."""
    met, nearest = list[tuple[int, int]](), QdrantEdgeIndex.nearest

    async def noted(index: QdrantEdgeIndex, near: Near) -> list[Hit]:
        met.append((dict(index._layout.dense)[near.channel], len(near.vector)))
        return await nearest(index, near)

    monkeypatch.setattr(QdrantEdgeIndex, "nearest", noted)
    return met


class DimensionsByModel:
    """Makes a server give each model's vectors their own length, and notes unknown models."""

    def __init__(self, server: EmbeddingServer, dimensions: dict[str, int]) -> None:
        """Stand before the server."""
        self.mixed: list[str] = []
        self._server, self._dimensions = server, dimensions
        server.on_request = self._look

    def _look(self) -> None:
        model = self._server.asked[-1]["model"]
        if model not in self._dimensions:
            self.mixed.append(model)
        self._server.dimensions = self._dimensions[model]


async def test_a_lost_or_rebuilt_index_costs_nothing(
    library: Library, worker: Worker, server: EmbeddingServer, tmp_path: Path
) -> None:
    """Vectors are in PostgreSQL: an index whose files are gone is filled from there."""
    await worker.work()
    asked, key = len(server.asked), (await worker.specs())[1].spec.key
    await worker.indexes.close()
    shutil.rmtree(tmp_path / "data" / f"index-{key}")
    shutil.rmtree(tmp_path / "data" / "index")
    settings = embedding_settings(tmp_path / "data", server.base_url)
    async with working(library.database, settings) as again:
        assert again.indexes.was_recreated
        await ensure_filled(library.database, again.indexes)
        await again.keeper.start(is_sole=True)
        assert [row.is_whole for row in await again.specs()] == [False, True]
        await again.work()
        assert [row.is_whole for row in await again.specs()] == [True, True]
        index = again.indexes.of((await again.specs())[1].spec)
        assert await index.count_vectors("text") == 3
    assert len(server.asked) == asked


async def test_only_what_changed_is_embedded_again(
    library: Library, worker: Worker, server: EmbeddingServer
) -> None:
    """A new tag is no new text; a new word is one text; equal texts are one."""
    await worker.work()
    server.asked.clear()
    await library.put(
        library.window(1, TEXTS[0], tags=("loud",)),
        library.window(2, "a bus leaves the station"),
        library.window(3, TEXTS[2]),
        library.window(4, "a bus leaves the station"),
    )
    await worker.work()
    assert server.texts == ["a bus leaves the station"]
    assert set(await worker.found("bus", limit=2)) == {2, 4}
    async with library.database.transaction() as session:
        assert await store.count_unembedded(session, (await worker.specs())[1].sha256) == 0


async def test_a_process_that_is_killed_buys_nothing_twice(
    library: Library, server: EmbeddingServer, tmp_path: Path, database_url: str
) -> None:
    """SIGKILL between two requests: the next process goes on where it was, and ends it."""
    await library.put(*(library.window(at, f"talk number{at}") for at in range(1, 6)))
    await library.put(
        *(library.window(at, f"word number{at}", video=1) for at in range(6, 9)), video=1
    )
    folder = tmp_path / "data"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fakes.embedding"),
        *(database_url, server.base_url, str(folder)),
    )

    def stall_the_second() -> None:
        if len(server.asked) == 2:
            server.delay_s = 30.0
            asyncio.get_running_loop().call_later(1.0, process.kill)

    server.on_request = stall_the_second
    assert await process.wait() == -9
    server.on_request, server.delay_s = None, 0.0
    settings = embedding_settings(folder, server.base_url)
    async with working(library.database, settings, Later()) as next_one:
        await next_one.keeper.start(is_sole=True)
        await next_one.work()
        assert await next_one.states() == ["words retired", "tiny serving"]
        index = next_one.indexes.of((await next_one.specs())[1].spec)
        assert await index.count_vectors("text") == 8
    asked = Counter(text for text in server.texts if text.startswith(("talk", "word")))
    lost = len(server.asked[1]["input"])
    assert sorted(Counter(asked.values()).items()) == [(1, 8 - lost), (2, lost)]
    rows = await rows_of(library.database, _ROWS_BY_STATE)
    assert dict(rows) == {"answered": 2, "unknown": 1}


_ROWS_BY_STATE = "SELECT state, count(*) FROM llm_calls GROUP BY state ORDER BY state"


class Crash(BaseException):
    """What ends a process, as far as its own code can tell."""


@pytest.mark.parametrize("is_done", [False, True])
async def test_a_build_that_ends_in_any_phase_goes_on_from_there(
    library: Library,
    server: EmbeddingServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_done: object,
) -> None:
    """Before each step and after it: the next process ends the build, and buys nothing twice."""
    await library.put(*(library.window(at, words) for at, words in enumerate(TEXTS, start=1)))
    settings = embedding_settings(tmp_path / "data", server.base_url)
    for phase in ("begin", "_make", "_fill", "_compare", "_switch"):
        step = getattr(EmbeddingKeeper, phase)

        async def crash(*given: Any, _step: Any = step, **named: Any) -> None:
            if is_done:
                await _step(*given, **named)
            raise Crash

        async with working(library.database, settings) as worker:
            with monkeypatch.context() as broken:
                broken.setattr(EmbeddingKeeper, phase, crash)
                with pytest.raises(Crash):
                    await worker.work()
            assert (await worker.found("kettle"))[0] == 1
    async with working(library.database, settings) as last:
        await last.work()
        assert await last.states() == ["words retired", "tiny serving"]
        assert (await last.found("locomotive"))[0] == 2
    asked = Counter(one for one in server.texts if one in TEXTS)
    assert asked == Counter(TEXTS)


@pytest.mark.filterwarnings("ignore:Local mode performs exact")
@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
async def test_a_qdrant_server_is_built_on_compared_and_switched_the_same_way(
    library: Library, worker: Worker
) -> None:
    """An alias per spec, here each on a stand-in of its own; a dropped one is empty."""
    clients: dict[str, AsyncQdrantClient] = {}

    def made(spec: Spec) -> QdrantServerIndex:
        name = f"footnoted-{spec.layout.spec}" if spec.dense else "footnoted"
        vectors = StoredVectors(library.database, spec)
        clients[spec.key] = client = AsyncQdrantClient(":memory:")
        return QdrantServerIndex(client, name=name, layout=spec.layout, vectors=vectors)

    assert worker.access is not None
    searching = Searching(QueryEmbedding(worker.access), {})
    indexes = SpecIndexes(library.database, made, searching)
    keeper = EmbeddingKeeper(library.database, SystemClock(), indexes, worker.access)
    served = Worker(library.database, indexes, worker.access, keeper)
    await served.work()
    assert await served.states() == ["words retired", "tiny serving"]
    assert (await served.found("locomotive"))[0] == 2
    async with library.database.transaction() as session:
        words = to_go_back_to(await store.specs(session))
        assert await store.switch(session, words.sha256, SystemClock().now())
    assert await served.found("locomotive") == []
    async with library.database.transaction() as session:
        tiny = (await store.specs(session))[1]
        assert await store.drop(session, tiny.sha256, SystemClock().now())
    await keeper.step()
    held = [len(clients[one]._client.collections) for one in (words.spec.key, tiny.spec.key)]
    assert held == [1, 0]


async def test_a_channel_that_nobody_foresaw_is_a_recipe_and_a_place_in_a_spec(
    library: Library, worker: Worker
) -> None:
    """Nothing that builds, compares, switches or searches knows channels by name."""
    assert worker.access is not None
    recipes = {**RECIPES, "mood": lambda one: " ".join(one.tags) or None}
    text_channel = worker.access.wanted.dense[0]
    spec = words_spec(text_channel, text_channel.model_copy(update={"name": "mood"}))
    indexes = SpecIndexes(
        library.database,
        lambda one: QdrantEdgeIndex(
            worker.keeper.indexes.of(one)._root,  # type: ignore[attr-defined]
            one.layout,
            StoredVectors(library.database, one, recipes),
        ),
        Searching(QueryEmbedding(worker.access), {"lexical": 0.0, "text": 0.0}),
    )
    await worker.indexes.close()
    access = replace(worker.access, wanted=spec)
    keeper = EmbeddingKeeper(library.database, SystemClock(), indexes, access, recipes)
    moody = Worker(library.database, indexes, access, keeper)
    await library.put(library.window(1, TEXTS[0], tags=("cheerful",)), library.window(2, TEXTS[1]))
    await moody.work()
    assert await moody.states() == ["words retired", "tiny serving"]
    assert await moody.found("cheerful") == [1]
    await indexes.close()


async def test_what_an_index_cannot_follow_is_filled_again_before_it_serves(
    library: Library, worker: Worker
) -> None:
    """A retired index that fails holds nobody up, and is not gone back to as it is."""
    await worker.work()
    words = (await worker.specs())[0].spec
    await worker.indexes.of(words).close()
    broken = worker.indexes.of(words)
    broken._root.rename(broken._root.with_name("away"))  # type: ignore[attr-defined]
    broken._root.write_text("no folder")  # type: ignore[attr-defined]
    await library.put(library.window(9, "a violin"))
    await worker.drain()
    assert await worker.found("violin") == [9]
    row = (await worker.specs())[0]
    assert not row.is_whole
    with pytest.raises(UsageError, match="being filled again"):
        to_go_back_to(await worker.specs())
    broken._root.unlink()  # type: ignore[attr-defined]
    await worker.work()
    assert (await worker.specs())[0].is_whole
    assert await broken.document_ids() == {UUID(int=9)}


async def test_an_index_that_is_not_equal_does_not_serve(
    library: Library, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What parity finds is a wait with its words; the old one serves on."""

    async def lossy(_index: object, near: Near) -> list[Hit]:
        return await real(_index, near) if near.exact else []

    real = QdrantEdgeIndex.nearest
    monkeypatch.setattr(QdrantEdgeIndex, "nearest", lossy)
    await worker.work()
    assert await worker.states() == ["words serving", "tiny building"]
    reason, why = (await worker.waits())[1]
    assert reason == "embedding_unequal"
    assert "it finds 0% of what is nearest in the channel text" in str(why)
    monkeypatch.undo()
    async with library.database.transaction() as session:
        await store.end_wait(session, (await worker.specs())[1].sha256)
    await worker.work()
    assert await worker.states() == ["words retired", "tiny serving"]


async def test_a_spec_that_was_left_is_dropped_after_a_week_with_its_vectors(
    library: Library, worker: Worker, server: EmbeddingServer, tmp_path: Path
) -> None:
    """Index, rows and vectors go, those of old queries too; what serves keeps its own."""
    await worker.work()
    settings = embedding_settings(tmp_path / "data", server.base_url, embedder_version=2)
    old = (await worker.specs())[1].spec.key
    await worker.indexes.close()
    async with working(library.database, settings) as new:
        await new.work()
        assert await new.states() == ["words retired", "tiny retired", "tiny serving"]
        assert (tmp_path / "data" / f"index-{old}").is_dir()
        assert (await new.found("kettle"))[0] == 1
        before = (await rows_of(library.database, "SELECT count(*) FROM embeddings"))[0][0]
    async with working(library.database, settings, Later(timedelta(days=8))) as later:
        await later.work()
        assert await later.states() == ["words dropped", "tiny dropped", "tiny serving"]
        assert (await later.found("locomotive"))[0] == 2
    assert not (tmp_path / "data" / f"index-{old}").exists()
    assert not (tmp_path / "data" / "index").exists()
    after = (await rows_of(library.database, "SELECT count(*) FROM embeddings"))[0][0]
    assert (before, after) == (7, 4)


class Later(SystemClock):
    """The system's clock, some minutes or days ahead."""

    def __init__(self, ahead: timedelta = timedelta(minutes=30)) -> None:
        """Be `ahead` ahead."""
        super().__init__()
        self._ahead = ahead

    def now(self) -> datetime:
        """Return the time now, and then some."""
        return super().now() + self._ahead
