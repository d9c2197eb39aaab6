"""A provider whose batches take ten emulated minutes, and processes that ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator import running
from tests.integration.llm.batches.process import Process

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from footnoted.db.session import Database
    from tests.emulator.running import Emulator


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[Emulator]:
    """Return the one emulator of these tests."""
    with running.started("--seed", "7", "--clock", "virtual") as started:
        yield started


@pytest.fixture
def emulator(running_emulator: Emulator) -> Emulator:
    """Return a provider without a past."""
    running_emulator.reset()
    running_emulator.configure(batches={"duration_s": 600})
    running_emulator.break_with()
    return running_emulator


@pytest.fixture
async def start(database: Database, emulator: Emulator) -> AsyncIterator[Callable[..., Process]]:
    """Return a function that starts another process on the same database."""
    started: list[Process] = []

    def make(mode: str = "batch", **parts: object) -> Process:
        started.append(Process(database, emulator, mode, **parts))
        return started[-1]

    yield make
    for process in started:
        await process.close()
