"""A journal of one's own, and a shop around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from tests.fakes.clock import FakeClock
from tests.fakes.shop import Shop, open_shop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return the database of this test."""
    engine = make_engine(database_url, application_name="test", pool_size=5, max_overflow=20)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    """Return a shop where a token of an answer costs a dollar, at noon."""
    return open_shop(database, FakeClock(), tmp_path)
