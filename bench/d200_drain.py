"""The issue's last sentence: 200 real recordings drained while the provider does its worst.

The installed program takes 200 files of ../shared/data/captions-*, the emulator answers with the
methods of the built-in model, and every kind of trouble strikes at a small rate with a fixed seed:
bursts of 429, 529, resets before and after an answer was made and billed, streams cut off, answers
off their schema, refusals, truncation. Asserted afterwards:

    every video is indexed, or stopped with a reason that is about its own file
    the journal's answers cost what the emulator billed for the answers that came, to the last digit
    what was billed and never came is in the journal as unknown, and its money is held
    no answer that was journaled is bought again

    d200_drain.py [--videos 200] [--scale 10]                            quiet: 4 min
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from paid import LATENCY, Paid, open_paid
from r1_kills import MESSAGE
from stand import DATA, finish, report

TIME_LIMIT_S = 1_500
SUFFIXES = {".vtt", ".srt", ".json", ".json3", ".ttml", ".srv3", ".xml", ".sbv", ".txt", ".ytt"}
OWN_FAULTS = ("transcript_", "quality_")
"""Failure codes about a file, whatever the provider does."""
REFUSED_CODES = {"model_refused"}
"""A refusal is the model's answer to this content: recorded, and no fault of the provider."""
TROUBLE: list[dict[str, Any]] = [
    {"kind": "status", "status": 429, "retry_after_s": 2, "probability": 0.02},
    {"kind": "status", "status": 529, "probability": 0.02},
    {"kind": "status", "status": 500, "probability": 0.01},
    {"kind": "reset_before", "probability": 0.01},
    {"kind": "reset_after", "probability": 0.01},
    {"kind": "status_after", "status": 504, "probability": 0.005},
    {"kind": "html_502", "probability": 0.005},
    {"kind": "stream_cut", "probability": 0.01},
    {"kind": "stream_error", "probability": 0.01},
    {"kind": "slow_drip", "probability": 0.005},
    {"kind": "schema_violation", "probability": 0.003},
    {"kind": "refusal", "probability": 0.002},
    {"kind": "wrong_case_enum", "probability": 0.01},
    {"kind": "extra_fields", "probability": 0.01},
]
TRUNCATED = {
    "match": {"prompt_contains": "Find the key moments"},
    "nth": [5, 50, 150, 250],
    "answers": [{"text": '{"moments": [', "output_tokens": 60_000}],
}
"""Answers that are far too long, and so are cut."""
LOST = {"reset_after", "status_after", "stream_cut", "stream_error"}
"""Faults after which an answer was made, and did not come whole."""


JOURNALED = """SELECT body, item_kind, item_id, stage, label, generation, unusable_code,
  left(request_sha256, 8) AS hash FROM llm_calls WHERE state = 'answered'"""


def chosen(folder: Path, count: int) -> int:
    """Copy `count` transcripts of the shared data to a folder; return how many there were."""
    paths = [
        path
        for path in sorted(DATA.glob("captions-*/**/*"))
        if path.is_file() and path.suffix in SUFFIXES
    ][:count]
    for number, path in enumerate(paths):
        shutil.copy(path, folder / f"{number:03}-{path.name}")
    return len(paths)


def drain(paid: Paid) -> int:
    """Drain until nothing waits any more; return how many drains that took."""
    for attempt in range(1, 6):
        paid.must("run", "--drain", codes=(0, 1))
        if not paid.value("SELECT count(*) FROM videos WHERE wait_reason IS NOT NULL"):
            return attempt
    return attempt


def unexplained(paid: Paid) -> list[str]:
    """Return the videos in a state that a person can't explain by their own file."""
    rows = paid.query(
        "SELECT id, status, failure_code, wait_reason FROM videos WHERE status <> 'indexed'"
    )
    return [
        f"{row['id']} {row['status']} {row['failure_code']} {row['wait_reason']}"
        for row in rows
        if row["status"] not in {"failed", "quarantined"}
        or not (row["failure_code"] or "").startswith((*OWN_FAULTS, *REFUSED_CODES))
    ]


def books(paid: Paid) -> dict[str, Any]:
    """Return what the two books say of each other."""
    rows = paid.emulator.rows()
    lost = [row for row in rows if row["fault"] in LOST]
    came = [row for row in rows if row["fault"] not in LOST]
    bought = Counter(row["prompt_hash"] for row in came if Decimal(row["billed_usd"]) > 0)
    held = paid.value(
        """SELECT COALESCE(sum(h.amount_usd), 0) FROM budget_holds h JOIN llm_calls c
           ON c.id = h.call_id WHERE h.scope = 'month' AND c.state = 'unknown'"""
    )
    reserved = paid.value(
        "SELECT COALESCE(sum(reserved_usd), 0) FROM llm_calls WHERE state = 'unknown'"
    )
    return {
        "calls": len(rows),
        "lost": sum(1 for row in lost if Decimal(row["billed_usd"]) > 0),
        "lost_usd": sum((Decimal(row["billed_usd"]) for row in lost), Decimal(0)),
        "came_usd": sum((Decimal(row["billed_usd"]) for row in came), Decimal(0)),
        "journal_usd": paid.journaled_usd(),
        "unknown": paid.value("SELECT count(*) FROM llm_calls WHERE state = 'unknown'"),
        "held_usd": held,
        "reserved_usd": reserved,
        "again": sum(bought.values()) - len(bought),
        "open": paid.value("SELECT count(*) FROM llm_calls WHERE state IN ('sent', 'reserved')"),
    }


def bought_again(paid: Paid) -> list[str]:
    """Return the answers that came for a prompt asked more than once, as the journal has them."""
    journal = {
        found[1]: dict(row)
        for row in paid.query(JOURNALED)
        if (found := MESSAGE.search(row["body"] or ""))
    }
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for row in paid.emulator.rows():
        if row["fault"] not in LOST and Decimal(row["billed_usd"]) > 0:
            entry = journal.get(row["call_id"], {})
            told = " ".join(str(value) for name, value in entry.items() if name != "body")
            asked[row["prompt_hash"]].append(f"{row['fault']}: {told}")
    return [" | ".join(rows) for rows in asked.values() if len(rows) > 1]


def main() -> list[bool]:
    """Drain, and hold both books against each other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--scale", type=float, default=10)
    asked = parser.parse_args()
    if not DATA.is_dir():
        print("D200 - - - SKIP (no ../shared/data)")
        return []
    with (
        tempfile.TemporaryDirectory() as folder,
        open_paid(
            logic="extractive", scale=asked.scale, latency=LATENCY, answers=[TRUNCATED]
        ) as paid,
    ):
        files = chosen(Path(folder), asked.videos)
        paid.settings = {
            "FOOTNOTED_CONCURRENCY_MODEL": "16",
            "FOOTNOTED_DAILY_COST_CAP_USD": "1000",
            "FOOTNOTED_CALL_TIMEOUT_S": "120",
            "FOOTNOTED_LEASE_S": "600",
            "FOOTNOTED_BACKOFF_BASE_S": "5",
            "FOOTNOTED_DRAIN_WAIT_S": "1800",
        }
        paid.emulator.break_with(*TROUBLE)
        paid.must("add", folder, codes=(0, 1))
        drains = drain(paid)
        struck = paid.emulator.struck()
        told = books(paid)
        odd, again = unexplained(paid), bought_again(paid)
        statuses = dict(map(tuple, paid.query("SELECT status, count(*) FROM videos GROUP BY 1")))
        before = paid.emulator.totals()["calls"]
        paid.must("run", "--drain", codes=(0, 1))
        after = paid.emulator.totals()["calls"]
        codes = paid.query("SELECT failure_code, count(*) FROM videos GROUP BY 1 ORDER BY 1")
    print(f"# {files} files, {drains} drains, {statuses}, {told}")
    names = [f"{rule['kind']} {rule.get('status', '')}".strip() for rule in TROUBLE]
    print("# struck", dict(zip(names, struck, strict=True)))
    print("# failure codes", {row[0]: row[1] for row in codes if row[0]})
    for line in [*odd, *again]:
        print("#", line)
    assert told["lost"] > 5, "too little trouble to prove anything"
    assert sum(struck) > 50
    gap = told["journal_usd"] - told["came_usd"]
    return [
        report("D200.unexplained", str(len(odd)), "videos", "0", holds=not odd),
        report("D200.books", f"{gap}", "usd_apart", "0", holds=gap == 0),
        report(
            "D200.lost",
            f"{told['unknown']}/{told['lost']}",
            "unknown/lost",
            ">=1",
            holds=told["unknown"] >= told["lost"]
            and told["held_usd"] == told["reserved_usd"] >= told["lost_usd"],
            note=f"held {told['held_usd']} billed {told['lost_usd']}",
        ),
        report("D200.again", str(told["again"]), "answers_bought_twice", "0",
               holds=told["again"] == 0),
        report("D200.idle", str(after - before), "calls_of_a_second_drain", "0",
               holds=after == before),
    ]  # fmt: skip


if __name__ == "__main__":
    finish(*main())
