"""Vectors made anew on demand: whose, which of them, and what is left as it is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.errors import UsageError
from footnoted.pipeline.embedding import standing
from footnoted.pipeline.embedding.renewal.renewal import (
    VectorReach,
    VectorScope,
    outcome_of,
    renew,
)
from footnoted.pipeline.embedding.standing import standings, to_go_back_to
from footnoted.search.embedding.inspection import inspect
from footnoted.search.embedding.rows import SpecState
from tests.fakes.embedding import Worker, embedding_settings, working
from tests.fakes.embedding_server import serving
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from footnoted.pipeline.embedding.standing import SpecStanding
    from footnoted.search.embedding.inspection import Lack
    from footnoted.search.embedding.rows import SpecRow
    from footnoted.search.embedding.spec import Spec
    from tests.fakes.embedding_server import EmbeddingServer
    from tests.integration.search.conftest import Library

ANNS, BOS, BOTHS = "the kettle sings", "a train leaves the station", "soup with carrots"
ALL = VectorScope(VectorReach.ALL)


@pytest.fixture
async def server() -> AsyncIterator[EmbeddingServer]:
    """Yield a server."""
    async with serving() as service:
        yield service


@pytest.fixture
async def worker(
    library: Library, server: EmbeddingServer, tmp_path: Path
) -> AsyncIterator[Worker]:
    """Yield a process over two owners' videos, which share a text; all is embedded."""
    await rows_of(
        library.database,
        "UPDATE media SET owner = CASE identity WHEN 'one' THEN 'ann' ELSE 'bo' END RETURNING 1",
    )
    await library.put(library.window(1, ANNS), library.window(2, BOTHS))
    await library.put(library.window(3, BOS, video=1), library.window(4, BOTHS, video=1), video=1)
    settings = embedding_settings(tmp_path / "data", server.base_url)
    async with working(library.database, settings) as made:
        await made.work()
        server.asked.clear()
        yield made


async def spec_of(worker: Worker) -> Spec:
    """Return the spec that serves."""
    return (await worker.specs())[1].spec


REFUSED = (
    (VectorScope(VectorReach.VIDEO), "--scope video and --video belong together"),
    (VectorScope(VectorReach.ALL, (1,)), "--scope video and --video belong together"),
    (VectorScope(VectorReach.OWNER), "--scope owner and --owner belong together"),
    (VectorScope(VectorReach.ALL, owner="ann"), "--scope owner and --owner belong together"),
    (VectorScope(VectorReach.VIDEO, (4711,)), "there is no video 4711"),
    (VectorScope(VectorReach.OWNER, owner="zed"), "there is no owner 'zed'"),
)


async def test_arguments_that_do_not_fit_are_refused(worker: Worker) -> None:
    """In one sentence, before a vector is touched."""
    spec = await spec_of(worker)
    for scope, sentence in REFUSED:
        with pytest.raises(UsageError, match=sentence):
            await renew(worker.database, spec, scope)


async def test_what_is_there_is_kept_and_twice_is_once(
    worker: Worker, server: EmbeddingServer
) -> None:
    """Without `force` nothing is asked for that is there already."""
    spec = await spec_of(worker)
    for _ in range(2):
        done = await renew(worker.database, spec, ALL)
        assert (done.total, done.kept, len(done.wanted)) == (4, 4, 0)
        await worker.work()
    assert server.texts == []


async def test_an_owners_vectors_are_made_anew_and_nobody_elses(
    worker: Worker, server: EmbeddingServer
) -> None:
    """A text that another owner has too is left as it is; ids and counts are as before."""
    spec, index = await spec_of(worker), worker.indexes.of(await spec_of(worker))
    query = "SELECT text_sha256, created_at FROM embeddings ORDER BY 1"
    before = dict(map(tuple, await rows_of(worker.database, query)))
    ids = await index.document_ids()
    scope = VectorScope(VectorReach.OWNER, owner="ann", force=True)
    found = await renew(worker.database, spec, scope)
    assert (found.total, found.kept, found.shared, len(found.wanted)) == (2, 0, 1, 1)
    assert (await worker.found("kettle"))[0] == 1
    await worker.work()
    assert [text for text in server.texts if text != "kettle"] == [ANNS]
    after = dict(map(tuple, await rows_of(worker.database, query)))
    assert len([text for text in before if before[text] != after[text]]) == 1
    assert await index.document_ids() == ids
    done = await outcome_of(worker.database, spec, found)
    assert (done.processed, done.skipped, done.failed, done.waiting) == (1, 1, 0, 0)
    assert done.total == done.processed + done.skipped + done.failed + done.waiting


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (VectorScope(VectorReach.ALL, force=True), {ANNS, BOS, BOTHS}),
        (VectorScope(VectorReach.OWNER, owner="bo", force=True), {BOS}),
        (
            VectorScope(VectorReach.ALL, since=datetime.now(UTC) + timedelta(days=1), force=True),
            set[str](),
        ),
    ],
)
async def test_a_scope_selects(
    worker: Worker, server: EmbeddingServer, scope: VectorScope, expected: set[str]
) -> None:
    """By owner and by when it was taken in."""
    await renew(worker.database, await spec_of(worker), scope)
    await worker.work()
    assert Counter(server.texts) == Counter(expected), "each text is bought once"


async def test_a_text_that_is_refused_is_counted_as_failed(
    worker: Worker, server: EmbeddingServer
) -> None:
    """It is asked for once more, and no other text suffers."""
    spec = await spec_of(worker)
    server.poison = frozenset({"kettle"})
    found = await renew(worker.database, spec, VectorScope(VectorReach.ALL, force=True))
    await worker.work()
    done = await outcome_of(worker.database, spec, found)
    assert (done.total, done.processed, done.failed, done.waiting) == (4, 3, 1, 0)


async def test_a_new_text_of_two_videos_is_bought_once_and_found_in_both(
    worker: Worker, server: EmbeddingServer, library: Library
) -> None:
    """Both are in the index without a vector when one of them gets it for the other.

    One has another new text beside it, so the two requests are not the same.
    """
    new, beside = "a ladder leans on the wall", "rain on a tin roof"
    await library.put(library.window(1, ANNS), library.window(2, BOTHS), library.window(5, new))
    await library.put(
        library.window(3, BOS, video=1),
        library.window(4, BOTHS, video=1),
        library.window(6, new, video=1),
        library.window(7, beside, video=1),
        video=1,
    )
    await worker.work()
    await worker.drain()
    points = await worker.indexes.of(await spec_of(worker)).points([UUID(int=5), UUID(int=6)])
    assert sorted(server.texts) == [new, beside]
    assert [set(point.dense) for point in points] == [{"text"}, {"text"}]


async def test_a_retired_spec_of_the_same_model_loses_nothing_by_a_renewal(
    worker: Worker, server: EmbeddingServer, tmp_path: Path
) -> None:
    """While vectors are made anew nothing is lost; afterwards it can be gone back to whole."""
    settings = embedding_settings(tmp_path / "data", server.base_url, embedder_channels="text")
    await worker.indexes.close()
    async with working(worker.database, settings) as new:
        await new.work()
        _, old, now = await new.specs()
        assert (old.state, now.state) == (SpecState.RETIRED, SpecState.SERVING)

        async def embedded() -> list[int]:
            async with new.database.transaction() as session:
                return [one.embedded for one in await standings(session)][1:]

        await renew(new.database, now.spec, VectorScope(VectorReach.ALL, force=True))
        assert await embedded() == [0, 0]
        assert [one.documents for one in await lacks(new)] == [4, 4]
        await new.work()
        assert await embedded() == [4, 4]
        await new.drain()
        assert await lacks(new) == ()
        async with new.database.transaction() as session:
            rewritten = "UPDATE documents SET content_sha256 = 'x', created_at = 'epoch'"
            await session.execute(text(rewritten))
        assert [(one.documents, one.oldest_at) for one in await lacks(new)] == [(4, None)] * 2


async def test_a_retired_spec_is_not_renewed_and_is_completed_before_it_serves_again(
    worker: Worker, server: EmbeddingServer, library: Library
) -> None:
    """Nothing would make what a renewal forgets; `build` makes what it lacks, and no more."""
    spec, new = await spec_of(worker), "a ladder leans on the wall"
    await let_serve(worker, to_go_back_to)
    assert await worker.states() == ["words serving", "tiny retired"]
    query = "SELECT count(*) FROM embeddings"
    before = (await rows_of(worker.database, query))[0][0]
    for scope in (ALL, VectorScope(VectorReach.OWNER, owner="bo", force=True)):
        with pytest.raises(
            UsageError, match=f"{spec.key} is retired, .* `footnoted embedding build"
        ):
            await renew(worker.database, spec, scope)
    assert (await rows_of(worker.database, query))[0][0] == before
    await library.put(library.window(1, ANNS), library.window(2, BOTHS), library.window(5, new))
    await worker.work()
    assert [(one.spec, one.documents) for one in await lacks(worker)] == [(spec, 1)]
    assert server.texts == []
    await worker.keeper.begin(spec, switches=True)
    await worker.work()
    assert await worker.states() == ["words retired", "tiny serving"]
    assert (server.texts, await lacks(worker)) == ([new], ())
    assert await worker.indexes.of(spec).count_vectors("text") == 5


async def test_going_back_to_a_spec_that_lacks_vectors_is_said(
    worker: Worker, server: EmbeddingServer, library: Library
) -> None:
    """At once, as what serves may be no good; it is made then as that of every new document."""
    spec = await spec_of(worker)
    assert (await let_serve(worker, to_go_back_to)).gap is None
    await library.put(library.window(1, "a ladder leans"), library.window(2, BOTHS))
    await worker.work()
    told = (await let_serve(worker, to_go_back_to)).gap
    assert str(told).startswith(f"1 of 4 documents lack vectors under {spec.key}: until a daemon")
    assert "with settings that name tiny of openai" in str(told)
    assert [one.is_serving for one in await lacks(worker)] == [True]
    await worker.work()
    assert (server.texts, await lacks(worker)) == (["a ladder leans"], ())


async def let_serve(worker: Worker, choose: Callable[[Sequence[SpecRow]], SpecRow]) -> SpecStanding:
    """Let a spec serve, as a person does."""
    async with worker.database.transaction() as session:
        return await standing.let_serve(session, choose, SystemClock().now())


async def lacks(worker: Worker) -> tuple[Lack, ...]:
    """Return what the specs that may serve lack, as `doctor` sees it."""
    found = await inspect(worker.database, worker.indexes)
    assert found.is_clean
    return found.lacks
