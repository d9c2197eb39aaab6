"""What `make test` runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_SPREAD = "--numprocesses logical --maxprocesses 4 --dist loadfile"


def _runs_of_pytest(project_root: Path, *arguments: str, target: str = "test") -> list[str]:
    if shutil.which("make") is None:
        pytest.skip("make is not here")
    environ = {  # of somebody who was not started by make
        name: value
        for name, value in os.environ.items()
        if name not in {"ARGS", "WORKERS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES"}
    }
    done = subprocess.run(
        ["make", "--dry-run", target, *arguments],
        cwd=project_root,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    _, *runs = (part.splitlines()[0] for part in f"{done.stdout}\n".split(" -m pytest "))
    return runs


def test_everything_is_run_over_the_cores_and_acceptance_last(project_root: Path) -> None:
    """What is left out of the first run is what the second one is."""
    assert _runs_of_pytest(project_root) == [
        f"{_SPREAD} --ignore tests/acceptance",
        f'{_SPREAD} -m "not endurance" tests/acceptance',
    ]


def test_what_takes_long_is_run_by_itself_and_by_ci(project_root: Path) -> None:
    """What `make test` leaves to it is not left out."""
    assert _runs_of_pytest(project_root, target="endurance") == [
        f"{_SPREAD} -m endurance tests/acceptance"
    ]
    assert "\nmake endurance\n" in (project_root / ".ci" / "run").read_text(encoding="utf-8")


def test_arguments_narrow_it_to_one_run_in_one_process(project_root: Path) -> None:
    """So that a debugger works, and one test starts one server."""
    assert _runs_of_pytest(project_root, "ARGS=tests/unit -k name") == ["tests/unit -k name"]
