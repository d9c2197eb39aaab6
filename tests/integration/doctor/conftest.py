"""A library that was really made, to be damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.house import open_house

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.fakes.house import House


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Return a library in which all is well."""
    async with open_house(database_url, tmp_path) as made:
        yield made
