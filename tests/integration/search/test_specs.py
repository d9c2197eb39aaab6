"""Specs from their first vector to their end: built beside, compared, switched to, gone back from."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from footnoted.clock import SystemClock
from footnoted.search.audit import ensure_filled
from footnoted.search.embedding import store
from tests.fakes.embedding import Worker, billed, embedding_settings, working
from tests.fakes.embedding_server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

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
