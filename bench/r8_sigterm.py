"""Figure R8: SIGTERM under load, one hundred times.

A worker with ten stages in flight, each asking a slow model, gets SIGTERM at a random moment. After
100 ms it must claim nothing more; what the model was asked (its own ledger) must be journaled; it
must exit 0 within 30 s and burn no attempt. Model latencies are scaled (up to 1 s for 20 s).
"""

from __future__ import annotations

import asyncio
import random
import signal
import time

from crowd import posts_of, prepare, query, start_worker
from stand import Stand, finish, open_stand, report

from tests.fakes.machine import add_videos

TIME_LIMIT_S = 1_200
TIMES, AT_ONCE = 100, 2
EXIT_LIMIT_S = 30.0


async def one(stand: Stand, dice: random.Random) -> tuple[bool, bool, float]:
    """Return whether a stop was clean, whether it claimed late, and its seconds."""
    worker = await start_worker(stand, "--run-s", "0", "1", "--asks", "2", "--capacity", "10")
    await asyncio.sleep(dice.uniform(0.1, 1.2))
    worker.send(signal.SIGTERM)
    stopped_s = time.monotonic()
    await asyncio.sleep(0.1)
    (before,) = await query(stand, "SELECT max(opened_at) AS at, now() AS now FROM work_orders")
    ended = asyncio.create_task(worker.end())
    code, _ = await ended
    (after,) = await query(
        stand,
        """SELECT count(*) AS n FROM events e JOIN work_orders w ON w.item_id = e.item_id
           WHERE w.opened_at > :now AND e.item_kind = 'video' AND w.opened_at > :at""",
        now=before.now,
        at=before.at or before.now,
    )
    return code == 0, after.n > 0, time.monotonic() - stopped_s


async def main() -> bool:
    """Stop workers two at a time, in turn with their own databases' books."""
    dice = random.Random(8)
    clean, late, worst_s = 0, 0, 0.0
    async with open_stand() as stand:
        await prepare(stand)
        for _ in range(TIMES):
            await add_videos(stand.database, 60)
            exited, claimed, seconds = await one(stand, dice)
            clean, late, worst_s = clean + exited, late + claimed, max(worst_s, seconds)
        (row,) = await query(
            stand,
            """SELECT (SELECT count(*) FROM llm_calls WHERE state = 'answered') AS answered,
                 (SELECT count(*) FROM llm_calls WHERE state = 'sent') AS unanswered,
                 (SELECT count(*) FROM videos WHERE attempts > 0 OR crashes > 0) AS burnt,
                 (SELECT count(*) FROM videos WHERE lease_owner IS NOT NULL) AS held""",
        )
        billed = len(posts_of(stand))
    holds = (
        clean == TIMES
        and late == 0
        and worst_s <= EXIT_LIMIT_S
        and billed == row.answered
        and (row.unanswered, row.burnt, row.held) == (0, 0, 0)
    )
    note = (
        f"{billed} asked, {row.answered} journaled, {row.unanswered} without an answer, {late} late"
        f" claims, {row.burnt} attempts burnt, {row.held} leases held, slowest exit {worst_s:.1f} s"
    )
    return report("R8", str(clean), f"clean_exits_of_{TIMES}", str(TIMES), holds=holds, note=note)


finish(asyncio.run(main()))
