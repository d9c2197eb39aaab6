"""R7: everything a provider can do wrong, one thing after the other, on one library each.

The installed program drains a small library per fault while that fault strikes one call in five.
Every video has to end indexed: a provider's trouble is waited out, never a failure, and burns no
attempt; but the one that the model refuses ends saying so. Then the great ones: a 429 that asks for
two hours, with kills in between, a spend limit, a lack of credit and a storm of 529. While they
last the provider is asked at most once a window, and all is done afterwards. Time runs SCALE times
as fast, for the great ones GREAT_SCALE times.

    r7_faults.py [--only NAME,...]                                        quiet: 6 min
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paid import LATENCY, Paid, kill, open_paid
from stand import finish, report
from talk import write_library

TIME_LIMIT_S = 1_200
SEED, VIDEOS, SCALE = 13, 6, 60
GREAT_SCALE = 360
SMALL_LIMIT_S, GREAT_LIMIT_S = 60.0, 90.0
"""Real seconds within which a drain has to end: ten times what it takes when all is quiet."""
SETTINGS = {
    "FOOTNOTED_CONCURRENCY_MODEL": "8",
    "FOOTNOTED_DAILY_COST_CAP_USD": "1000",
    "FOOTNOTED_CALL_TIMEOUT_S": "120",
    "FOOTNOTED_LEASE_S": "3600",
    "FOOTNOTED_DRAIN_WAIT_S": "86400",
}
FAULTS: dict[str, dict[str, Any]] = {
    "429": {"kind": "status", "status": 429, "retry_after_s": 3},
    "429_ramp": {
        "kind": "status",
        "status": 429,
        "error_code": "ramp_limit_exceeded",
        "retry_after_s": 3,
    },
    "529": {"kind": "status", "status": 529},
    "500": {"kind": "status", "status": 500},
    "503": {"kind": "status", "status": 503},
    "504_after": {"kind": "status_after", "status": 504},
    "reset_before": {"kind": "reset_before"},
    "reset_after": {"kind": "reset_after"},
    "html_502": {"kind": "html_502"},
    "stream_cut": {"kind": "stream_cut"},
    "stream_error": {"kind": "stream_error"},
    "stream_early_end": {"kind": "stream_early_end"},
    "slow_drip": {"kind": "slow_drip"},
    "wrong_case_enum": {"kind": "wrong_case_enum"},
    "extra_fields": {"kind": "extra_fields"},
}
STRUCK = tuple(range(1, 500, 5))
"""Which of the calls that a fault can strike it does: one in five, and the first."""
TRUNCATED = {
    "match": {"prompt_contains": "Find the key moments"},
    "nth": [2, 5, 9],
    "answers": [{"text": '{"moments": [', "output_tokens": 60_000}],
}
OFF_SCHEMA = {
    "match": {"prompt_contains": "Divide the transcript into topics"},
    "nth": [2, 4],
    "answers": [{"text": '{"topics": [{"title": 3}]}'}],
}
MALFORMED = {
    "match": {"prompt_contains": "Divide the transcript into topics"},
    "nth": [1, 3],
    "answers": [{"text": '{"topics": [{"first_cue": 0, "last'}],
}
"""Calls are streamed, so a body can't be malformed as a whole; what it spells can."""
CONTENT = {"truncated": TRUNCATED, "off_schema": OFF_SCHEMA, "malformed_json": MALFORMED}
REFUSAL = {"refusal": {"kind": "refusal", "nth": [3]}}
"""Last: it is the model's answer to this content, and the one video it hits ends saying so."""


@dataclass(frozen=True)
class Great:
    """Trouble that lasts. `windows_s` are the pauses between two probes; the last one repeats."""

    begins: dict[str, Any]
    windows_s: tuple[float, ...]
    watched_s: float
    faults: tuple[dict[str, Any], ...] = ()
    kills: int = 0

    def probes(self, passed_s: float) -> int:
        """Return how often the provider may be asked within emulated seconds."""
        count, at_s = 0, 0.0
        while True:
            at_s += self.windows_s[min(count, len(self.windows_s) - 1)]
            if at_s > passed_s:
                return count
            count += 1


def always(**fault: Any) -> tuple[dict[str, Any], ...]:
    """Return the rules of a fault that strikes every call."""
    return ({"kind": "status", **fault},)


GREAT = {
    "429_for_2_h": Great({}, (7_200,), 30, always(status=429, retry_after_s=7_200), kills=3),
    "spend_limit": Great({"spend": {"tier_cap_usd": "0.000001"}}, (3_600,), 25, kills=1),
    "402": Great({"spend": {"credit_usd": "0.000001"}}, (900, 1_800, 3_600, 7_200), 30, kills=1),
    "529_storm": Great({}, (*(2.0**n for n in range(10)), 600), 25, always(status=529)),
}
NOTHING = {"spend": {}}


@dataclass
class Verdict:
    """What came of all faults."""

    wrong: list[str] = field(default_factory=list)
    burnt: int = 0
    probes: list[str] = field(default_factory=list)
    tried: int = 0


def add_library(paid: Paid, folder: Path, name: str) -> None:
    """Add a small library of creators of its own."""
    path = folder / name
    write_library(path, VIDEOS, 2, random.Random(f"{SEED} {name}"))
    table = path / "metadata.csv"
    table.write_text(table.read_text().replace("Creator ", f"{name} "))
    paid.must("add", str(path))


def judge(paid: Paid, name: str, code: int, verdict: Verdict) -> None:
    """Note what is not as it should be, now that nothing is left to do."""
    unfinished = paid.query("SELECT status, failure_code FROM videos WHERE status <> 'indexed'")
    stale = paid.value("SELECT count(*) FROM page_groups WHERE wanted <> done")
    verdict.tried += 1
    ends = [tuple(row) for row in unfinished]
    wanted = (1, [("failed", "model_refused")]) if name == "refusal" else (0, [])
    if (code, ends) != wanted or stale:
        verdict.wrong.append(f"{name}: exit {code} {ends} {stale}")
    if name not in CONTENT:  # a bad answer is the model's fault, and may cost an attempt
        verdict.burnt += burnt(paid)


def burnt(paid: Paid) -> int:
    """Return how many attempts were spent since this was last asked."""
    count = paid.value("SELECT count(*) FROM events WHERE name = 'stage.failed'")
    paid.query("DELETE FROM events WHERE name = 'stage.failed'")
    return int(count)


def try_small(folder: Path, only: set[str], verdict: Verdict) -> None:
    """Drain a library for each fault that strikes often."""
    with open_paid(logic="brisk", scale=SCALE, latency=LATENCY) as paid:
        paid.settings = SETTINGS
        for name in [*FAULTS, *CONTENT, *REFUSAL]:
            if only and name not in only:
                continue
            started_s = time.monotonic()
            add_library(paid, folder, name)
            paid.emulator.configure(answers=[CONTENT[name]] if name in CONTENT else [])
            rule = {"nth": STRUCK} | (FAULTS | REFUSAL).get(name, {})
            paid.emulator.break_with(*([rule] if "kind" in rule else []))
            code = paid.run("run", "--drain", timeout_s=SMALL_LIMIT_S)
            struck, took_s = struck_by(paid, name), time.monotonic() - started_s
            print(f"# {name}: struck {struck}, exit {code}, {took_s:.0f} s", flush=True)
            assert struck, f"{name} never struck"
            judge(paid, name, code, verdict)


def struck_by(paid: Paid, name: str) -> int:
    """Return how often a fault struck; a bad answer is one that the journal has as unusable."""
    if name not in CONTENT:
        return sum(paid.emulator.struck())
    code = "truncated" if name == "truncated" else "invalid"
    count = paid.value("SELECT count(*) FROM llm_calls WHERE unusable_code = $1", code)
    return int(count)


def refused(paid: Paid) -> int:
    """Return how often the provider said no."""
    counts: dict[str, int] = paid.emulator.totals()["refused"]
    return sum(counts.values())


def watch(paid: Paid, seconds: float, known: int, came_s: list[float]) -> None:
    """Note for real seconds when the provider said no beyond the `known` times, in its own time."""
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        more = refused(paid) - known - len(came_s)
        came_s += [paid.emulator.now_s()] * more
        time.sleep(0.02)


def end_within(paid: Paid, pid: int, seconds: float) -> int:
    """Return the exit code of a running command, killed when it does not end in real seconds."""
    alarm = threading.Timer(seconds, kill, [pid])
    alarm.start()
    try:
        return paid.nursery.end()
    finally:
        alarm.cancel()


def try_great(folder: Path, name: str, great: Great, verdict: Verdict) -> None:
    """Let trouble begin in the middle of a drain, watch who asks, and let it end."""
    with open_paid(logic="brisk", scale=GREAT_SCALE, latency=LATENCY) as paid:
        paid.settings = SETTINGS
        add_library(paid, folder, name)
        pid = paid.nursery.begin(paid.order("run", "--drain"))
        while paid.emulator.totals()["calls"] < VIDEOS:
            time.sleep(0.02)
        paid.emulator.configure(**great.begins)
        paid.emulator.break_with(*great.faults)
        while not refused(paid):
            time.sleep(0.01)
        time.sleep(1)  # those that were out together meet it together
        known, began_s = refused(paid), paid.emulator.now_s()
        came_s = list[float]()
        for _ in range(great.kills):
            watch(paid, great.watched_s / (great.kills + 1), known, came_s)
            kill(pid)
            paid.nursery.end()
            pid = paid.nursery.begin(paid.order("run", "--drain"))
        watch(paid, great.watched_s / (great.kills + 1), known, came_s)
        asked, allowed = len(came_s), great.probes(paid.emulator.now_s() - began_s)
        paid.emulator.break_with()
        paid.emulator.configure(**NOTHING)
        code = end_within(paid, pid, GREAT_LIMIT_S)
        judge(paid, name, code, verdict)
    told = " ".join(f"{at_s - began_s:.0f}" for at_s in came_s)
    print(
        f"# {name}: {asked} probes after {told} s, {allowed} windows, {great.kills} kills",
        flush=True,
    )
    if asked > allowed:
        verdict.probes.append(f"{name} {asked}/{allowed}")


def main() -> list[bool]:
    """Try every fault, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    only = {name for name in parser.parse_args().only.split(",") if name}
    verdict = Verdict()
    with tempfile.TemporaryDirectory() as folder:
        if not only or only - set(GREAT):
            try_small(Path(folder), only, verdict)
        for name, great in GREAT.items():
            if not only or name in only:
                try_great(Path(folder), name, great, verdict)
    for line in verdict.wrong + verdict.probes:
        print("#", line)
    note = f"{verdict.tried} faults"
    wrong, probes = len(verdict.wrong), len(verdict.probes)
    return [
        report("R7.failed", str(wrong), "faults_not_waited_out", "0", holds=not wrong, note=note),
        report("R7.burnt", str(verdict.burnt), "attempts", "0", holds=verdict.burnt == 0),
        report("R7.probes", str(probes), "faults_asked_twice_a_window", "0", holds=not probes),
    ]


if __name__ == "__main__":
    finish(*main())
