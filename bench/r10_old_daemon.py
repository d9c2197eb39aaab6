"""Figure R10: a program of the previous release works on while the schema is changed under it.

The release before the newest migration drains a library on a server; when it is in the middle of
it, `footnoted migrate` of now brings the schema up. It must end well, with every video through,
none of which failed or spent an attempt, and it must have worked on after the migration.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release import Release, is_checkout, lay_out, previous_release
from stand import ROOT, finish, report, temporary_folder
from talk import write_library

from footnoted.db import embedded
from footnoted.db.engine import connect
from footnoted.db.migrate import needed_revision

if TYPE_CHECKING:
    from pathlib import Path

TIME_LIMIT_S = 900
VIDEOS, CREATORS, SEED = 100, 4, 10
TICK = '"tick.finished"'
TICKS_BEFORE = 60
WAIT_S, END_S = 300.0, 600.0
COUNTS = """
    SELECT count(*) FILTER (WHERE status = 'indexed') AS through,
      count(*) FILTER (WHERE failure_code IS NOT NULL OR attempts > 0) AS failed
    FROM videos
"""


@dataclass(frozen=True)
class Program:
    """A release that works on a database and keeps its files in a folder."""

    release: Release
    settings: dict[str, str]

    def must(self, *words: str) -> None:
        """Run a command, which must end well."""
        subprocess.run(
            self._command(*words), env=self._environment(), check=True, stdout=sys.stderr
        )

    def start(self, log: Path, *words: str) -> subprocess.Popen[bytes]:
        """Return a command that runs, telling `log`."""
        with log.open("wb") as told:
            return subprocess.Popen(
                self._command(*words), env=self._environment(), stdout=told, stderr=told
            )

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "footnoted", *words]

    def _environment(self) -> dict[str, str]:
        return {**self.release.environment, **self.settings}


def ticks_in(log: Path) -> int:
    """Return how many stages have ended so far."""
    return log.read_text(encoding="utf-8").count(TICK)


def migrate_in_the_middle(old: Program, new: Program, folder: Path) -> tuple[int, int, int]:
    """Return the exit code of a drain, and its stages before and after the schema was changed."""
    log = folder / "log"
    old.must("migrate")
    old.must("source", "add", str(folder / "library"))
    drain = old.start(log, "run", "--drain")
    try:
        deadline_s = time.monotonic() + WAIT_S
        while ticks_in(log) < TICKS_BEFORE:
            assert drain.poll() is None, log.read_text()[-2_000:]
            assert time.monotonic() < deadline_s, log.read_text()[-2_000:]
            time.sleep(0.1)
        new.must("migrate")
        before = ticks_in(log)
        return drain.wait(END_S), before, ticks_in(log) - before
    finally:
        if drain.poll() is None:
            drain.kill()
            drain.wait()


async def counts(url: str) -> tuple[int, int]:
    """Return how many videos are through, and how many failed or spent an attempt."""
    connection = await connect(url, application_name="bench")
    try:
        found = await connection.fetchrow(COUNTS)
    finally:
        await connection.close()
    return found["through"], found["failed"]


def measure(commit: str) -> bool:
    """Let both releases work on one database and print the figure."""
    with temporary_folder() as folder:
        write_library(folder / "library", VIDEOS, CREATORS, random.Random(SEED))
        release = lay_out(commit, folder)
        server = embedded.start(folder / "data")
        settings = {
            "FOOTNOTED_DATABASE_URL": server.url,
            "FOOTNOTED_DATA_DIR": str(folder / "home"),
            "FOOTNOTED_LOG_FORMAT": "json",
            "FOOTNOTED_FILE_SETTLE_S": "0",
        }
        try:
            old, new = Program(release, settings), Program(Release("now", ROOT), settings)
            code, before, after = migrate_in_the_middle(old, new, folder)
            through, failed = asyncio.run(counts(server.url))
        finally:
            embedded.stop(server)
        revision = release.revision
    note = f"release {commit} from {revision} to {needed_revision()}; exit {code}, {failed} failed"
    return report(
        *("R10.daemon", str(through), f"of-{VIDEOS}-videos", str(VIDEOS)),
        holds=(code, through, failed) == (0, VIDEOS, 0) and after > 0,
        note=f"{note}, {before} stages before and {after} after",
    )


def main() -> bool:
    """Measure with the release before the newest migration, or the one that is named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--release", help="a tag or commit")
    asked = parser.parse_args()
    if not is_checkout():
        print("R10.daemon - - - SKIP (not a checkout)")
        return True
    return measure(asked.release or previous_release())


finish(main())
