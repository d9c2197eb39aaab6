"""W1: three ways of working under a cap, and killed again and again: footnoted and two others.

SMALL_VIDEOS half-hour recordings are drained under a cap of half of what they cost, and again with
KILLS kills. The others are bench/naive.py's: one call at a time with 30 s between videos, and all
at once with the SDK's own retries; both look at the cap after the fact, and keep finished videos.
The fixed sleep takes FIXED_VIDEOS of them, at a scale of its own. Money and repeats do not depend
on how busy the machine is.

    W1.over    what footnoted was billed beyond its cap, in percent of it
    W1.again   answers that footnoted bought again because of kills, beyond calls that were out

    w1_ways.py                                                           quiet: 5 min
"""

from __future__ import annotations

import random
import subprocess
import tempfile
import time
from pathlib import Path

from p1_p2_backlog import (
    CUES,
    FIXED,
    FIXED_SCALE,
    FIXED_VIDEOS,
    GATHER,
    OURS,
    SEED,
    naive,
    naive_command,
    repeats,
    settings,
)
from paid import LATENCY, kill, open_emulator, open_paid
from stand import finish, report
from talk import write_library

TIME_LIMIT_S = 1_200
SMALL_VIDEOS, CREATORS, SCALE, KILLS = 24, 4, 6, 5
DRAIN_LIMIT_S, KILL_S = 300.0, (2.0, 5.0)
OUT = "SELECT id FROM llm_calls WHERE state = 'sent'"
OVER, AGAIN = "over the cap", f"bought again after {KILLS} kills"


def cost_usd(library: Path) -> float:
    """Return what the library costs footnoted when nothing is in its way."""
    with open_paid(logic="brisk", scale=SCALE, latency=LATENCY) as paid:
        paid.settings = settings()
        paid.must("add", str(library))
        paid.must("run", "--drain", timeout_s=DRAIN_LIMIT_S)
        return float(paid.emulator.totals()["billed_usd"])


def overshoot_ours(library: Path, cap_usd: float) -> float:
    """Return how much more than the cap was billed, as a share of it."""
    with open_paid(logic="brisk", scale=SCALE, latency=LATENCY) as paid:
        paid.settings = settings() | {
            "FOOTNOTED_DAILY_COST_CAP_USD": f"{cap_usd:.6f}",
            "FOOTNOTED_DRAIN_WAIT_S": "0",
        }
        paid.must("add", str(library))
        paid.must("run", "--drain", codes=(0, 1, 75), timeout_s=DRAIN_LIMIT_S)
        return float(paid.emulator.totals()["billed_usd"]) / cap_usd - 1


def repeats_ours(library: Path, dice: random.Random) -> tuple[int, int]:
    """Return how many answers were bought again because of kills, and the calls out at them."""
    with open_paid(logic="brisk", scale=SCALE, latency=LATENCY) as paid:
        paid.settings = settings() | {
            "FOOTNOTED_CALL_TIMEOUT_S": "60",
            "FOOTNOTED_LOG_LEVEL": "info",  # it is killed after it said that it is up
        }
        paid.must("add", str(library))
        out = set[int]()
        for _ in range(KILLS):
            if paid.run_and_kill_at_work(dice.uniform(*KILL_S), "run", "--drain") is not None:
                break
            out |= {row["id"] for row in paid.query(OUT)}
        paid.must("run", "--drain", timeout_s=DRAIN_LIMIT_S)
        assert out, "no death met a call"
        return repeats(paid.emulator.rows()), len(out)


def overshoot_naive(library: Path, cap_usd: float, *words: str, scale: float) -> float:
    """Return the same of the naive program."""
    with open_emulator("brisk", scale, latency=LATENCY) as emulator:
        naive(emulator, library, *words, "--cap-usd", f"{cap_usd:.6f}", scale=scale)
        time.sleep(30 / scale)  # calls that are out are made and billed all the same
        return float(emulator.totals()["billed_usd"]) / cap_usd - 1


def repeats_naive(library: Path, dice: random.Random, *words: str, scale: float) -> int:
    """Return the same of the naive program, which keeps the videos it has finished."""
    with (
        open_emulator("brisk", scale, latency=LATENCY) as emulator,
        tempfile.TemporaryDirectory() as kept,
    ):
        more = (*words, "--kept", kept)
        for _ in range(KILLS):
            command = naive_command(emulator, library, *more, scale=scale)
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                time.sleep(dice.uniform(3, 6))
                kill(process.pid)
        naive(emulator, library, *more, scale=scale)
        return repeats(emulator.rows())


def tell(way: str, over: float, again: int) -> None:
    """Print the cells of a way of working."""
    print(f"WAY {way} | {OVER} = {100 * over:+.1f} %")
    print(f"WAY {way} | {AGAIN} = {again}", flush=True)


def main() -> list[bool]:
    """Measure the three, and print the figures of ours."""
    dice = random.Random(SEED)
    sleeps = ("--sleep-s", "30", "--videos", str(FIXED_VIDEOS))
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        write_library(library, SMALL_VIDEOS, CREATORS, random.Random(SEED), CUES)
        cap_usd = cost_usd(library) / 2
        over = overshoot_ours(library, cap_usd)
        again, out = repeats_ours(library, dice)
        tell(OURS, over, again)
        verdicts = [
            report("W1.over", f"{100 * over:+.1f}", "percent", "<=0", holds=over <= 0),
            report(
                "W1.again",
                str(max(0, again - out)),
                "beyond_calls_out",
                "0",
                holds=again <= out,
                note=f"{again} bought again, {out} calls out at {KILLS} kills",
            ),
        ]
        few_cap_usd = cap_usd * FIXED_VIDEOS / SMALL_VIDEOS
        tell(
            FIXED,
            overshoot_naive(library, few_cap_usd, *sleeps, scale=FIXED_SCALE),
            repeats_naive(library, dice, *sleeps, scale=FIXED_SCALE),
        )
        tell(
            GATHER,
            overshoot_naive(library, cap_usd, "--gather", scale=SCALE),
            repeats_naive(library, dice, "--gather", scale=SCALE),
        )
    return verdicts


if __name__ == "__main__":
    finish(*main())
