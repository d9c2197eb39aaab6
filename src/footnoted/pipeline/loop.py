"""The loop: look for work, claim what fits, advance each claim by one stage, and again.

    look -> wake what waited -> claim into free capacity -> process_one (tasks) -> pause -> look

Polling is the truth; a nudge (a task that ended, a NOTIFY, a stop) only shortens the pause. The
loop ends by itself when it was asked to drain, to make one pass, or to respect a time; else by
`stop`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError, DependencyDownError
from footnoted.pipeline import store
from footnoted.pipeline.claims import Quota, Rules, busy_resources, fill, free_capacity
from footnoted.pipeline.claims import take_interrupted as take_interrupted_claim
from footnoted.pipeline.indexing import IndexKeeper
from footnoted.pipeline.process_one import process_one
from footnoted.telemetry import (
    DATABASE_LOST,
    DATABASE_RECOVERED,
    LEASES_REAPED,
    get_logger,
)

if TYPE_CHECKING:
    from footnoted.model.claim import Claim
    from footnoted.model.outcome import Outcome
    from footnoted.pipeline.deps import Deps

_LOOK_EVERY_S = 0.5
_RETRY_DATABASE_S = 0.25
_GIVE_UP_DATABASE_S = 60.0


class Mode(StrEnum):
    """When the loop ends: never, when nothing is due, or after one pass over what is due."""

    FOREVER = "forever"
    DRAIN = "drain"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What one run of the loop may do; None means without limit."""

    mode: Mode = Mode.FOREVER
    max_videos: int | None = None
    max_minutes: float | None = None


@dataclass(slots=True)
class Report:
    """What one run did: outcomes by name, and whether it was cut short by time or by a stop."""

    outcomes: Counter[str] = field(default_factory=Counter[str])
    was_stopped: bool = False
    ran_out_of_time: bool = False
    index_behind: bool = False


class Loop:
    """Drives work items through their flows until its plan or `stop` ends it."""

    def __init__(self, deps: Deps, plan: RunPlan) -> None:
        """Prepare a run of `plan`; nothing is touched before `run`."""
        self._deps = deps
        self._plan = plan
        self._tasks: dict[asyncio.Task[Outcome], Claim] = {}
        self._orphans: list[Claim] = []
        self._news = asyncio.Event()
        self._stop = asyncio.Event()
        self._quota = Quota(plan.max_videos)
        self._index = IndexKeeper(deps)
        self._report = Report()
        self._fault: BaseException | None = None
        self._is_busy = False
        self._may_be_interrupted = True
        self._looked_at_s = float("-inf")
        before = deps.clock.now() if plan.mode is Mode.ONCE else None
        self._rules = Rules(deps.pace.group_delay, before)
        self._impatient = Rules(timedelta(0), before)

    def nudge(self) -> None:
        """Make the loop look for work now instead of at its next poll."""
        self._is_busy = True
        self._news.set()

    def stop(self) -> None:
        """Claim nothing from now on and end when what is in flight has ended."""
        self._stop.set()
        self._news.set()

    async def check(self) -> None:
        """Raise ConfigurationError when the database holds a status that a known flow does not."""
        async with self._deps.database.transaction() as session:
            seen = await store.statuses_in_use(session)
        if unknown := self._deps.flows.unknown_statuses(seen):
            message = f"the database has {'; '.join(unknown)}: it was made by another release"
            raise ConfigurationError(message)

    async def run(self) -> Report:
        """Work until the plan is fulfilled or `stop` is called; return what was done.

        Raises DependencyDownError when the database stays away during a drain or a single pass.
        """
        started_s = self._deps.clock.monotonic_s()
        renewer = asyncio.create_task(self._renew_leases())
        try:
            while not self._is_over(started_s):
                try:
                    if not await self._tick():
                        break
                except Exception as error:
                    if not self._deps.keeper.is_lost(error):
                        raise
                    await self._recover()
        finally:
            await self._finish()
            renewer.cancel()
            with suppress(asyncio.CancelledError):
                await renewer
        return self._report

    def _is_over(self, started_s: float) -> bool:
        self._report.was_stopped = self._stop.is_set()
        limit_min = self._plan.max_minutes
        if limit_min is not None:
            passed_s = self._deps.clock.monotonic_s() - started_s
            self._report.ran_out_of_time = passed_s >= limit_min * 60
        return self._report.was_stopped or self._report.ran_out_of_time

    async def _tick(self) -> bool:
        """Look, claim, pause; return whether there may be more to do."""
        if self._fault is not None:
            raise self._fault
        self._news.clear()
        outlook = None
        if not self._is_busy or self._seconds_since_look() > _LOOK_EVERY_S:
            outlook = await self._look()
        claimed = 0
        if self._is_busy or self._may_be_interrupted or (outlook and outlook.is_ready):
            claimed = await self._claim(self._rules)
        self._is_busy = claimed > 0
        if claimed or self._tasks:
            await self._pause(self._deps.pace.poll_interval_s)
            return True
        if outlook is None:
            return True
        return await self._rest(outlook)

    def _seconds_since_look(self) -> float:
        return self._deps.clock.monotonic_s() - self._looked_at_s

    async def _look(self) -> store.Outlook:
        now = self._deps.clock.now()
        profiles = sorted({flow.profile for flow in self._deps.flows})
        async with self._deps.database.transaction() as session:
            outlook = await store.look(session, now, profiles)
            if outlook.is_asleep:
                reaped = await store.wake(session, now)
                self._is_busy = True
                if reaped:
                    self._may_be_interrupted = True
                    get_logger().warning(LEASES_REAPED, leases=reaped)
        self._looked_at_s = self._deps.clock.monotonic_s()
        if outlook.is_index_behind:
            self._index.catch_up()
        return outlook

    async def _claim(self, rules: Rules) -> int:
        if self._may_be_interrupted:
            if self._tasks:
                return 0
            if await self._claim_alone(rules):
                return 1
            self._may_be_interrupted = False
        busy = busy_resources(self._tasks.values(), self._deps)
        free = free_capacity(self._deps.pace.capacity, busy)
        if not free:
            return 0
        async with self._deps.database.transaction() as session:
            claims = await fill(session, self._deps, free, self._quota, rules)
        for claim in claims:
            self._start(claim)
        return len(claims)

    async def _claim_alone(self, rules: Rules) -> bool:
        async with self._deps.database.transaction() as session:
            claim = await take_interrupted_claim(session, self._deps, self._quota, rules)
        if claim is not None:
            self._start(claim)
        return claim is not None

    def _start(self, claim: Claim) -> None:
        if self._stop.is_set():
            self._orphans.append(claim)
            return
        task = asyncio.create_task(process_one(claim, self._deps), name=str(claim))
        self._tasks[task] = claim
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Outcome]) -> None:
        claim = self._tasks.pop(task)
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or error is not None:
            self._orphans.append(claim)
            if error is not None and not self._deps.keeper.is_lost(error):
                self._fault = error
        else:
            self._report.outcomes[type(task.result()).__name__.lower()] += 1
        self._is_busy = True
        self._news.set()

    async def _rest(self, outlook: store.Outlook) -> bool:
        """Pause an idle loop until something can be due; return False when its plan is done."""
        await self._release_orphans()
        mode = self._plan.mode
        if mode is Mode.FOREVER:
            await self._pause(self._until_next(outlook))
            return True
        if outlook.is_asleep and mode is Mode.DRAIN:
            return True
        if outlook.is_ready and await self._claim(self._impatient):
            self._is_busy = True
            return True
        if await self._index.is_catching_up():
            await self._pause(_RETRY_DATABASE_S)
            return True
        if mode is Mode.DRAIN and (wait_s := self._wait_worth_sleeping(outlook)) is not None:
            await self._pause(wait_s)
            return True
        return False

    def _until_next(self, outlook: store.Outlook) -> float:
        times = [at for at in (outlook.next_wait_at, outlook.next_poll_at) if at is not None]
        if not times:
            return self._deps.pace.poll_interval_s
        until_s = (min(times) - self._deps.clock.now()).total_seconds()
        return min(max(until_s, 0.01), self._deps.pace.poll_interval_s)

    def _wait_worth_sleeping(self, outlook: store.Outlook) -> float | None:
        if outlook.next_wait_at is None:
            return None
        until_s = (outlook.next_wait_at - self._deps.clock.now()).total_seconds()
        if until_s > self._deps.pace.drain_wait_s:
            return None
        return min(max(until_s, 0.01), self._deps.pace.poll_interval_s)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        await asyncio.sleep(0)

    async def _release_orphans(self) -> None:
        """Give back claims whose task ended without an outcome, such as in a lost database."""
        if not self._orphans:
            return
        async with self._deps.database.transaction() as session:
            for claim in self._orphans:
                await store.release_one(session, claim)
        self._orphans.clear()
        self._is_busy = True

    async def _recover(self) -> None:
        """Return when the database answers again; nothing is claimed meanwhile."""
        clock, since_s = self._deps.clock, self._deps.clock.monotonic_s()
        get_logger().error(DATABASE_LOST)
        while not self._stop.is_set():
            try:
                await self._deps.keeper.ensure_running()
                await self._release_orphans()
                await self._look()
            except Exception as error:
                if not self._deps.keeper.is_lost(error):
                    raise
                away_s = clock.monotonic_s() - since_s
                if self._plan.mode is not Mode.FOREVER and away_s > _GIVE_UP_DATABASE_S:
                    message = f"the database has been away for {away_s:.0f} s"
                    raise DependencyDownError(message) from error
                await clock.sleep(_RETRY_DATABASE_S)
            else:
                get_logger().info(
                    DATABASE_RECOVERED, away_s=round(clock.monotonic_s() - since_s, 1)
                )
                return

    async def _renew_leases(self) -> None:
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

    async def _finish(self) -> None:
        """Let work in flight end within the grace period, then give back what is left."""
        grace_s = self._deps.pace.shutdown_grace_s
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_s)
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_RETRY_DATABASE_S)
        self._report.index_behind = await self._index.finish()
        try:
            await self._deps.askers.settled()
            async with self._deps.database.transaction() as session:
                await store.release(session, self._deps.owner)
        except Exception as error:
            if not self._deps.keeper.is_lost(error):
                raise
