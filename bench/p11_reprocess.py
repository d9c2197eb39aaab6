"""P11: a prompt is changed, and exactly the calls of its stage are bought, in under a minute.

Part one: VIDEOS recordings are drained through the emulator at true speed, the prompt of `extract`
gets a sentence more, `reprocess` puts back what is stale and a drain redoes it.

    P11.calls     calls bought / calls of that stage (its input is the same)      = 1.00
    P11.wall      seconds from `reprocess` to the end of the drain                < 60

Part two: the samples and REAL transcripts of ../shared/data, answered by the methods of the
built-in model; the forecast of the plan against what the plan's budget says it cost.

    P11.forecast  |forecast - spent| / spent                                      <= 0.15

    p11_reprocess.py [--videos 20] [--real 50]                            quiet: 3 min
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from d200_drain import chosen
from paid import LATENCY, Paid, open_paid
from stand import DATA, ROOT, finish, report
from talk import write_library

TIME_LIMIT_S = 900
SEED, CREATORS, CUES = 13, 4, (300, 340)
DRAIN_LIMIT_S = 400.0
STAGE = "extract"


def settings(user: Path) -> dict[str, str]:
    """Return the settings of a library whose prompts can be changed under `user`."""
    return {
        "FOOTNOTED_USER_DIR": str(user),
        "FOOTNOTED_CONCURRENCY_MODEL": "20",
        "FOOTNOTED_DAILY_COST_CAP_USD": "1000",
        "FOOTNOTED_LOG_LEVEL": "warning",
        "FOOTNOTED_DATABASE_POOL_SIZE": "20",
        "FOOTNOTED_DATABASE_MAX_OVERFLOW": "20",
    }


def drain(paid: Paid) -> None:
    """Work until nothing is due; a recording that the quality gate stops is no failure here."""
    paid.must("run", "--drain", codes=(0, 1), timeout_s=DRAIN_LIMIT_S)
    left = paid.value(
        "SELECT count(*) FROM videos WHERE status NOT IN ('indexed', 'failed', 'quarantined')"
    )
    assert left == 0, f"{left} videos are not done: {paid.last_words()}"


def edit(user: Path) -> None:
    """Put a sentence more into the prompt of the stage."""
    text = (ROOT / "prompts" / "techniques" / f"{STAGE}.md").read_text(encoding="utf-8")
    rules, divider, rest = text.partition("\n=== user ===\n")
    path = user / "prompts" / "techniques" / f"{STAGE}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{rules}\nPrefer fewer moments.{divider}{rest}", encoding="utf-8")


def redone(paid: Paid, user: Path) -> int:
    """Return how many calls redoing the changed stage bought: all of them its own."""
    edit(user)
    before = paid.value("SELECT COALESCE(max(id), 0) FROM llm_calls")
    paid.must("reprocess", "--yes")
    drain(paid)
    others = paid.value(
        "SELECT count(*) FROM llm_calls WHERE id > $1 AND stage <> $2", before, STAGE
    )
    assert others == 0, f"{others} calls of other stages were bought"
    return int(paid.value("SELECT count(*) FROM llm_calls WHERE id > $1", before))


def calls_and_wall(videos: int) -> list[bool]:
    """Redo a stage of `videos` recordings at true speed."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_paid(logic="brisk", scale=1.0, latency=LATENCY) as paid,
    ):
        user, library = paid.folder / "user", Path(folder) / "library"
        write_library(library, videos, CREATORS, random.Random(SEED), CUES)
        paid.settings = settings(user)
        paid.must("add", str(library))
        drain(paid)
        of_stage = paid.value(
            "SELECT count(*) FROM llm_calls WHERE stage = $1 AND state = 'answered'", STAGE
        )
        began_s = time.monotonic()
        bought = redone(paid, user)
        wall_s = time.monotonic() - began_s
        ratio = bought / of_stage
        note = f"{videos} videos, {of_stage} calls of {STAGE}, {bought} bought"
        return [
            report("P11.calls", f"{ratio:.3f}", "x_stale", "=1.00", holds=ratio == 1, note=note),
            report("P11.wall", f"{wall_s:.1f}", "s", "<60", holds=wall_s < 60, note=note),
        ]


def forecast(real: int) -> bool:
    """Hold the forecast of a plan over samples and real transcripts against its cost."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_paid(logic="extractive", scale=20.0, latency=LATENCY) as paid,
    ):
        user, files = paid.folder / "user", Path(folder)
        count = chosen(files, real)
        shutil.copytree(ROOT / "samples", files / "samples")
        paid.settings = settings(user)
        paid.must("add", str(files))
        drain(paid)
        redone(paid, user)
        (row,) = paid.query(
            """SELECT p.forecast, b.spent_usd FROM plans p
               JOIN budgets b ON b.scope = 'plan' AND b.key = p.id::text"""
        )
        told = Decimal(json.loads(row["forecast"])["p50_usd"])
        error = float(abs(told - row["spent_usd"]) / row["spent_usd"])
        spent = f"{told} forecast, {row['spent_usd']} spent"
        note = f"{count} real transcripts and the samples: {spent}"
        return report(
            "P11.forecast", f"{error:.3f}", "share", "<=0.15", holds=error <= 0.15, note=note
        )


def main() -> list[bool]:
    """Redo, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--videos", type=int, default=20)
    parser.add_argument("--real", type=int, default=50)
    asked = parser.parse_args()
    verdicts = calls_and_wall(asked.videos)
    if not DATA.is_dir():
        print("P11.forecast - - - SKIP (no ../shared/data)")
        return verdicts
    return [*verdicts, forecast(asked.real)]


if __name__ == "__main__":
    finish(*main())
