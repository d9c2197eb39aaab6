"""Figure P5: what a daemon costs that has 100,000 videos and nothing to do.

The real daemon idles over videos of which 95 % are indexed and the rest wait for tomorrow. Its
statements are counted in PostgreSQL's own log (`log_min_duration_statement = 0`): every simple
query its sessions send and every time they bind a prepared one, so BEGIN, COMMIT, ROLLBACK and the
empty query that tests a pooled connection count as well. Its CPU time is what the kernel charged
to the process.
"""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING

from program import Program, rows_of
from stand import finish, report, temporary_folder

if TYPE_CHECKING:
    import psutil

    from footnoted.db.session import Database

TIME_LIMIT_S = 300
VIDEOS = 100_000
SETTLE_S, WATCHED_S = 20.0, 60.0
# The application's name in front of each line tells the daemon's sessions from our own.
LOGGED = {"log_min_duration_statement": "0", "log_line_prefix": "<%a> "}
# A line of the log, and the lines of a long statement below it, which begin with a tab.
SENT = re.compile(
    r"^<footnoted[^>]*> LOG:  duration: [0-9.]+ ms  (?:statement|bind [^:]+): (.*(?:\n\t.*)*)",
    re.MULTILINE,
)

FILL = (
    "INSERT INTO creators (slug, name) VALUES ('c', 'C')",
    """INSERT INTO media (identity, creator_id, title)
       SELECT n::text, (SELECT max(id) FROM creators), 't' FROM generate_series(1, :videos) n""",
    """INSERT INTO videos (media_id, profile, creator_id, status, turn, not_before, wait_reason)
       SELECT id, 'techniques', creator_id,
         CASE WHEN id % 20 > 0 THEN 'indexed' ELSE 'discovered' END, id,
         CASE WHEN id % 20 = 0 THEN now() + interval '1 day' END,
         CASE WHEN id % 20 = 0 THEN 'captions' END
       FROM media""",
    "ANALYZE media, videos",
)


def statements_of(program: Program) -> Counter[str]:
    """Return how often each statement of the daemon's sessions stands in the server's log."""
    logs = (program.data_dir / "postgres").glob("**/log/*.log")
    texts = [log.read_text(errors="replace") for log in logs]
    return Counter(" ".join(said.split()[:2]) for text in texts for said in SENT.findall(text))


def cpu_s(process: psutil.Popen) -> float:
    """Return the CPU seconds a process has used."""
    times = process.cpu_times()
    return times.user + times.system


async def watch(program: Program, process: psutil.Popen) -> tuple[Counter[str], float, float]:
    """Return the statements, the CPU seconds and the seconds of an idle while."""
    await asyncio.sleep(SETTLE_S)
    before, used_s, started_s = statements_of(program), cpu_s(process), time.monotonic()
    await asyncio.sleep(WATCHED_S)
    used_s, passed_s = cpu_s(process) - used_s, time.monotonic() - started_s
    return statements_of(program) - before, used_s, passed_s


async def must_still_be_idle(database: Database) -> None:
    """Raise when the daemon had something to do after all."""
    (row,) = await rows_of(
        database,
        """SELECT count(*) AS videos, count(*) FILTER (WHERE status = 'indexed') AS indexed,
             count(*) FILTER (WHERE not_before > now()) AS waiting, max(fence) AS claims
           FROM videos""",
    )
    assert row == (VIDEOS, VIDEOS * 19 // 20, VIDEOS // 20, 0), row


async def main() -> tuple[bool, bool]:
    """Fill a database, let the daemon idle over it, and print both figures."""
    with temporary_folder() as folder:
        program = Program(folder)
        async with program.database(**LOGGED) as database:
            program.must("migrate")
            for statement in FILL:
                values = {"videos": VIDEOS} if ":videos" in statement else {}
                await rows_of(database, statement, **values)
            with program.start("run") as process:
                await program.wait_for("daemon.started")
                found, used_s, passed_s = await watch(program, process)
                assert process.poll() is None, program.log.read_text()
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=30) == 0, program.log.read_text()
            await must_still_be_idle(database)
    rate, share = found.total() / passed_s, 100 * used_s / passed_s
    assert found, "no statement of the daemon was seen: the count is broken"
    told = ", ".join(f"{count} x {what}" for what, count in found.most_common())
    note = f"{passed_s:.0f} s, {VIDEOS:,} videos: {told}"
    return (
        report("P5.queries", f"{rate:.2f}", "per_s", "<=1", holds=rate <= 1, note=note),
        report("P5.cpu", f"{share:.2f}", "%_of_a_core", "<=1", holds=share <= 1),
    )


finish(*asyncio.run(main()))
