"""The installed program as people run it: a process of its own, on a data directory of its own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy.engine import make_url

from footnoted.db import embedded
from footnoted.errors import FootnotedError
from tests.quick_folder import quick_folder

if TYPE_CHECKING:
    from collections.abc import Generator

_COMMAND_TIMEOUT_S = 100.0
_START_TIMEOUT_S = 45.0


@dataclass(frozen=True, slots=True)
class Home:
    """A data directory and the program that works on it."""

    data_dir: Path
    project_root: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the program: ours, without keys and with no setting but one."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if "FOOTNOTED" not in name and "ANTHROPIC" not in name
        }
        path = str(self.project_root / "src")
        return {**kept, "PYTHONPATH": path, "FOOTNOTED_DATA_DIR": str(self.data_dir)}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Return how a command ended."""
        return subprocess.run(
            [sys.executable, "-m", "footnoted", *arguments],
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=_COMMAND_TIMEOUT_S,
            check=False,
        )

    def ask(self, *arguments: str) -> dict[str, Any]:
        """Return the JSON that a command prints; it must end well or with findings (1)."""
        ended = self.run(*arguments, "--json")
        assert ended.returncode in (0, 1), ended.stderr
        answer: dict[str, Any] = json.loads(ended.stdout)
        return answer

    @contextmanager
    def daemon(self, **variables: str) -> Generator[Daemon]:
        """Run a daemon that is ready; one that is left is killed."""
        log = self.data_dir.with_name(f"{self.data_dir.name}.log")
        with log.open("a", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "footnoted", "run"],
                env={**self.environment, **variables},
                stdout=output,
                stderr=output,
            )
            try:
                daemon = Daemon(process, log)
                daemon.wait_for("daemon.started")
                yield daemon
            finally:
                process.kill()
                process.wait()


@dataclass(frozen=True, slots=True)
class Daemon:
    """A daemon and what it logged, together with those before it in the same data directory."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, event: str) -> None:
        """Return when the log has `event` once more for each daemon that wrote to it."""
        deadline_s = time.monotonic() + _START_TIMEOUT_S
        while event not in self.said():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline_s, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def said(self) -> str:
        """Return what this daemon logged: everything since the last one stopped or was killed."""
        text = self.log.read_text(encoding="utf-8")
        return text.rpartition(MARK)[2]

    def stop(self) -> tuple[int, float]:
        """Send SIGTERM; return the exit code and the seconds it took."""
        started_s = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self._draw_line()
        return code, time.monotonic() - started_s

    def kill(self) -> None:
        """Kill it as nothing can prevent."""
        self.process.kill()
        self.process.wait()
        self._draw_line()

    def _draw_line(self) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(MARK)


MARK = "\n---- end of this daemon ----\n"


@contextmanager
def open_home(project_root: Path) -> Generator[Home]:
    """Yield a place for a data directory; the database in it is stopped afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="fn-", dir=quick_folder()))
    folder.chmod(0o711)
    home = Home(folder / "data", project_root)
    try:
        yield home
    finally:
        if home.data_dir.exists():
            with suppress(FootnotedError):  # whoever was killed left it running
                embedded.stop(embedded.start(home.data_dir))
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """What the demo printed, and the data directory it kept."""

    ended: subprocess.CompletedProcess[str]
    home: Home


def copy_library(made: Home, copy: Home) -> None:
    """Copy a data directory that nothing runs on."""
    subprocess.run(["cp", "-a", made.data_dir, copy.data_dir], check=True)


def execute(home: Home, statement: str) -> None:
    """Change the database behind the program's back."""

    async def run(url: str) -> None:
        parsed = make_url(url).set(drivername="postgresql")
        connection = await asyncpg.connect(parsed.render_as_string(hide_password=False))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    server = embedded.start(home.data_dir)
    try:
        asyncio.run(run(server.url))
    finally:
        embedded.stop(server)
