"""Figure R2 on the paid path: killed at each commit point of each stage that asks, with real calls.

The sibling of r2_crash_points.py: the same points, but the calls go through the SDK to the emulated
provider, whose books say what was bought. A case drains two recordings and dies at the second time
its stage comes to its point; a second process finishes. What stands there is what an undisturbed
drain makes; no answer that was journaled is bought again; nothing is bought again but calls that
were out at the death.

    r2_paid_crash_points.py [--only STAGE]                                quiet: 3 min
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import shutil
import tempfile
import time
from pathlib import Path

from paid import LATENCY, Paid, open_paid
from r1_kills import SETTINGS, books, told_wrongly
from stand import ROOT, finish, report

from tests.acceptance.crash_worker import KILLED
from tests.acceptance.stored_content import content_of

TIME_LIMIT_S = 1_200
SAMPLES = ("low-ceiling-02-vocal-chain.en.srt", "low-ceiling-04-your-questions.en.vtt")
STAGES = ("segment", "extract", "classify", "compose")
POINTS = ("before_reserve", "before_send", "after_answer", "before_save", "after_save")
COMPARED = ("videos", "topics", "moments", "groups", "pages", "claims", "documents", "outbox")
SCALE = 60
CASE_LIMIT_S = 60.0
"""Real seconds for one drain: ten times what it takes when all is quiet."""


def library(folder: str) -> str:
    """Return a folder with the samples."""
    for name in (*SAMPLES, "metadata.csv"):
        shutil.copy(ROOT / "samples" / name, Path(folder) / name)
    return folder


def content(paid: Paid) -> dict[str, list[str]]:
    """Return what the database holds, less what tells of the way there."""
    found = asyncio.run(content_of(paid.server.url))
    return {name: found[name] for name in COMPARED}


def wrong_of(paid: Paid, stage: str, point: str, wanted: dict[str, list[str]]) -> str:
    """Return what is wrong after a death at a point; an empty text when nothing is."""
    nth = 1 if stage == "compose" else 2
    paid.begin_again()
    code = paid.run("run", "--drain", dies=[stage, point, nth], timeout_s=CASE_LIMIT_S)
    if code != KILLED:
        return f"did not die but ended with {code}: {paid.last_words()[-300:]}"
    out = paid.value("SELECT count(*) FROM llm_calls WHERE state = 'sent'")
    code = paid.run("run", "--drain", timeout_s=CASE_LIMIT_S)
    found, told, wrong = content(paid), books(paid), told_wrongly(paid)
    differs = [name for name in COMPARED if found[name] != wanted[name]]
    if code or differs or wrong or told["twice"] or told["repeats"] > out:
        return f"exit {code}, differs {differs}, events {wrong}, out {out}, {told}"
    return ""


def main() -> bool:
    """Die everywhere, and print the figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=STAGES)
    only = parser.parse_args().only
    cases = list(itertools.product([only] if only else STAGES, POINTS))
    passed = 0
    with (
        tempfile.TemporaryDirectory() as made,
        open_paid(logic="extractive", scale=SCALE, latency=LATENCY) as paid,
    ):
        paid.settings = SETTINGS
        paid.must("add", library(made))
        paid.keep()
        paid.must("run", "--drain", timeout_s=CASE_LIMIT_S)
        wanted = content(paid)
        assert wanted["claims"], "nothing was published: there is nothing to lose"
        for stage, point in cases:
            started_s = time.monotonic()
            wrong = wrong_of(paid, stage, point, wanted)
            passed += not wrong
            took_s = time.monotonic() - started_s
            print(f"# {stage}-{point}: {took_s:.0f} s {wrong}", flush=True)
    goal = str(len(cases))
    return report("R2.paid", str(passed), "points_x_stages", goal, holds=passed == len(cases))


if __name__ == "__main__":
    finish(main())
