"""Figure R2 on the paid path: killed at each commit point of each stage that asks, with real calls.

The sibling of r2_crash_points.py: the same points, but the calls go through the SDK to the emulated
provider, whose books say what was bought. A case drains two recordings and dies at the second time
its stage comes to its point; a second process finishes. What stands there is what an undisturbed
drain makes; no answer that was journaled is bought again; nothing is bought again but calls that
were out at the death.

    r2_paid_crash_points.py [--only STAGE]                                quiet: 4 min
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import shutil
import tempfile
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


def library(folder: str) -> str:
    """Return a folder with the samples."""
    for name in (*SAMPLES, "metadata.csv"):
        shutil.copy(ROOT / "samples" / name, Path(folder) / name)
    return folder


def start(paid: Paid, folder: str) -> None:
    """Add the samples to a fresh library."""
    paid.settings = SETTINGS
    paid.must("add", folder)


def content(paid: Paid) -> dict[str, list[str]]:
    """Return what the database holds, less what tells of the way there."""
    found = asyncio.run(content_of(paid.server.url))
    return {name: found[name] for name in COMPARED}


def undisturbed(folder: str) -> dict[str, list[str]]:
    """Return what a drain makes that nothing disturbs."""
    with open_paid(logic="extractive", scale=SCALE, latency=LATENCY) as paid:
        start(paid, folder)
        paid.must("run", "--drain")
        made = content(paid)
    assert made["claims"], "nothing was published: there is nothing to lose"
    return made


def wrong_of(folder: str, stage: str, point: str, wanted: dict[str, list[str]]) -> str:
    """Return what is wrong after a death at a point; an empty text when nothing is."""
    nth = 1 if stage == "compose" else 2
    with open_paid(logic="extractive", scale=SCALE, latency=LATENCY) as paid:
        start(paid, folder)
        code = paid.run("run", "--drain", dies=[stage, point, nth])
        if code != KILLED:
            return f"did not die but ended with {code}: {paid.last_words()[-300:]}"
        out = paid.value("SELECT count(*) FROM llm_calls WHERE state = 'sent'")
        code = paid.run("run", "--drain")
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
    with tempfile.TemporaryDirectory() as made:
        folder = library(made)
        wanted = undisturbed(folder)
        for stage, point in cases:
            wrong = wrong_of(folder, stage, point, wanted)
            passed += not wrong
            if wrong:
                print(f"# {stage}-{point}: {wrong}", flush=True)
    goal = str(len(cases))
    return report("R2.paid", str(passed), "points_x_stages", goal, holds=passed == len(cases))


if __name__ == "__main__":
    finish(main())
