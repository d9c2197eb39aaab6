"""What becomes of a message that a real command gets."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.fetch.command import Command

if TYPE_CHECKING:
    import pytest

MESSAGE = {"text": "footnoted: this is a test", "alerts": []}


def python(script: str, *arguments: str) -> str:
    """Return the line that runs a script."""
    return shlex.join([sys.executable, "-c", script, *arguments])


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return [path.name for path in folder.iterdir()]


async def test_a_command_gets_the_message_on_its_standard_input(tmp_path: Path) -> None:
    """Its words are split like a shell's, and no shell looks at them."""
    file = tmp_path / "a file; touch $(oops)"
    line = python("import sys; open(sys.argv[1], 'w').write(sys.stdin.read())", str(file))
    assert await Command(line).deliver(MESSAGE) is None
    assert json.loads(file.read_text()) == MESSAGE
    assert names(tmp_path) == [file.name]


async def test_a_command_that_reads_nothing_is_well_too() -> None:
    """It may have its own words."""
    assert await Command("true").deliver({"text": "x" * 1_000_000}) is None


async def test_how_a_command_failed_is_said() -> None:
    """By its exit code, its signal, or why it could not be started."""
    lines = [
        python("raise SystemExit(3)"),
        python("import os; os.kill(os.getpid(), 9)"),
        "/no/such/command",
        "/",
    ]
    assert [await Command(line).deliver(MESSAGE) for line in lines] == [
        "it ended with exit code 3",
        "it was ended by signal 9",
        "it cannot be started: No such file or directory",
        "it cannot be started: Permission denied",
    ]


async def test_a_command_that_does_not_end_is_killed_with_all_it_started(tmp_path: Path) -> None:
    """Its children as well, which ignore being asked."""
    file = tmp_path / "pids"
    child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    line = python(
        "import subprocess, sys, os, time\n"
        "child = subprocess.Popen([sys.executable, '-c', sys.argv[2]])\n"
        "open(sys.argv[1], 'w').write(f'{os.getpid()} {child.pid}')\n"
        "time.sleep(60)",
        str(file),
        child,
    )
    why = await Command(line, limit_s=1.5).deliver(MESSAGE)
    assert why == "it did not end within 1.5 s and was killed"
    pids = [int(pid) for pid in file.read_text().split()]
    await asyncio.sleep(0.2)
    assert [pid for pid in pids if runs(pid)] == []


async def test_a_command_whose_delivery_is_given_up_is_killed_too(tmp_path: Path) -> None:
    """At the end of a run nobody waits for its thirty seconds."""
    file = tmp_path / "pid"
    script = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    giving_up = asyncio.create_task(Command(python(script, str(file))).deliver(MESSAGE))
    for _ in range(500):
        if file.exists() and file.read_text():
            break
        await asyncio.sleep(0.02)
    giving_up.cancel()
    await asyncio.wait([giving_up])
    assert giving_up.cancelled()
    assert not runs(int(file.read_text()))


async def test_a_command_is_not_given_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What tells of alerts has no business with keys; all else of the environment is there."""
    for name in ("ANTHROPIC_API_KEY", "FOOTNOTED_ANTHROPIC_API_KEY", "FOOTNOTED_DATABASE_URL"):
        monkeypatch.setenv(name, "T0KEN")
    monkeypatch.setenv("FOOTNOTED_PROFILE", "techniques")
    file = tmp_path / "environment"
    script = "import os, sys; open(sys.argv[1], 'w').write(repr(dict(os.environ)))"
    assert await Command(python(script, str(file))).deliver(MESSAGE) is None
    seen = file.read_text()
    assert "T0KEN" not in seen
    assert "FOOTNOTED_PROFILE" in seen


def runs(pid: int) -> bool:
    """Return whether a process runs, other than as a zombie that nobody buried."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
