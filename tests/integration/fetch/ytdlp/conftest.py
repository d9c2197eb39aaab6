"""yt-dlp for tests: scripts in its place, and the real one with a timeline server behind it."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Protocol

import pytest

from footnoted.fetch.ytdlp.limits import RunLimits
from footnoted.fetch.ytdlp.program import Place, YtDlpProgram
from tests.fakes.turns import FakeTurns

if TYPE_CHECKING:
    from pathlib import Path


class Scripted(Protocol):
    """Makes a YtDlpProgram whose yt-dlp is a Python script."""

    def __call__(self, script: str, limits: RunLimits | None = None) -> YtDlpProgram:
        """Return the program; the script finds the options in `sys.argv`."""
        ...


@pytest.fixture
def turns() -> FakeTurns:
    """Return a gate that lets everybody pass."""
    return FakeTurns()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return the folder that runs work in."""
    return tmp_path / "ytdlp"


@pytest.fixture
def scripted(turns: FakeTurns, work: Path, tmp_path: Path) -> Scripted:
    """Return a maker of programs that stand in for yt-dlp."""

    def make(script: str, limits: RunLimits | None = None) -> YtDlpProgram:
        file = tmp_path / "script.py"
        file.write_text(script)
        command = shlex.join([sys.executable, str(file)])
        return YtDlpProgram(Place(work, command), turns, limits or RunLimits(timeout_s=30))

    return make
