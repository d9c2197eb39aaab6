"""P10: dollars by the provider's books ÷ the least that the same mix of calls can cost.

The program drains VIDEOS half-hour recordings live, and once more in batches. The bound takes each
stage's shared prefix (schema and rules) once at the price of input and then as cache reads, all
else at the price of input, and the output; batches cost half. Beside it the naive order of the same
questions: no cache, a line of the prompt per cue, nothing in batches. Times run SCALE times as
fast; money does not depend on time but for the five minutes of a cache entry.

    p10_dollars.py [--videos 40]                                          quiet: 3 min
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bounds import cost_bound_usd
from p1_p2_backlog import CUES, calls_of, naive, settings
from paid import LATENCY, Paid, open_emulator, open_paid
from stand import finish, report
from talk import write_library

from footnoted.llm.anthropic_requests import schema_of
from footnoted.llm.tasks import ClassifyAnswer, ExtractAnswer, SegmentAnswer, SynthesizeAnswer
from footnoted.prompting import read_prompt
from footnoted.settings import Settings, bundled_dir
from footnoted.stages.taxonomy import read_taxonomy, render_taxonomy
from tests.emulator.tokens import FORMAT_OVERHEAD, block_tokens, text_tokens

if TYPE_CHECKING:
    from bounds import Call

TIME_LIMIT_S = 900
SEED, SCALE, CREATORS = 12, 10.0, 4
PRICES = {"input": 0.10e-6, "read": 0.01e-6, "output": 0.50e-6}
"""Of claude-haiku-5-5 for prompts up to 100,000 tokens, USD per token."""
BATCH_FACTOR = 0.5
ANSWERS = {
    "segment": SegmentAnswer,
    "extract": ExtractAnswer,
    "classify": ClassifyAnswer,
    "compose": SynthesizeAnswer,
}


def prefixes() -> dict[str, int]:
    """Return how many tokens the calls of each stage share, as the provider counts them."""
    roots = [bundled_dir("prompts")]
    taxonomy = {"taxonomy": render_taxonomy(read_taxonomy(roots, "techniques"))}
    found = {}
    for stage, answer in ANSWERS.items():
        prompt = read_prompt(roots, "techniques", stage)
        nothing = dict.fromkeys(
            ("language", "chapters", "transcript", "topic", "content_types", "moments",
             "creator", "category"), "",
        )  # fmt: skip
        system = prompt.render(nothing, taxonomy).system
        found[stage] = block_tokens(schema_of(answer)) + FORMAT_OVERHEAD + text_tokens(system)
    return found


def drained(library: Path, mode: dict[str, str]) -> tuple[float, list[Call], Paid]:
    """Return what a drain cost, and its calls."""
    with open_paid(logic="brisk", scale=SCALE, latency=LATENCY) as paid:
        paid.settings = settings() | mode
        paid.must("add", str(library))
        paid.must("run", "--drain")
        left = paid.value("SELECT count(*) FROM videos WHERE status <> 'indexed'")
        assert left == 0, f"{left} videos are not done: {paid.last_words()}"
        return float(paid.emulator.totals()["billed_usd"]), calls_of(paid), paid


def naive_usd(library: Path) -> float:
    """Return what the naive order costs."""
    with open_emulator("brisk", SCALE, latency=LATENCY) as emulator:
        naive(emulator, library, "--gather", "--line-per-cue", scale=SCALE)
        return float(emulator.totals()["billed_usd"])


def main() -> list[bool]:
    """Drain, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--videos", type=int, default=int(os.environ.get("P10_VIDEOS", "40")))
    asked = parser.parse_args()
    shared, verdicts = prefixes(), []
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        write_library(library, asked.videos, CREATORS, random.Random(SEED), CUES)
        modes = {"live": ({}, 1.0)}
        if "llm_mode" in Settings.model_fields:
            modes = {
                "live": ({"FOOTNOTED_LLM_MODE": "live"}, 1.0),
                "batch": ({"FOOTNOTED_LLM_MODE": "batch"}, BATCH_FACTOR),
            }
        for name, (mode, beta) in modes.items():
            usd, calls, _ = drained(library, mode)
            bound = cost_bound_usd(calls, shared, PRICES, beta)
            assert bound > 0
            ratio = usd / bound
            note = f"{len(calls)} calls, {usd:.5f} USD, bound {bound:.5f}"
            if name == "live":
                other = naive_usd(library)
                note += f", naive order {other:.5f} = {other / bound:.2f} x"
            verdicts.append(
                report(
                    f"P10.{name}", f"{ratio:.3f}", "x_bound", "<=1.05", holds=ratio <= 1.05,
                    note=note,
                )
            )  # fmt: skip
    return verdicts


if __name__ == "__main__":
    finish(*main())
