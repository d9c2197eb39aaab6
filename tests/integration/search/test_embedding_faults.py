"""Whatever an embedder does, documents are found by their words, and a wait says why."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.search.embedding import store
from tests.fakes.embedding import Worker, billed, embedding_settings, working
from tests.fakes.embedding_server import EmbeddingServer, Refuse, Say, serving
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

    from tests.integration.search.conftest import Library


OTHERS = ("a pear", "a plum", "a cherry")


@pytest.fixture
async def server() -> AsyncIterator[EmbeddingServer]:
    """Yield a server."""
    async with serving() as service:
        yield service


@asynccontextmanager
async def at_work(
    library: Library, folder: Path, base_url: str, **changed: Any
) -> AsyncGenerator[Worker]:
    """Yield a process over windows of two videos, when it has done what it can."""
    await library.put(library.window(1, "a kettle"))
    texts = ("a poisoned apple", *OTHERS)
    await library.put(
        *(library.window(at, text, video=1) for at, text in enumerate(texts, start=2)), video=1
    )
    async with working(library.database, embedding_settings(folder, base_url, **changed)) as made:
        await made.work()
        yield made


async def wait_of(worker: Worker) -> tuple[str, str]:
    """Return what the spec that is built waits for; words are found meanwhile."""
    assert await worker.found("kettle") == [1]
    assert await worker.states() == ["words serving", "tiny building"]
    reason, why = (await worker.waits())[1]
    assert reason is not None
    assert why is not None
    return reason, why


async def go_on(worker: Worker) -> None:
    """End the wait, and do what can be done then."""
    for row in await worker.specs():
        async with worker.database.transaction() as session:
            await store.end_wait(session, row.sha256)
    await worker.work()


async def test_an_unreachable_server_is_a_wait(library: Library, tmp_path: Path) -> None:
    """Nothing listens on the discard port; nothing was sent, so nothing is held."""
    async with at_work(library, tmp_path, "http://127.0.0.1:9/v1") as worker:
        reason, why = await wait_of(worker)
    assert reason == "provider_resting"
    assert "cannot be reached" in why
    held = await rows_of(library.database, "SELECT sum(reserved_usd)::text FROM budgets")
    assert Decimal(held[0][0]) == 0


async def test_vectors_of_other_dimensions_are_refused_in_one_sentence(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """Both numbers are told, and what to do; given what is expected, it goes on by itself."""
    server.dimensions = 24
    async with at_work(library, tmp_path, server.base_url) as worker:
        reason, why = await wait_of(worker)
        assert reason == "embedding_misfit"
        assert why.endswith(
            "it has 24 dimensions where 32 are expected; set FOOTNOTED_EMBEDDER_DIMENSIONS=24 and"
            " restart, which builds another spec"
        )
        server.dimensions = 32
        await go_on(worker)
        assert await worker.states() == ["words retired", "tiny serving"]
        assert await worker.waits() == [(None, None), (None, None)]


async def test_an_answer_that_makes_no_sense_is_a_wait(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """It may be billed, so its money stays held until a person or the month lets go of it."""
    nothing = json.dumps({"data": [{"index": at, "embedding": [0.0] * 32} for at in range(4)]})
    server.next.extend([Say(nothing)] * 9)
    async with at_work(library, tmp_path, server.base_url) as worker:
        _, why = await wait_of(worker)
    assert "nothing but zeros" in why or "vectors came for" in why


async def test_a_refused_key_stops_asking_and_is_an_alert(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """Every further call would be refused too; the key is in no message."""
    server.key = "right"
    async with at_work(library, tmp_path, server.base_url, embedder_api_key="wrong") as worker:
        reason, why = await wait_of(worker)
    assert reason == "provider_stopped"
    assert "no such key" in why
    alerts = await rows_of(library.database, "SELECT code, concerns FROM alerts")
    assert [tuple(row) for row in alerts] == [("provider_stopped", "embedding service")]


async def test_one_text_that_is_refused_does_not_hold_up_the_others(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """It is found by its words, has no vector, and is told. Later refusals of all mark none."""
    server.poison = frozenset({"poisoned"})
    async with at_work(library, tmp_path, server.base_url) as worker:
        assert await worker.states() == ["words retired", "tiny serving"]
        spec, asked = (await worker.specs())[1].spec, len(server.asked)
        async with library.database.transaction() as session:
            assert await store.count_refused(session, spec.dense[0].sha256) == 1
        assert await worker.indexes.of(spec).count_vectors("text") == 4
        await worker.work()
        assert len(server.asked) == asked
        assert (await worker.found("poisoned"))[0] == 2
        server.next.extend([Refuse(404)] * 50)
        await library.put(library.window(1, "a kettle that sings"))
        await worker.work()
        assert (await worker.waits())[1][0] == "embedding_refused"
        async with library.database.transaction() as session:
            assert await store.count_unembedded(session, spec.sha256) == 1


async def test_a_server_that_refuses_every_text_is_a_wait_for_a_person(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """A model that the server does not know is no fault of the texts: none is marked."""
    server.next.extend([Refuse(404, '{"error": {"message": "no model tiny"}}')] * 50)
    async with at_work(library, tmp_path, server.base_url) as worker:
        reason, why = await wait_of(worker)
    assert reason == "embedding_refused"
    assert "no model tiny" in why
    assert await rows_of(library.database, "SELECT * FROM embeddings") == []


async def test_a_cap_without_room_is_a_wait_and_nothing_is_sent(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """The caps of models hold for vectors too."""
    async with at_work(library, tmp_path, server.base_url, daily_cost_cap_usd=0) as worker:
        reason, _ = await wait_of(worker)
    assert (reason, server.asked) == ("budget", [])


async def test_a_query_that_cannot_be_embedded_is_answered_by_words(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """Searching never fails because of an embedder."""
    async with at_work(library, tmp_path, server.base_url) as worker:
        server.next.extend([Refuse(503)] * 5)
        assert await worker.found("kettle") == [1]
        assert await worker.found("boiling") == []
    async with working(library.database, embedding_settings(tmp_path, None, embedder="off")) as off:
        assert off.access is None
        assert await off.found("kettle") == [1]


async def test_without_an_embedder_nothing_is_written_asked_or_begun(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """Words alone: no spec, no vector, no call, and the index where it always was."""
    async with at_work(library, tmp_path, server.base_url, embedder="off") as worker:
        assert await worker.found("kettle") == [1]
        assert await worker.specs() == []
        await worker.keeper.run()
    assert (tmp_path / "index").is_dir()
    assert (await billed(library.database))[0] == 0
    assert server.asked == []


async def test_an_embedder_that_is_not_set_up_any_more_is_told(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> None:
    """What is new waits for its vectors under the spec that serves, and is found by its words."""
    async with at_work(library, tmp_path, server.base_url):
        pass
    settings = embedding_settings(tmp_path, None, embedder="off")
    async with working(library.database, settings) as off:
        await library.put(library.window(9, "a violin"))
        await off.work()
        assert await off.found("violin") == [9]
        reason, why = (await off.waits())[1]
    assert reason == "embedder_missing"
    assert why == "1 document(s) have no vectors, and the settings do not name tiny of openai"
