"""R4: PostgreSQL stopped with `-m immediate` every 5 to 40 s while the paid path works.

The daemon runs on a library that is never done, the emulator bills every call, and the server is
stopped as in a power cut and started again. Asserted: the process never exits; after the server
accepts connections again, something is committed within two seconds (or three answers' time, should
nothing else be due); and at the end, when the server stays up, every video is done, no stage is
told twice, and every billed call is in the journal.

    r4_postgres.py [--minutes 10]                           quiet: the minutes and 3 more
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import psutil
from paid import LATENCY, Paid, open_paid
from r1_kills import SETTINGS, Libraries, books, told_wrongly, unfinished
from stand import finish, report

from footnoted.db import embedded

if TYPE_CHECKING:
    from collections.abc import Callable

TIME_LIMIT_S = 1_500
SEED, SCALE = 17, 10
DOWN_S = (5.0, 40.0)
GOAL_S = 2.0
PATIENCE_S = 60.0
LEAST_DUE = 5
"""Videos that are due when the server is stopped, so that something can be seen to go on."""
MOVED = """SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM llm_calls)
  + (SELECT count(*) FROM llm_calls WHERE state = 'answered')"""


def await_true(check: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> float:
    """Return the seconds until `check` holds. Raises AssertionError when it does not."""
    started_s = time.monotonic()
    while not check():
        assert time.monotonic() - started_s < timeout_s, what
        time.sleep(0.05)
    return time.monotonic() - started_s


def stop_at_once(server: Any) -> None:
    """Stop the server as `pg_ctl stop -m immediate` does: SIGQUIT, no checkpoint."""
    pid_file = next(server.data_dir.glob("**/postmaster.pid"))
    pid = int(pid_file.read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)
    await_true(lambda: not is_alive(pid), "the server did not go")


def is_alive(pid: int) -> bool:
    """Return whether a process runs."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def moved(paid: Paid) -> int:
    """Return a number that grows with everything the program commits; -1 while it can't be read."""
    try:
        return int(paid.value(MOVED))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return -1


def rows_due(paid: Paid) -> int:
    """Return how many videos nobody has begun with the stage they are due for."""
    count: int = paid.value(
        """SELECT count(*) FROM videos
           WHERE status <> 'indexed' AND wait_reason IS NULL AND lease_owner IS NULL"""
    )
    return count


def one_outage(paid: Paid, libraries: Libraries) -> float:
    """Return how long after the server was back something was committed."""
    if rows_due(paid) < LEAST_DUE:
        paid_add(paid, libraries)
    stop_at_once(paid.server)
    embedded.ensure_running(paid.server)
    await_true(lambda: moved(paid) >= 0, "the server does not accept")
    before = moved(paid)
    return await_true(lambda: moved(paid) > before, "nothing is committed any more")


def paid_add(paid: Paid, libraries: Libraries) -> None:
    """Add a library beside the running daemon."""
    order = paid.order("add", str(libraries.another()))
    command = [sys.executable, "-m", "footnoted", *order["arguments"]]
    environment = {**os.environ, **order["environment"]}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)


def main() -> list[bool]:
    """Stop the server again and again, and judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("R4_MINUTES", "10")))
    asked = parser.parse_args()
    dice, waits = random.Random(SEED), list[float]()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_paid(logic="brisk", scale=SCALE, latency=LATENCY) as paid,
    ):
        paid.settings = SETTINGS | {"FOOTNOTED_PAGE_DELAY_S": "5"}
        libraries = Libraries(Path(folder))
        for _ in range(4):
            paid.must("add", str(libraries.another()))
        pid = paid.nursery.begin(paid.order("run"))
        await_true(lambda: moved(paid) > 0, "the daemon does nothing")
        end_s = time.monotonic() + 60 * asked.minutes
        while time.monotonic() < end_s:
            time.sleep(dice.uniform(*DOWN_S))
            waits.append(one_outage(paid, libraries))
            assert is_alive(pid), paid.last_words()
        await_true(lambda: not unfinished(paid), "work is left", timeout_s=600)
        survived = is_alive(pid)
        os.kill(pid, signal.SIGTERM)
        code = paid.nursery.end()
        wrong, told = told_wrongly(paid), books(paid)
    print(f"# {len(waits)} outages, waits {[round(s, 1) for s in waits]}, {told}")
    hidden = max(0, told["lost"] - told["unknown"])
    worst = max(waits)
    note = f"median {sorted(waits)[len(waits) // 2]:.2f} s"
    return [
        report("R4.exits", str(int(not survived)), "exits", "0", holds=survived and code == 0),
        report("R4.resumes", f"{worst:.2f}", "s_worst", "<=2", holds=worst <= GOAL_S, note=note),
        report("R4.doubled", str(wrong), "events", "0", holds=wrong == 0),
        report("R4.lost", str(hidden), "billed_calls_unjournaled", "0", holds=hidden == 0,
               note=f"{told['lost']} lost, {told['unknown']} unknown"),
        report("R4.twice", str(told["twice"]), "answers_bought_twice", "0",
               holds=told["twice"] == 0),
    ]  # fmt: skip


if __name__ == "__main__":
    finish(*main())
