"""Figure P8: how long a person, a timer or a supervisor waits for the program to start.

`--help` is timed from outside. `run --once` is timed from the start of its process to its first
claim, on a data directory with videos and an index in it whose PostgreSQL is stopped; a trigger
notes when a fence first moves, on the same clock. Both are medians, turn about with a Python that
does nothing, whose time is in the note.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from program import Program, rows_of
from stand import finish, report, temporary_folder
from talk import Speaker, webvtt, write_library

from footnoted.db.server_socket import Answer, ask, socket_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TIME_LIMIT_S = 300
VIDEOS = 10
TIMES_HELP, TIMES_CLAIM = 11, 7
GOAL_HELP_S, GOAL_CLAIM_S = 0.4, 3.0

NOTE_CLAIMS = (
    "CREATE TABLE bench_claims (at timestamptz NOT NULL)",
    """CREATE FUNCTION bench_note_claim() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN INSERT INTO bench_claims VALUES (clock_timestamp()); RETURN NULL; END $$""",
    """CREATE TRIGGER bench_note_claim AFTER UPDATE OF fence ON videos
       FOR EACH ROW EXECUTE FUNCTION bench_note_claim()""",
)


def run_s(words: Sequence[str], environment: dict[str, str]) -> float:
    """Return the seconds a Python process takes from its start to its end."""
    started_s = time.monotonic()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.monotonic() - started_s


def help_s(program: Program) -> tuple[float, float]:
    """Return the median seconds of `--help`, and of a Python that does nothing."""
    environment = program.environment()
    pairs = [
        (run_s(["-m", "footnoted", "--help"], environment), run_s(["-c", "pass"], environment))
        for _ in range(TIMES_HELP)
    ]
    return statistics.median(pair[0] for pair in pairs), statistics.median(
        pair[1] for pair in pairs
    )


async def first_claim_s(program: Program) -> float:
    """Return the seconds from the start of a process to its first claim."""
    assert ask(socket_folder(program.data_dir / "postgres")) is Answer.NOBODY
    started_at = time.time()
    program.must("run", "--once")
    async with program.database() as database:
        (row,) = await rows_of(
            database, "SELECT extract(epoch FROM min(at)) AS at FROM bench_claims"
        )
        await rows_of(database, "TRUNCATE bench_claims")
    assert row.at is not None, "nothing was claimed"
    return float(row.at) - started_at


async def claims_s(program: Program, folder: Path) -> list[float]:
    """Return the seconds to the first claim of several starts, each with a new video to do."""
    dice = random.Random(8)
    write_library(folder / "library", VIDEOS, 2, dice)
    program.must("add", str(folder / "library"))
    program.must("run", "--drain")
    async with program.database() as database:
        for statement in NOTE_CLAIMS:
            await rows_of(database, statement)
    times = []
    for n in range(TIMES_CLAIM):
        talk = folder / f"talk-{n}.vtt"
        talk.write_text(webvtt(Speaker(dice).cues(), dice), encoding="utf-8")
        program.must("add", str(talk))
        times.append(await first_claim_s(program))
    return times


async def main() -> tuple[bool, bool]:
    """Measure both and print both figures."""
    with temporary_folder() as folder:
        program = Program(folder)
        helped_s, nothing_s = help_s(program)
        times = await claims_s(program, folder)
    claim_s = statistics.median(times)
    spread = f"{min(times):.2f} to {max(times):.2f} s, PostgreSQL started within it"
    return (
        report(
            "P8.help",
            f"{helped_s:.3f}",
            "s",
            f"<{GOAL_HELP_S:g}",
            holds=helped_s < GOAL_HELP_S,
            note=f"python -c pass {nothing_s:.3f} s",
        ),
        report(
            "P8.claim",
            f"{claim_s:.2f}",
            "s",
            f"<{GOAL_CLAIM_S:g}",
            holds=claim_s < GOAL_CLAIM_S,
            note=spread,
        ),
    )


finish(*asyncio.run(main()))
