"""A database of one's own, as the machine sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog

from footnoted.db.engine import make_engine
from footnoted.db.session import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return the database of this test."""
    engine = make_engine(database_url, application_name="test", pool_size=5, max_overflow=20)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
def logged() -> Iterator[Callable[[], list[str]]]:
    """Return a function that tells the names of the events logged so far."""
    with structlog.testing.capture_logs() as entries:
        yield lambda: [str(entry["event"]) for entry in entries]
