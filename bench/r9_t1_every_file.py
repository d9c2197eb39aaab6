"""Figures R9 and T1: every transcript and recording of ../shared/data through the real program.

`footnoted add`, `footnoted run --drain` twice and `footnoted verify`, each a process of its own, on
a new data directory. Every file in the folders must be taken or named with a reason; every video
must end indexed, or failed or quarantined with a code and a sentence, or waiting for speech
recognition until a known time; the second drain must find nothing to do. Feeds and hearing have a
bench of their own (`r9_heard`).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
from program import MIB, Program, rows_of
from stand import DATA, finish, report, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from footnoted.db.session import Database

TIME_LIMIT_S = 1_800
FOLDERS = ("captions-*", "asr-json", "audio-samples", "gt-*", "peer-*")
LIMIT_S = 1_500.0
DONE, SOME_FAILED = 0, 1


@dataclass(frozen=True)
class Drained:
    """One `run --drain`: its exit code, its seconds, and its largest memory (bytes)."""

    code: int
    seconds: float
    peak: int
    outcomes: Counter[str]


def folders() -> list[Path]:
    """Return the folders of transcripts and recordings."""
    return sorted(folder for pattern in FOLDERS for folder in DATA.glob(pattern))


async def drain(program: Program) -> Drained:
    """Return one drain, which must end by itself within the limit."""
    started_s, peak = time.monotonic(), 0
    with program.start("run", "--drain") as process:
        while process.poll() is None:
            assert time.monotonic() - started_s < LIMIT_S, program.log.read_text()[-2_000:]
            try:
                peak = max(peak, process.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            await asyncio.sleep(0.1)
        code = process.wait(timeout=10)
    outcomes = Counter(line["outcome"] for line in lines_of(program, "tick.finished"))
    unexpected = list(lines_of(program, "stage.erred"))
    assert not unexpected, unexpected
    return Drained(code, time.monotonic() - started_s, peak, outcomes)


def lines_of(program: Program, event: str) -> Iterator[dict[str, Any]]:
    """Yield what the log tells under the name `event`; every line of it must be JSON."""
    for line in program.log.read_text().splitlines():
        told = json.loads(line)
        if told["event"] == event:
            yield told


async def unaccounted(database: Database, ignored: set[str]) -> list[str]:
    """Return files of the folders that are neither taken nor refused with a reason.

    A table of facts about recordings beside it is neither: it is read for what it says.
    """
    taken = {row.path for row in await rows_of(database, "SELECT path FROM media_files")}
    files = (str(path) for folder in folders() for path in folder.rglob("*") if path.is_file())
    left = set(files) - taken - ignored
    return sorted(path for path in left if not path.endswith("/metadata.csv"))


async def unexplained(database: Database) -> list[Any]:
    """Return the videos in a state that a person can not explain."""
    return list(
        await rows_of(
            database,
            """SELECT id, status, wait_reason, failure_code, failure_detail FROM videos
               WHERE lease_owner IS NOT NULL OR crashes > 0 OR NOT COALESCE(CASE
                 WHEN status = 'indexed' THEN failure_code IS NULL AND not_before IS NULL
                 WHEN status IN ('failed', 'quarantined')
                   THEN failure_code NOT IN ('', 'unexpected', 'time_limit')
                     AND failure_detail LIKE '% %'
                 WHEN status = 'discovered' THEN wait_reason = 'speech_recognition'
                   AND wait_detail LIKE '% %' AND not_before > now() END, false)""",
        )
    )


async def ends(database: Database) -> str:
    """Return how the videos ended, by outcome and reason."""
    rows = await rows_of(
        database,
        """SELECT count(*) AS n, CASE WHEN status = 'discovered' THEN 'waiting' ELSE status END
             || COALESCE(' ' || COALESCE(failure_code, wait_reason), '') AS what
           FROM videos GROUP BY 2 ORDER BY 1 DESC, 2""",
    )
    return ", ".join(f"{row.n} {row.what}" for row in rows)


async def read_speech(database: Database) -> tuple[float, int]:
    """Return the hours of timed speech that were indexed, and all words."""
    (row,) = await rows_of(
        database,
        """SELECT COALESCE(sum(t.duration_ms) FILTER (WHERE t.is_timed), 0) / 3600000.0 AS hours,
             COALESCE(sum(t.word_count), 0) AS words
           FROM videos v JOIN transcripts t ON t.id = v.transcript_id WHERE v.status = 'indexed'""",
    )
    return float(row.hours), int(row.words)


async def main() -> tuple[bool, bool]:
    """Add, drain, drain again, verify, and print both figures."""
    with temporary_folder() as folder:
        program = Program(folder)
        added = json.loads(program.must("add", "--json", *map(str, folders())))
        first, second = await drain(program), await drain(program)
        told = program.run("verify", "--json")
        async with program.database() as database:
            odd = [
                *await unaccounted(database, {item["path"] for item in added["ignored"]}),
                *await unexplained(database),
            ]
            how, (hours, words) = await ends(database), await read_speech(database)
    for one in odd:
        print("#", one)
    note = (
        f"{added['added']} videos: {how}; {len(added['ignored'])} files not taken, each with its"
        f" reason; {hours:.1f} h of speech, {words:,} words in {first.seconds / 60:.1f} min"
        f" ({60 * hours / first.seconds:.1f} h per min), peak {first.peak / MIB:.0f} MiB;"
        f" second drain {second.outcomes.total()} stages"
    )
    holds = (
        not odd
        and added["added"] > 0
        and first.code in {DONE, SOME_FAILED}
        and second.code == DONE
        and not second.outcomes
    )
    verified = json.loads(told.stdout)
    audited = verified["claims"] + verified["moments"]
    faulty = len(verified["offenders"])
    share = 100 * (1 - min(faulty, audited) / audited) if audited else 0.0
    truth = f"{verified['claims']:,} claims, {verified['moments']:,} moments, {faulty} findings"
    return (
        report("R9", str(len(odd)), "unexplained", "0", holds=holds, note=note),
        report(
            "T1",
            f"{share:.2f}",
            "%_resolving",
            "100",
            holds=faulty == 0 and verified["claims"] > 0 and told.returncode == DONE,
            note=truth,
        ),
    )


if not DATA.is_dir():
    for figure in ("R9", "T1"):
        print(figure, "- - - SKIP (no ../shared/data)")
    raise SystemExit(0)
finish(*asyncio.run(main()))
