"""Figure R5: processes frozen past their lease and thawed again write nothing.

Workers are frozen (SIGSTOP) while a stage runs; a rescuer takes their items over once the lease is
over and saves them; then they are thawed (SIGCONT), finish and try to save. One hundred times. A
stale write is a second save, a second event or a changed outcome; that the zombies really tried is
shown by their own count of lost claims.
"""

from __future__ import annotations

import asyncio
import signal
import time

from crowd import Worker, prepare, query, start_worker
from stand import Stand, finish, open_stand, report

from tests.fakes.machine import add_videos

TIME_LIMIT_S = 600
ZOMBIES, AT_ONCE = 100, 10
LEASE_S = 0.8


async def all_hold_one(stand: Stand) -> None:
    """Return when every worker holds an item and is asking about it."""
    for _ in range(400):
        (row,) = await query(
            stand,
            """SELECT count(*) AS n FROM llm_calls c JOIN videos v ON v.id = c.item_id
               WHERE c.state = 'sent' AND v.lease_owner IS NOT NULL""",
        )
        if row.n >= AT_ONCE:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(await query(stand, "SELECT id, status, lease_owner FROM videos"))


async def everything_is_saved(stand: Stand) -> None:
    """Return when no video is left to do."""
    for _ in range(600):
        rows = await query(stand, "SELECT count(*) AS n FROM videos WHERE status <> 'indexed'")
        if rows[0].n == 0:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await query(stand, "SELECT id, status, wait_reason FROM videos"))


async def one_round(stand: Stand, zombies: list[Worker]) -> None:
    """Freeze all workers at work, let their items be done by another, thaw them."""
    await add_videos(stand.database, AT_ONCE)
    await all_hold_one(stand)
    for zombie in zombies:
        zombie.send(signal.SIGSTOP)
    await asyncio.sleep(LEASE_S)
    await query(stand, "UPDATE llm_calls SET state = 'released' WHERE state = 'sent'")
    rescuer = await start_worker(
        stand, "--drain", "--run-s", "0", "0", "--lease-s", "30", "--capacity", "10"
    )
    await everything_is_saved(stand)
    await rescuer.end()
    for zombie in zombies:
        zombie.send(signal.SIGCONT)
    await asyncio.sleep(0.5)


async def main() -> bool:
    """Freeze a hundred times and count what should not be there."""
    started = time.monotonic()
    async with open_stand() as stand:
        await prepare(stand)
        options = ("--lease-s", str(LEASE_S), "--run-s", "0.3", "0.4", "--capacity", "1")
        zombies = [await start_worker(stand, *options) for _ in range(AT_ONCE)]
        for _ in range(ZOMBIES // AT_ONCE):
            await one_round(stand, zombies)
        for zombie in zombies:
            zombie.send(signal.SIGTERM)
        ends = [await zombie.end() for zombie in zombies]
        lost = sum(outcomes.get("lost", 0) for _, outcomes in ends)
        own = [zombie.pid for zombie in zombies]
        (stale,) = await query(
            stand,
            """SELECT (SELECT count(*) FROM bench_saves) - (SELECT count(*) FROM videos)
                 + (SELECT count(*) FROM events WHERE name = 'stage.advanced')
                 - (SELECT count(*) FROM videos)
                 + (SELECT count(*) FROM bench_saves WHERE pid = ANY(:own))
                 + (SELECT count(*) FROM videos WHERE attempts > 0 OR status <> 'indexed') AS n""",
            own=own,
        )
    note = f"{lost} zombies tried and lost, {time.monotonic() - started:.0f} s"
    holds = stale.n == 0 and lost == ZOMBIES
    return report("R5", str(stale.n), f"stale_writes_of_{ZOMBIES}", "0", holds=holds, note=note)


finish(asyncio.run(main()))
