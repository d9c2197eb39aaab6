"""A workshop on a database of one's own, with the profile brain and the built-in model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.llm.extractive import answer_task
from tests.fakes.asker import FakeAsker
from tests.fakes.brain import make_profile
from tests.fakes.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Workshop]:
    """Return a workshop whose asker is a FakeAsker that answers as the built-in model does."""
    engine = make_engine(database_url, application_name="test", pool_size=5, max_overflow=20)
    yield Workshop(Database(engine), make_profile(), FakeAsker(answer_task))
    await engine.dispose()
