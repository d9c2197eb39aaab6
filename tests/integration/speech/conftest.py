"""A journal of one's own, and a service that knows what is said in a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from tests.fakes.hearing import spoken
from tests.fakes.sounds import write_wav
from tests.fakes.speech_server import SpeechServer, Truth, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return the database of this test."""
    engine = make_engine(database_url, application_name="test", pool_size=5, max_overflow=20)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture(scope="session")
def truth() -> Truth:
    """Return two minutes of speech."""
    return spoken(120.0)


@pytest.fixture
def recording(truth: Truth, tmp_path: Path) -> Path:
    """Return the file of it."""
    return write_wav(tmp_path / "talk.wav", truth.samples)


@pytest.fixture
async def service(truth: Truth) -> AsyncIterator[SpeechServer]:
    """Return a service that knows the words."""
    async with serving(truth) as server:
        yield server
