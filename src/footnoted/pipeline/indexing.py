"""Keeps the search index behind the database, never beside it: one drainer, started when needed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from footnoted.errors import FootnotedError
from footnoted.telemetry import INDEX_DRAINED, INDEX_LOST, get_logger

if TYPE_CHECKING:
    from footnoted.pipeline.deps import Deps

_PATIENCE_S = 30.0


class IndexKeeper:
    """Runs the drainer as one background task while there is something to apply."""

    def __init__(self, deps: Deps) -> None:
        """Use the drainer of `deps`; no task runs until `catch_up`."""
        self._deps = deps
        self._task: asyncio.Task[bool] | None = None
        self._rest_until_s = float("-inf")
        self._is_away = False

    def catch_up(self) -> None:
        """Start to apply what is waiting, unless that is going on or the index was away lately."""
        rests = self._deps.clock.monotonic_s() < self._rest_until_s
        if rests or (self._task is not None and not self._task.done()):
            return
        self._task = asyncio.create_task(self._drain())

    def is_catching_up(self) -> bool:
        """Return whether a drain is going on."""
        return self._task is not None and not self._task.done()

    async def finish(self) -> bool:
        """Let a drain that goes on end; return whether the index is still behind."""
        if self._task is None:
            return False
        results = await asyncio.gather(self._task, return_exceptions=True)
        return results[0] is not True

    def _rest(self, why: str, bug: Exception | None = None) -> None:
        """Leave the index alone for a while; the first time in a row, say why."""
        self._rest_until_s = self._deps.clock.monotonic_s() + _PATIENCE_S
        if not self._is_away:
            get_logger().warning(INDEX_LOST, why=why, exc_info=bug)
        self._is_away = True

    async def _drain(self) -> bool:
        """Apply batches until none is left; return whether all could be applied."""
        total = 0
        try:
            while applied := await self._deps.drainer.drain_once():
                total += applied
        except FootnotedError as error:
            if not self._deps.keeper.is_lost(error):
                self._rest(error.message)
            return False
        except Exception as error:  # noqa: BLE001 - the index is derived: a bug in it stops no video
            self._rest(f"{type(error).__name__}: {error}", error)
            return False
        self._is_away = False
        get_logger().debug(INDEX_DRAINED, documents=total)
        return True
