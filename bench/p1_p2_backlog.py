"""P1, P2: a backlog of half-hour recordings drained against the emulated provider at its limits.

Start-tier limits (1,000 requests, 2 M input and 400 k output tokens a minute), a small model's
latency, answers of the usual length; limits, latencies and sleeps run SCALE times as fast. The
makespan is from the first call that is accepted to the last that is answered, the bound that of the
calls in the journal. In the same run the naive gather takes the same backlog at the same scale, the
fixed sleep its first FIXED_VIDEOS at FIXED_SCALE (one after the other, its limits never matter, so
its time is proportional to the videos). What they do under a cap and when killed is w1_ways.py's.

    p1_p2_backlog.py [--videos 200] [--scale 1] [--no-peers]         quiet: 15 min, 6 without peers
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bounds import Call, Limits, latency_s, time_bounds
from paid import LATENCY, Paid, open_emulator, open_paid
from stand import ROOT, finish, report
from talk import write_library

from footnoted.llm.limits.tickets import Bounds
from tests.emulator.tokens import MESSAGE_OVERHEAD, text_tokens

if TYPE_CHECKING:
    from tests.emulator.running import Emulator

TIME_LIMIT_S = 2_400
SEED, CUES, CREATORS = 11, (300, 340), 20
FIXED_VIDEOS, FIXED_SCALE = 6, 20
OURS, FIXED, GATHER = (
    "footnoted",
    "fixed 30 s sleep, one call at a time",
    "naive gather, SDK retries",
)
LIMITS = Limits(concurrent=Bounds().max_concurrent)
CALLS = """SELECT item_kind || ' ' || item_id AS item, stage, usage, prompt_sha256, prompt_text
  FROM llm_calls WHERE state = 'answered'"""
BETWEEN = "\n\n=== user ===\n\n"
"""Stands between the two parts of a prompt that was kept."""


@dataclass(frozen=True)
class Drained:
    """How one way of working through the backlog went."""

    makespan_s: float
    bound_s: float
    per_1000: float
    usd: float
    calls: int


def settings(concurrent: int = LIMITS.concurrent) -> dict[str, str]:
    """Return the settings of a library that has nothing to do but its backlog."""
    return {
        "FOOTNOTED_CONCURRENCY_MODEL": str(concurrent),
        "FOOTNOTED_DAILY_COST_CAP_USD": "1000",
        "FOOTNOTED_CALL_TIMEOUT_S": "120",
        "FOOTNOTED_LOG_LEVEL": "warning",
        "FOOTNOTED_LEASE_S": "600",
        "FOOTNOTED_DATABASE_POOL_SIZE": "20",
        "FOOTNOTED_DATABASE_MAX_OVERFLOW": "20",
    }


def calls_of(paid: Paid) -> list[Call]:
    """Return the answered calls as the journal has them; prefixes are known of kept prompts."""
    calls = []
    for row in paid.query(CALLS):
        used = json.loads(row["usage"])
        read, output = used.get("cache_read_tokens", 0), used["output_tokens"]
        written = used.get("cache_creation_5m_tokens", 0)
        uncached = used["input_tokens"] + written + used.get("cache_creation_1h_tokens", 0)
        took_s = latency_s(LATENCY, uncached, read, output)
        system, _, user = (row["prompt_text"] or "").partition(BETWEEN)
        shared = uncached + read - text_tokens(user) - MESSAGE_OVERHEAD if user else 0
        prefix = f"{row['prompt_sha256']} {system}"
        one = Call(row["item"], row["stage"], uncached, read, output, took_s, prefix, shared)
        calls.append(one)
    return calls


def makespan_s(rows: list[dict[str, Any]]) -> float:
    """Return how long the provider was at it, in emulated seconds."""
    return max(row["settled_s"] for row in rows) - min(row["accepted_s"] for row in rows)


def refusals(emulator: Emulator) -> int:
    """Return how many calls were refused with 429."""
    refused: dict[str, int] = emulator.totals()["refused"]
    return sum(count for code, count in refused.items() if code.startswith("429"))


def repeats(rows: list[dict[str, Any]]) -> int:
    """Return how many purchases were of an answer bought before."""
    bought = Counter(row["prompt_hash"] for row in rows if float(row["billed_usd"]) > 0)
    return sum(bought.values()) - len(bought)


def ours(library: Path, videos: int, scale: float) -> tuple[Drained, dict[str, float], str]:
    """Return how footnoted drains the backlog, the bounds, and what became of the videos."""
    with open_paid(logic="brisk", scale=scale, latency=LATENCY) as paid:
        paid.settings = settings()
        paid.must("add", str(library))
        paid.must("run", "--drain")
        statuses = dict(map(tuple, paid.query("SELECT status, count(*) FROM videos GROUP BY 1")))
        assert statuses == {"indexed": videos}, statuses
        rows, calls = paid.emulator.rows(), calls_of(paid)
        assert len(rows) == len(calls), (len(rows), len(calls))
        assert repeats(rows) == 0
        billed = sum(float(row["billed_usd"]) for row in rows)
        assert abs(float(paid.journaled_usd()) - billed) < 1e-9
        bounds = time_bounds(calls, LIMITS)
        refused = refusals(paid.emulator)
        per_1000 = 1000 * refused / len(rows)
        drained = Drained(makespan_s(rows), max(bounds.values()), per_1000, billed, len(rows))
        return drained, bounds, profile(rows)


def profile(rows: list[dict[str, Any]]) -> str:
    """Return how much was made in each tenth of the time: where a bound is missed."""
    start, whole = min(row["accepted_s"] for row in rows), makespan_s(rows)
    made = [0.0] * 10
    for row in rows:
        tenth = min(9, int(10 * (row["settled_s"] - start) / whole))
        made[tenth] += row["tokens"]["output"] / (whole / 10) * 60 / 1000
    return " ".join(f"{k:.0f}" for k in made)


def naive(emulator: Emulator, library: Path, *words: str, scale: float) -> dict[str, Any]:
    """Return what the naive program told when it had ended."""
    ended = subprocess.run(
        naive_command(emulator, library, *words, scale=scale),
        check=True,
        capture_output=True,
        text=True,
        timeout=900,
    )
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return told


def naive_command(emulator: Emulator, library: Path, *words: str, scale: float) -> list[str]:
    """Return the command of the naive program."""
    script = str(ROOT / "bench" / "naive.py")
    address = emulator.base_url
    return [sys.executable, script, address, str(library), "--scale", str(scale), *words]


def peer(
    library: Path, *words: str, scale: float, bound_s: float
) -> tuple[Drained, dict[str, Any]]:
    """Return how the naive program drains the backlog."""
    with open_emulator("brisk", scale, latency=LATENCY) as emulator:
        told = naive(emulator, library, *words, scale=scale)
        rows = emulator.rows()
        usd = sum(float(row["billed_usd"]) for row in rows)
        per_1000 = 1000 * refusals(emulator) / len(rows)
        return Drained(makespan_s(rows), bound_s, per_1000, usd, len(rows)), told


def tell(way: str, drained: Drained, videos: int) -> None:
    """Print the cells of a way of working."""
    cells = {
        "makespan / bound": f"{drained.makespan_s / drained.bound_s:.2f}",
        "429 per 1,000 calls": f"{drained.per_1000:.1f}",
        "USD per 100 videos": f"{100 * drained.usd / videos:.4f}",
    }
    for name, cell in cells.items():
        print(f"WAY {way} | {name} = {cell}", flush=True)


def compare(library: Path, mine: Drained, asked: argparse.Namespace) -> None:
    """Print what the two others make of the same backlog."""
    bound_s = mine.bound_s * FIXED_VIDEOS / asked.videos
    words = ("--sleep-s", "30", "--videos", str(FIXED_VIDEOS))
    fixed, _ = peer(library, *words, scale=FIXED_SCALE, bound_s=bound_s)
    tell(FIXED, fixed, FIXED_VIDEOS)
    gather, told = peer(library, "--gather", scale=asked.scale, bound_s=mine.bound_s)
    print(f"# naive gather: {told}")
    tell(GATHER, gather, asked.videos)


def main() -> list[bool]:
    """Measure, and print the figures before what the others do."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--videos", type=int, default=int(os.environ.get("P1_VIDEOS", "200")))
    parser.add_argument("--scale", type=float, default=float(os.environ.get("P1_SCALE", "1")))
    parser.add_argument("--no-peers", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "all"
        write_library(library, asked.videos, CREATORS, random.Random(SEED), CUES)
        mine, bounds, made = ours(library, asked.videos, asked.scale)
        print("# bounds", " ".join(f"{name} {s:.0f} s" for name, s in bounds.items()))
        print(f"# output of each tenth of the time, k tokens a minute: {made}")
        ratio = mine.makespan_s / mine.bound_s
        note = (
            f"{mine.calls} calls, {mine.makespan_s:.0f} s, bound {mine.bound_s:.0f} s"
            f" ({max(bounds, key=bounds.__getitem__)}), time scale {asked.scale:g}"
        )
        verdicts = [
            report("P1", f"{ratio:.2f}", "x_bound", "<=1.10", holds=ratio <= 1.10, note=note),
            report("P2", f"{mine.per_1000:.2f}", "429_per_1000", "<=1", holds=mine.per_1000 <= 1),
        ]
        tell(OURS, mine, asked.videos)
        if not asked.no_peers:
            compare(library, mine, asked)
    return verdicts


if __name__ == "__main__":
    finish(*main())
