"""A database of one's own, as the ledger sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return the database of this test."""
    engine = make_engine(database_url, application_name="test", pool_size=5)
    yield Database(engine)
    await engine.dispose()
