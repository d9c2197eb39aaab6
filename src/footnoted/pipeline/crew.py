"""The tasks in flight: started for claims, watched to their end, given back when they have none."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from footnoted.pipeline import store
from footnoted.pipeline.claims import busy_resources, free_capacity
from footnoted.pipeline.process_one import process_one

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from footnoted.model.claim import Claim
    from footnoted.model.outcome import Outcome
    from footnoted.model.status import Resource
    from footnoted.pipeline.deps import Deps

_CANCEL_GRACE_S = 1.0


class Crew:
    """One task per claim. `on_news` is called whenever one ends."""

    def __init__(self, deps: Deps, on_news: Callable[[], None]) -> None:
        """Start with nobody at work."""
        self._deps = deps
        self._on_news = on_news
        self._tasks: dict[asyncio.Task[Outcome], Claim] = {}
        self._orphans: list[Claim] = []
        self._fault: BaseException | None = None
        self.outcomes: Counter[str] = Counter()

    @property
    def is_working(self) -> bool:
        """Return whether any task is in flight."""
        return bool(self._tasks)

    def free(self) -> dict[Resource, int]:
        """Return the free capacity of each resource that has any."""
        busy = busy_resources(self._tasks.values(), self._deps)
        return free_capacity(self._deps.pace.capacity, busy)

    def start(self, claims: Sequence[Claim]) -> None:
        """Begin to work on each claim."""
        for claim in claims:
            task = asyncio.create_task(process_one(claim, self._deps), name=str(claim))
            self._tasks[task] = claim
            task.add_done_callback(self._ended)

    def give_back(self, claims: Sequence[Claim]) -> None:
        """Note claims that nobody will work on, to be released."""
        self._orphans.extend(claims)

    def raise_fault(self) -> None:
        """Raise what ended a task and is neither an outcome nor an absent database: our bug."""
        if self._fault is not None:
            raise self._fault

    def _ended(self, task: asyncio.Task[Outcome]) -> None:
        claim = self._tasks.pop(task)
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or error is not None:
            self._orphans.append(claim)
            if error is not None and not self._deps.keeper.is_lost(error):
                self._fault = error
        else:
            self.outcomes[type(task.result()).__name__.lower()] += 1
        self._on_news()

    async def release_orphans(self) -> None:
        """Release claims whose task ended without an outcome, such as in a lost database."""
        if not self._orphans:
            return
        async with self._deps.database.transaction() as session:
            for claim in self._orphans:
                await store.release_one(session, claim)
        self._orphans.clear()

    async def renew_leases(self) -> None:
        """Extend the leases of what is in flight, at a third of their length, until cancelled."""
        lease = self._deps.pace.lease
        while True:
            await self._deps.clock.sleep(lease.total_seconds() / 3)
            kinds = sorted({claim.kind for claim in self._tasks.values()})
            if not kinds:
                continue
            try:
                async with self._deps.database.transaction() as session:
                    expires = self._deps.clock.now() + lease
                    await store.renew(session, kinds, self._deps.owner, expires)
            except Exception as error:
                if not self._deps.keeper.is_lost(error):
                    raise

    async def go_home(self) -> None:
        """Let work in flight end within the grace period, then release what is left."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._deps.pace.shutdown_grace_s)
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CANCEL_GRACE_S)
        await self._deps.askers.settled()
        try:
            async with self._deps.database.transaction() as session:
                await store.release(session, self._deps.owner)
        except Exception as error:
            if not self._deps.keeper.is_lost(error):
                raise
