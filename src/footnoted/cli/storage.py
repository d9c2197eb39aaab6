"""How a command works on the database: opened for it, closed behind it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from footnoted.cli.session import read_settings
from footnoted.db.storage import open_storage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from footnoted.db.storage import Storage

Result = TypeVar("Result")


def with_storage(work: Callable[[Storage], Awaitable[Result]]) -> Result:
    """Return what `work` returns.

    Raises ConfigurationError, MigrationsNeededError and DependencyDownError.
    """

    async def run() -> Result:
        async with open_storage(settings) as storage:
            return await work(storage)

    settings = read_settings()
    return asyncio.run(run())
