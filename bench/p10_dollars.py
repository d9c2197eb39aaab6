"""P10: dollars by the provider's books ÷ the least that the same mix of calls can cost.

The program drains VIDEOS half-hour recordings live, and in batches, whose cache is hit six times in
ten and nearly always: which it is, only the provider knows. The bound takes what calls share
(schema and rules of a question) once at the price of input and then as cache reads, all else at the
price of input, and the output; batches cost half. Whole prompts are kept meanwhile, so that the
bench sees itself what calls share. Beside it what the same questions cost in the naive order, by
their own prompts: no cache, a line of the prompt per cue, nothing in batches. Times run SCALES
times as fast; money does not depend on time but for the five minutes of a cache entry.

    p10_dollars.py [--videos 40]                                          quiet: 5 min
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bounds import cost_bound_usd
from p1_p2_backlog import CALLS, CUES, calls_of, settings
from paid import LATENCY, Paid, open_paid
from stand import finish, report
from talk import write_library

from tests.emulator.tokens import BYTES_PER_TOKEN

if TYPE_CHECKING:
    from bounds import Call

TIME_LIMIT_S = 900
SEED, CREATORS = 12, 4
PRICES = {"input": 0.10e-6, "read": 0.01e-6, "output": 0.50e-6}
"""Of claude-haiku-5-5 for prompts up to 100,000 tokens, USD per token."""
SCALES = {"live": 10.0, "batch": 100.0}
"""A batch takes ten minutes, and there is one for each stage that asks."""
BETAS = {"live": 1.0, "batch": 0.5}
WAYS = {"live": ("live", 1.0), "batch": ("batch", 0.6), "batch_98": ("batch", 0.98)}
"""Mode of working, and how often the cache of a batch is hit: the provider promises 30 to 98 %."""
DRAIN_LIMIT_S = 400.0
PROMPT_TOKENS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_creation_5m_tokens",
    "cache_creation_1h_tokens",
)
BLOCK = re.compile(r"^\[(\d+)-(\d+)\] (?:\([\d:]+-[\d:]+\) )?", re.MULTILINE)
"""What stands before the text of a run of cues: a line for each would repeat it."""


@dataclass(frozen=True)
class Drained:
    """What a drain cost, what it would have cost naively, and its calls."""

    usd: float
    naive_usd: float
    calls: list[Call]


def drained(library: Path, mode: str, hits: float) -> Drained:
    """Return what came of a drain."""
    batches = {"cache_hit_probability": hits}
    with open_paid(logic="brisk", scale=SCALES[mode], latency=LATENCY, batches=batches) as paid:
        paid.settings = settings() | {
            "FOOTNOTED_LLM_MODE": mode,
            "FOOTNOTED_DRAIN_WAIT_S": "86400",
        }
        paid.must("capture", "on")
        paid.must("add", str(library))
        paid.must("run", "--drain", timeout_s=DRAIN_LIMIT_S)
        left = paid.value("SELECT count(*) FROM videos WHERE status <> 'indexed'")
        assert left == 0, f"{left} videos are not done: {paid.last_words()}"
        calls = calls_of(paid)
        assert all(call.prefix_tokens > 0 for call in calls), "a prompt was not kept"
        return Drained(float(paid.emulator.totals()["billed_usd"]), naive_usd(paid), calls)


def naive_usd(paid: Paid) -> float:
    """Return what the same questions cost without a cache and with a line for each cue."""
    usd = 0.0
    for row in paid.query(CALLS):
        used = json.loads(row["usage"])
        prompt = sum(used.get(name, 0) for name in PROMPT_TOKENS)
        more = sum(
            (int(line[2]) - int(line[1])) * len(line[0])
            for line in BLOCK.finditer(row["prompt_text"])
        )
        usd += (prompt + more / BYTES_PER_TOKEN) * PRICES["input"]
        usd += used["output_tokens"] * PRICES["output"]
    return usd


def main() -> list[bool]:
    """Drain, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--videos", type=int, default=int(os.environ.get("P10_VIDEOS", "40")))
    asked = parser.parse_args()
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        write_library(library, asked.videos, CREATORS, random.Random(SEED), CUES)
        for name, (mode, hits) in WAYS.items():
            told = drained(library, mode, hits)
            bound = cost_bound_usd(told.calls, PRICES, BETAS[mode])
            assert bound > 0
            ratio = told.usd / bound
            naive = f"naive order live {told.naive_usd:.5f} = {told.naive_usd / bound:.2f} x"
            count = f"{asked.videos} videos, {len(told.calls)} calls"
            note = f"{count}, {told.usd:.5f} USD, bound {bound:.5f}, {naive}"
            verdicts.append(
                report(
                    f"P10.{name}", f"{ratio:.3f}", "x_bound", "<=1.05", holds=ratio <= 1.05,
                    note=note,
                )
            )  # fmt: skip
    return verdicts


if __name__ == "__main__":
    finish(*main())
