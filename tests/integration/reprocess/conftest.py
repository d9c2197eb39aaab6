"""A plant on a database of one's own, with two creators' recordings in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from tests.fakes.plant import Plant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def plant(database_url: str, tmp_path: Path) -> AsyncIterator[Plant]:
    """Return a plant with nothing in it."""
    engine = make_engine(database_url, application_name="test", pool_size=5, max_overflow=20)
    yield Plant(Database(engine), tmp_path)
    await engine.dispose()
