"""What the benches of the paid path stand on: the program, a database and the emulated provider.

    with open_paid(logic="brisk", scale=4) as paid:
        paid.must("add", folder)
        paid.must("run", "--drain")
        paid.emulator.totals(), paid.query("SELECT ...")

The emulator's ledger is the witness of what was bought; the program is the installed one, its clock
the emulator's.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import asyncpg
from stand import ROOT, temporary_folder

from footnoted.db import embedded
from tests.emulator import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from footnoted.db.embedded import EmbeddedServer
    from tests.emulator.running import Emulator

LOGIC = ROOT / "bench" / "logic"
LATENCY = {
    "base_s": 0.6,
    "per_uncached_token_s": 0.00005,
    "per_cached_token_s": 0.000005,
    "grammar_compile_s": 1.0,
    "tokens_per_s": 120.0,
    "jitter": 0.1,
}
"""A small model's: 0.6 s and 50 us a token to the first token, then 120 tokens a second."""

QUIET = {
    "FOOTNOTED_LOG_FORMAT": "json",
    "FOOTNOTED_FILE_SETTLE_S": "0",
    "FOOTNOTED_POLL_INTERVAL_S": "0.2",
    "FOOTNOTED_LLM_MODE": "live",
}


class Nursery:
    """Starts the program, one process at a time, from a process that has imported it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take the running parent of the processes."""
        self._process = process

    def begin(self, order: dict[str, Any]) -> int:
        """Return the pid of the program that `order` describes."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def end(self) -> int:
        """Return the exit code of the program that was begun last, once it has ended."""
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery died"
        return line


@contextmanager
def open_nursery() -> Iterator[Nursery]:
    """Yield a nursery that has imported everything."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if "FOOTNOTED" not in name and "ANTHROPIC" not in name
    }
    with subprocess.Popen(
        [sys.executable, str(ROOT / "bench" / "clocked.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**kept, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    ) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first == "ready\n", first
            yield Nursery(process)
        finally:
            process.kill()


@dataclass
class Paid:
    """One library on one database, with the provider it pays."""

    folder: Path
    server: EmbeddedServer
    emulator: Emulator
    nursery: Nursery
    scale: float
    settings: dict[str, str] = field(default_factory=dict)
    seen: int = 0
    """How many calls the provider had billed when this library began."""

    @property
    def url(self) -> str:
        """Return the address of the database."""
        return self.server.url.replace("+asyncpg", "")

    @property
    def log(self) -> Path:
        """Return the file that everything the program tells goes to."""
        return self.folder / "log"

    def order(self, *words: str, **more: Any) -> dict[str, Any]:
        """Return the order for a command under the emulator's clock."""
        asked_s = time.time()
        told_s = self.emulator.now_s()
        told_at_s = (asked_s + time.time()) / 2
        environment = {
            **QUIET,
            "FOOTNOTED_DATA_DIR": str(self.folder / "data"),
            "FOOTNOTED_DATABASE_URL": self.url,
            "FOOTNOTED_AUTO_MIGRATE": "true",
            "FOOTNOTED_ANTHROPIC_API_KEY": "sk-bench",
            "FOOTNOTED_ANTHROPIC_BASE_URL": self.emulator.base_url,
            **self.settings,
        }
        return {
            "arguments": words,
            "environment": environment,
            "clock": [told_s, told_at_s, self.scale],
            "log": str(self.log),
            **more,
        }

    def run(self, *words: str, timeout_s: float = 900.0, **more: Any) -> int:
        """Return the exit code of a command; one that hangs is killed, and its code negative."""
        pid = self.nursery.begin(self.order(*words, **more))
        alarm = threading.Timer(timeout_s, kill, [pid])
        alarm.start()
        try:
            return self.nursery.end()
        finally:
            alarm.cancel()

    def must(self, *words: str, codes: tuple[int, ...] = (0,), timeout_s: float = 900.0) -> int:
        """Run a command that has to end with one of `codes`; return which."""
        code = self.run(*words, timeout_s=timeout_s)
        assert code in codes, (words, code, self.last_words())
        return code

    def run_and_kill(self, after_s: float, *words: str, **more: Any) -> int | None:
        """Kill a command after real seconds; return its exit code where it ended before."""
        pid = self.nursery.begin(self.order(*words, **more))
        alarm = threading.Timer(after_s, kill, [pid])
        alarm.start()
        code = self.nursery.end()
        alarm.cancel()
        return None if code == -signal.SIGKILL else code

    def run_and_kill_at_work(self, after_s: float, *words: str) -> int | None:
        """Kill a command `after_s` after it said that it is up; return its code if it ended."""
        begins = self.log.stat().st_size if self.log.exists() else 0
        pid = self.nursery.begin(self.order(*words))
        ended = threading.Event()

        def wait_and_kill() -> None:
            while not self._is_up(begins) and not ended.wait(0.01):
                pass
            if not ended.wait(after_s):
                kill(pid)

        killer = threading.Thread(target=wait_and_kill)
        killer.start()
        code = self.nursery.end()
        ended.set()
        killer.join()
        return None if code == -signal.SIGKILL else code

    def _is_up(self, begins: int) -> bool:
        with self.log.open("rb") as log:
            log.seek(begins)
            return b"daemon.started" in log.read()

    def last_words(self) -> str:
        """Return the end of the log."""
        return self.log.read_text(encoding="utf-8")[-3_000:] if self.log.exists() else ""

    def rows(self) -> list[dict[str, Any]]:
        """Return the provider's books since this library began."""
        return self.emulator.rows()[self.seen :]

    def keep(self) -> None:
        """Keep the library as it stands, before its first drain, for `begin_again`."""
        self.query("CREATE DATABASE kept TEMPLATE footnoted", database="postgres")

    def begin_again(self) -> None:
        """Go back to the library that was kept; the provider's books begin anew."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        self.query("DROP DATABASE footnoted WITH (FORCE)", database="postgres")
        self.query("CREATE DATABASE footnoted TEMPLATE kept", database="postgres")
        self.seen = len(self.emulator.rows())

    def query(
        self, statement: str, *values: Any, database: str = "footnoted"
    ) -> list[asyncpg.Record]:
        """Return the rows of a statement."""

        async def ask() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.url, database=database)
            try:
                rows: list[asyncpg.Record] = await connection.fetch(statement, *values)
                return rows
            finally:
                await connection.close()

        return asyncio.run(ask())

    def value(self, statement: str, *values: Any) -> Any:
        """Return the one value of a statement."""
        return self.query(statement, *values)[0][0]

    def journaled_usd(self) -> Decimal:
        """Return what the journal says that answers cost."""
        return Decimal(
            self.value("SELECT COALESCE(sum(cost_usd), 0) FROM llm_calls WHERE state = 'answered'")
        )


def kill(pid: int) -> None:
    """Kill a process of ours as nothing can prevent."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def open_paid(
    *,
    logic: str,
    scale: float,
    options: dict[str, str] | None = None,
    **configuration: Any,
) -> Iterator[Paid]:
    """Yield a fresh library; `options` are the database's, `configuration` the emulator's."""
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        emulator = stack.enter_context(open_emulator(logic, scale, **configuration))
        nursery = stack.enter_context(open_nursery())
        server = embedded.start(folder / "server", options=options or {})
        stack.callback(embedded.stop, server)
        yield Paid(folder, server, emulator, nursery, scale)


@contextmanager
def open_emulator(logic: str, scale: float, **configuration: Any) -> Iterator[Emulator]:
    """Yield an emulated provider at `scale` emulated seconds a second, seed 7."""
    path = str(LOGIC / f"{logic}.py")
    words = ("--seed", "7", "--clock", "real", "--scale", str(scale), "--logic", path)
    with running.started(*words) as emulator:
        emulator.configure(**configuration)
        yield emulator
