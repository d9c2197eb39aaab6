"""Figure P6: the memory of the daemon while it drains 5,000 videos with the extractive model.

The transcripts are made from a seeded grammar of tutorial talk: varied, 60 to 80 cues each, 50
recordings by each of 100 creators. The resident memory is sampled all the while (PostgreSQL's own
processes are not part of it); its growth is the median of the samples while the last 500 videos
finish over the median of those while videos 500 to 1,000 do. The process that compacts the search
index now and then is told beside it, as it is there for seconds.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
from program import MIB, Program, rows_of
from stand import finish, report, temporary_folder
from talk import write_library

if TYPE_CHECKING:
    from footnoted.db.session import Database

TIME_LIMIT_S = 5_400
VIDEOS, CREATORS = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000, 100
SLICE = VIDEOS // 10
LIMIT_MIB, LIMIT_GROWTH = 256, 5.0
LIMIT_S = 5_200.0
EVERY_S = 0.5


@dataclass(frozen=True)
class Sample:
    """The memory of the process and of its children (bytes), and how many videos were indexed."""

    indexed: int
    resident: int
    children: int


async def drain(program: Program, database: Database) -> tuple[list[Sample], float]:
    """Return the samples of one drain and its seconds."""
    samples: list[Sample] = []
    started_s = time.monotonic()
    with program.start("run", "--drain") as process:
        while process.poll() is None:
            assert time.monotonic() - started_s < LIMIT_S, f"{samples[-1]} after {LIMIT_S} s"
            (row,) = await rows_of(
                database, "SELECT count(*) AS n FROM videos WHERE status = 'indexed'"
            )
            try:
                samples.append(Sample(row.n, process.memory_info().rss, children_of(process)))
            except psutil.NoSuchProcess:
                break
            await asyncio.sleep(EVERY_S)
        code = process.wait(timeout=10)
    assert code == 0, program.log.read_text()[-2_000:]
    return samples, time.monotonic() - started_s


def children_of(process: psutil.Process) -> int:
    """Return the memory of the children that are not PostgreSQL, together."""
    total = 0
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += 0 if "postgres" in child.name() else child.memory_info().rss
    return total


def median_between(samples: list[Sample], least: int, most: int) -> float:
    """Return the median memory while the count of indexed videos was between the two."""
    return statistics.median(one.resident for one in samples if least <= one.indexed <= most)


async def main() -> tuple[bool, bool]:
    """Make the videos, drain them, and print both figures."""
    with temporary_folder() as folder:
        program = Program(folder)
        library = folder / "library"
        write_library(library, VIDEOS, CREATORS, random.Random(6))
        program.must("add", str(library))
        async with program.database() as database:
            samples, seconds = await drain(program, database)
            (made,) = await rows_of(
                database,
                """SELECT (SELECT count(*) FROM videos WHERE status = 'indexed') AS videos,
                     (SELECT count(*) FROM creators) AS creators,
                     (SELECT count(*) FROM evidence) AS moments,
                     (SELECT count(*) FROM documents) AS documents,
                     (SELECT count(*) FROM pages WHERE retired_at IS NULL) AS pages""",
            )
    assert (made.videos, made.creators) == (VIDEOS, CREATORS), made
    assert made.moments > VIDEOS, made
    early = median_between(samples, SLICE, 2 * SLICE)
    late = median_between(samples, VIDEOS - SLICE, VIDEOS - 1)
    growth, highest = 100 * (late / early - 1), max(samples, key=lambda one: one.resident)
    peak, before_end = highest.resident, [one for one in samples if one.indexed < VIDEOS]
    note = (
        f"{VIDEOS:,} videos, {made.moments:,} moments, {made.pages:,} pages, {made.documents:,}"
        " documents in the embedded index, in"
        f" {seconds:.0f} s: {VIDEOS / seconds:.1f} videos/s; highest with {highest.indexed:,}"
        f" indexed, before the last one {max(one.resident for one in before_end) / MIB:.0f} MiB;"
        " a child had at most"
        f" {max(one.children for one in samples) / MIB:.0f} MiB for"
        f" {EVERY_S * sum(one.children > 0 for one in samples):.0f} s in all"
    )
    means = (
        f"median of the last {SLICE} {late / MIB:.0f} MiB,"
        f" of {SLICE}-{2 * SLICE} {early / MIB:.0f} MiB"
    )
    return (
        report(
            "P6.peak",
            f"{peak / MIB:.0f}",
            "MiB",
            f"<{LIMIT_MIB}",
            holds=peak < LIMIT_MIB * MIB,
            note=note,
        ),
        report(
            "P6.growth",
            f"{growth:.1f}",
            "%",
            f"<={LIMIT_GROWTH:g}",
            holds=growth <= LIMIT_GROWTH,
            note=means,
        ),
    )


finish(*asyncio.run(main()))
