"""The program itself in a process of its own, on a data directory that goes away with the bench."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
from sqlalchemy import text
from stand import ROOT

from footnoted.db import embedded
from footnoted.db.engine import make_engine
from footnoted.db.session import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

MIB = 2**20


@dataclass(frozen=True)
class Program:
    """`python -m footnoted` on the data directory in `folder`, logging JSON to a file there."""

    folder: Path

    @property
    def data_dir(self) -> Path:
        """Return the data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """Return the file that `start` sends the log of the program to."""
        return self.folder / "log"

    def environment(self) -> dict[str, str]:
        """Return the environment without settings of whoever runs the bench."""
        kept = {name: value for name, value in os.environ.items() if "FOOTNOTED_" not in name}
        return {
            **kept,
            "PYTHONPATH": str(ROOT / "src"),
            "FOOTNOTED_DATA_DIR": str(self.data_dir),
            "FOOTNOTED_LOG_FORMAT": "json",
            "FOOTNOTED_FILE_SETTLE_S": "0",
        }

    def run(self, *words: str, timeout_s: float = 600.0) -> subprocess.CompletedProcess[str]:
        """Return the ended command with what it said. Raises TimeoutExpired when it hangs."""
        return subprocess.run(
            [sys.executable, "-m", "footnoted", *words],
            check=False,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            env=self.environment(),
        )

    def must(self, *words: str, timeout_s: float = 600.0) -> str:
        """Return what a command printed; it must end with 0."""
        ended = self.run(*words, timeout_s=timeout_s)
        assert ended.returncode == 0, (words, ended.returncode, ended.stdout, ended.stderr)
        return ended.stdout

    @contextmanager
    def start(self, *words: str) -> Iterator[psutil.Popen]:
        """Yield the running command, whose memory and time psutil knows; it does not outlive us."""
        with self.log.open("w") as log:
            process = psutil.Popen(
                [sys.executable, "-m", "footnoted", *words],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment(),
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait()

    @asynccontextmanager
    async def database(self, **options: str) -> AsyncIterator[Database]:
        """Yield the program's database; `options` count when this starts the server."""
        server = await asyncio.to_thread(embedded.start, self.data_dir, options=options)
        engine = make_engine(server.url, application_name="bench", pool_size=2)
        try:
            yield Database(engine)
        finally:
            await engine.dispose()
            await asyncio.to_thread(embedded.stop, server)

    async def wait_for(self, event: str, timeout_s: float = 60.0) -> None:
        """Return when the log of the running command tells `event`."""
        deadline_s = time.monotonic() + timeout_s
        while f'"{event}"' not in self.log.read_text():
            assert time.monotonic() < deadline_s, self.log.read_text()[-2_000:]
            await asyncio.sleep(0.1)


async def rows_of(database: Database, statement: str, **values: Any) -> Sequence[Any]:
    """Return the rows of a statement."""
    async with database.transaction() as session:
        result = await session.execute(text(statement), values)
        return result.all() if result.returns_rows else []
