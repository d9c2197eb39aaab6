"""One emulator with a virtual clock for all conformance tests, and the real SDK to drive it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anthropic
import pytest

from tests.emulator.running import Emulator, started

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="session")
def virtual_emulator() -> Iterator[Emulator]:
    """Yield the process; it is reset before every test."""
    with started("--clock", "virtual", "--seed", "7") as emulator:
        yield emulator


@pytest.fixture
def emulator(virtual_emulator: Emulator) -> Emulator:
    """Return the emulator with empty books and its clock standing still."""
    virtual_emulator.set_auto(auto=False)
    virtual_emulator.reset()
    return virtual_emulator


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[anthropic.AsyncAnthropic]:
    """Yield the SDK's client: no retries, and every response checked against its types."""
    async with anthropic.AsyncAnthropic(
        api_key="emulated",
        base_url=emulator.base_url,
        max_retries=0,
        timeout=10,
        open_telemetry=False,
        _strict_response_validation=True,
    ) as client:
        yield client
