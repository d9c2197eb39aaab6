"""Starting and steering worker processes from a bench."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stand import Stand

SAVES = """CREATE TABLE IF NOT EXISTS bench_saves (
  item_id bigint NOT NULL, pid int NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())"""


@dataclass
class Worker:
    """One worker process."""

    process: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        """Return its process id."""
        return self.process.pid

    def send(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    async def end(self, timeout_s: float = 60.0) -> tuple[int, dict[str, int]]:
        """Return its exit code and outcomes once it has ended by itself."""
        out, _ = await asyncio.to_thread(self.process.communicate, timeout=timeout_s)
        lines = out.splitlines()
        outcomes = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
        return self.process.returncode, outcomes


async def start_worker(stand: Stand, *options: str) -> Worker:
    """Return a worker that is ready."""
    script = Path(__file__).with_name("worker.py")
    posts = stand.folder / "posts"
    posts.touch()
    command = [sys.executable, str(script), stand.url, "--posts", str(posts), *options]
    process = await asyncio.to_thread(_open, command)
    assert process.stdout is not None
    first = await asyncio.to_thread(process.stdout.readline)
    assert first == "ready\n", first
    return Worker(process)


def _open(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def posts_of(stand: Stand) -> list[str]:
    """Return the label of every request the model got, in order."""
    path = stand.folder / "posts"
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split()[1] for line in lines]


async def query(stand: Stand, statement: str, **values: Any) -> Sequence[Any]:
    """Return the rows of a statement."""
    async with stand.database.transaction() as session:
        result = await session.execute(text(statement), values)
        return result.all() if result.returns_rows else []


async def prepare(stand: Stand) -> None:
    """Make the table that workers note their saves in."""
    await query(stand, SAVES)
