"""Searching by meaning through the installed program, while its daemon runs."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.fakes.embedding import PRICES
from tests.fakes.embedding_server import EmbeddingServer, serving

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.acceptance.program import Home


@contextmanager
def a_server() -> Generator[EmbeddingServer]:
    """Yield a server for which a squasher is compression; it runs beside the test."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    made: list[EmbeddingServer] = []

    async def serve() -> None:
        async with serving(meaning={"squasher": "compression"}) as service:
            made.append(service)
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    while not made:
        time.sleep(0.01)
    try:
        yield made[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def test_the_daemon_builds_a_spec_and_people_go_there_and_back(
    own_library: Home, tmp_path: Path
) -> None:
    """What nobody said is found by its meaning; `rollback` and `switch` hold at once."""
    prices = tmp_path / "prices.toml"
    prices.write_text(PRICES, encoding="utf-8")
    with a_server() as server:
        variables = {
            "FOOTNOTED_EMBEDDER": "openai",
            "FOOTNOTED_EMBEDDER_BASE_URL": server.base_url,
            "FOOTNOTED_EMBEDDER_MODEL": "tiny",
            "FOOTNOTED_EMBEDDER_DIMENSIONS": "32",
            "FOOTNOTED_PRICES_FILE": str(prices),
        }
        with own_library.daemon(**variables):
            built = own_library.run("embedding", "build", **variables)
            assert built.returncode == 0, built.stderr
            found = own_library.ask("search", "squasher")["results"]
            assert "compression" in found[0]["excerpt"].casefold()
            assert own_library.run("embedding", "rollback").stdout == "lexical-1 serves\n"
            assert own_library.ask("search", "squasher")["results"] == []
            key = own_library.ask("embedding", "status")["specs"][1]["key"]
            assert own_library.run("embedding", "switch", key[:5]).stdout == f"{key} serves\n"
            assert own_library.ask("search", "squasher")["results"] != []
            dropped = own_library.run("embedding", "drop", "lexical")
            assert dropped.stdout == "lexical-1 is dropped\n"
