"""The loop: look for work, claim what fits, advance each claim by one stage, and again.

    look -> wake what waited -> claim into free capacity -> process_one (tasks) -> pause -> look

Polling is the truth; a nudge (a task that ended, a NOTIFY, a stop) only shortens the pause. The
loop ends by itself when its plan (a drain, one pass, a time) is fulfilled; else by `stop`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from footnoted.pipeline import plan as plans
from footnoted.pipeline.claims import Quota, Rules, fill, take_interrupted
from footnoted.pipeline.crew import Crew
from footnoted.pipeline.indexing import IndexKeeper
from footnoted.pipeline.plan import Mode, Report, RunPlan
from footnoted.pipeline.watch import Loss, Watch

if TYPE_CHECKING:
    from footnoted.model.claim import Claim
    from footnoted.pipeline.deps import Deps
    from footnoted.pipeline.outlook.store import Outlook

_LOOK_EVERY_S = 0.5
_INDEX_PAUSE_S = 0.1


class Loop:
    """Drives work items through their flows until its plan or `stop` ends it."""

    def __init__(self, deps: Deps, plan: RunPlan) -> None:
        """Prepare a run of `plan`; nothing is touched before `run`."""
        self._deps, self._plan, self._report = deps, plan, Report()
        self._news, self._stop = asyncio.Event(), asyncio.Event()
        self._crew = Crew(deps, self.nudge)
        self._watch = Watch(deps)
        self._index = IndexKeeper(deps)
        self._quota = Quota(plan.max_videos)
        self._is_busy = False
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

    async def run(self) -> Report:
        """Work until the plan is fulfilled or `stop` is called; return what was done.

        Raises DependencyDownError when the database stays away during a drain or a single pass.
        """
        started_s = self._deps.clock.monotonic_s()
        renewer = self._crew.keep_leases()
        try:
            while not self._is_over(started_s) and await self._survive_tick():
                pass
        finally:
            await self._crew.go_home()
            self._report.index_behind = await self._index.finish()
            self._report.outcomes = self._crew.outcomes
            renewer.cancel()
            await asyncio.wait([renewer])
        return self._report

    def _is_over(self, started_s: float) -> bool:
        limit_min = self._plan.max_minutes
        passed_min = (self._deps.clock.monotonic_s() - started_s) / 60
        self._report.was_stopped = self._stop.is_set()
        self._report.ran_out_of_time = limit_min is not None and passed_min >= limit_min
        self._report.ran_out_of_money = self._deps.askers.is_spent
        return self._report.is_cut_short

    async def _tick(self) -> bool:
        """Look, claim, pause; return whether there may be more to do."""
        self._crew.raise_fault()
        self._news.clear()
        await self._crew.release_orphans()
        outlook = None
        if not self._is_busy or self._watch.age_s > _LOOK_EVERY_S:
            outlook = await self._look()
        due = self._is_busy or self._watch.saw_interrupted or (outlook and outlook.is_ready)
        claimed = await self._claim(self._rules) if due else 0
        self._is_busy = claimed > 0
        if claimed or self._crew.is_working:
            await self._pause(self._deps.pace.poll_interval_s)
            return True
        return outlook is None or await self._rest(outlook)

    async def _look(self) -> Outlook:
        outlook = await self._watch.look()
        self._is_busy = self._is_busy or outlook.is_asleep
        if outlook.is_index_behind:
            self._index.catch_up()
        return outlook

    async def _claim(self, rules: Rules) -> int:
        if self._watch.saw_interrupted and self._crew.is_working:
            return 0
        free = self._crew.free()
        if not free or self._watch.is_paused:
            return 0
        async with self._deps.database.transaction() as session:
            claims: list[Claim] = []
            if self._watch.saw_interrupted:
                claims = await take_interrupted(session, self._deps, self._quota, rules)
                self._watch.saw_interrupted = bool(claims)
            if not claims:
                claims = await fill(session, self._deps, free, self._quota, rules)
        (self._crew.give_back if self._stop.is_set() else self._crew.start)(claims)
        return len(claims)

    async def _rest(self, outlook: Outlook) -> bool:
        """Pause an idle loop until something can be due; return False when its plan is done."""
        now, pace, mode = self._deps.clock.now(), self._deps.pace, self._plan.mode
        if mode is Mode.FOREVER:
            await self._pause(plans.pause_until_next(outlook, now, pace))
            return True
        if outlook.is_asleep or (outlook.is_ready and await self._claim(self._impatient)):
            return mode is Mode.DRAIN or self._crew.is_working
        if self._index.is_catching_up():
            await self._pause(_INDEX_PAUSE_S)
            return True
        waited_s = self._crew.idle_s if mode is Mode.DRAIN else float("inf")
        if (pause_s := plans.pause_of_drain(outlook, now, pace, waited_s)) is None:
            self._report.is_held_up = await self._watch.is_held_up()
            self._report.is_paused = self._watch.is_paused
            return False
        await self._pause(pause_s)
        return True

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        await asyncio.sleep(0)

    async def _survive_tick(self) -> bool:
        """Return what one tick returns; when the database is away, when it is back."""
        try:
            return await self._tick()
        except Exception as error:
            if not self._deps.keeper.is_lost(error):
                raise
            loss = Loss(error, self._crew.outcomes.total(), self._plan.mode is not Mode.FOREVER)
        await self._watch.wait_for_database(loss, self._recover, self._stop.is_set)
        return True

    async def _recover(self) -> None:
        self._crew.expect_orphans()
        await self._crew.release_orphans()
        await self._look()
        self._is_busy = True
