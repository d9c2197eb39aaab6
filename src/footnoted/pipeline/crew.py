"""The tasks in flight: started for claims, watched to their end, given back when they have none."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from footnoted.model.outcome import Waiting
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
_SETTLE_GRACE_S = 30.0


class Crew:
    """One task per claim. `on_news` is called whenever one ends."""

    def __init__(self, deps: Deps, on_news: Callable[[], None]) -> None:
        """Start with nobody at work."""
        self._deps = deps
        self._on_news = on_news
        self._tasks: dict[asyncio.Task[Outcome], Claim] = {}
        self._has_orphans = False
        self._killers: list[Claim] = []
        self._loss: BaseException | None = None
        self._fault: BaseException | None = None
        self._moved_at_s = deps.clock.monotonic_s()
        self.outcomes: Counter[str] = Counter()

    @property
    def idle_s(self) -> float:
        """Return seconds since an item last did anything but wait."""
        return self._deps.clock.monotonic_s() - self._moved_at_s

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
        """Begin nothing with these claims; they are released with the orphans."""
        self._has_orphans = self._has_orphans or bool(claims)

    def expect_orphans(self) -> None:
        """Note that claims may be held that nobody works on, to be released."""
        self._has_orphans = True

    def raise_fault(self) -> None:
        """Raise what ended a task and is no outcome: our bug, else, once, an absent database."""
        if self._fault is not None:
            raise self._fault
        if self._loss is not None:
            loss, self._loss = self._loss, None
            raise loss

    def _ended(self, task: asyncio.Task[Outcome]) -> None:
        claim = self._tasks.pop(task)
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or error is not None:
            self._has_orphans = True
            self._note(claim, error)
        else:
            outcome = task.result()
            self.outcomes[type(outcome).__name__.lower()] += 1
            if not isinstance(outcome, Waiting):
                self._moved_at_s = self._deps.clock.monotonic_s()
        self._on_news()

    def _note(self, claim: Claim, error: BaseException | None) -> None:
        if error is not None and self._deps.keeper.is_lost(error):
            self._loss = error
        elif error is not None:
            self._fault = error
            self._killers.append(claim)

    async def release_orphans(self) -> None:
        """Release what this process holds and nobody works on, such as after a lost database.

        A claim whose commit was cut off counts too: nobody was told whether it was made.
        """
        if not self._has_orphans:
            return
        self._has_orphans = False
        at_work = [(claim.kind, claim.id) for claim in self._tasks.values()]
        try:
            async with self._deps.database.transaction() as session:
                await store.release(session, self._deps.owner, but=at_work)
        except BaseException:
            self._has_orphans = True
            raise

    def keep_leases(self) -> asyncio.Task[None]:
        """Return the task that renews the leases until it is cancelled; its end is a fault."""
        renewer = asyncio.create_task(self._renew_leases())
        renewer.add_done_callback(self._renewer_ended)
        return renewer

    def _renewer_ended(self, renewer: asyncio.Task[None]) -> None:
        if not renewer.cancelled() and (error := renewer.exception()) is not None:
            self._fault = error
            self._on_news()

    async def _renew_leases(self) -> None:
        """Extend the leases of what is in flight, at a third of their length, until cancelled."""
        lease = self._deps.pace.lease
        while True:
            await self._deps.clock.sleep(lease.total_seconds() / 3)
            kinds = sorted({claim.kind for claim in self._tasks.values()})
            if not kinds:
                continue
            expires = self._deps.clock.now() + lease
            try:
                for kind in kinds:  # apart: whoever saves a video holds it, and wants page groups
                    async with self._deps.database.transaction() as session:
                        await store.renew(session, [kind], self._deps.owner, expires)
            except Exception as error:
                if not self._deps.keeper.is_lost(error):
                    raise

    async def go_home(self) -> None:
        """Let work in flight end within the grace period, then release what is left."""
        self._deps.askers.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self._deps.pace.shutdown_grace_s)
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_CANCEL_GRACE_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE_GRACE_S):
                await self._deps.askers.settled()
        try:
            async with self._deps.database.transaction() as session:
                for claim in self._killers:
                    await store.count_crash(session, claim)
                await store.release(session, self._deps.owner)
        except Exception as error:
            if not self._deps.keeper.is_lost(error):
                raise
