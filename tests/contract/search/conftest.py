"""Every adapter of the index, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qdrant_client import AsyncQdrantClient

from footnoted.search import edge_shard
from footnoted.search.qdrant_edge import QdrantEdgeIndex
from footnoted.search.qdrant_server import QdrantServerIndex
from tests.fakes.search import FakeIndex

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from footnoted.search.port import SearchIndex


@pytest.fixture(params=["fake", "edge", "compacted", "server"])
async def index(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SearchIndex]:
    """Yield an empty, ready index of each kind; the server's is its in-process stand-in.

    "compacted" is the embedded one with a compaction after every upsert.
    """
    if request.param == "compacted":
        monkeypatch.setattr(edge_shard, "_YOUNG_AT_LEAST", 1)
    made = _make(request.param, tmp_path)
    await made.ensure_ready()
    yield made
    await made.close()


def _make(kind: str, folder: Path) -> SearchIndex:
    if kind in {"edge", "compacted"}:
        return QdrantEdgeIndex(folder / "index")
    if kind == "server":
        return QdrantServerIndex(AsyncQdrantClient(":memory:"))
    return FakeIndex()
