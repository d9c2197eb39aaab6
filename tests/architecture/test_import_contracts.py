"""The import contracts hold, and each of them breaks when somebody breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

VIOLATIONS = {
    "1 Data flows": ("model/transcript.py", "import footnoted.db.tables"),
    "2 Profiles never": ("profiles/techniques/types.py", "import footnoted.profiles.intruder"),
    "3 Only the composition": ("stages/segment.py", "import footnoted.llm.extractive"),
    "4 Vendor SDKs": ("pipeline/loop.py", "import asyncpg"),
    "5 Decisions are pure": ("pipeline/gate.py", "import footnoted.pipeline.store"),
    "6 No cycles": ("pipeline/orders/order.py", "import footnoted.pipeline.process_one"),
    "7 The engine never": ("pipeline/loop.py", "import footnoted.profiles.techniques"),
    "8 The parts of": ("llm/gateway.py", "import footnoted.llm.anthropic_errors"),
}


@pytest.fixture
def copied(project_root: Path, tmp_path: Path) -> Path:
    """Return a copy of the sources and their contracts that a test may spoil."""
    shutil.copy(project_root / "pyproject.toml", tmp_path)
    shutil.copytree(project_root / "src" / "footnoted", tmp_path / "src" / "footnoted")
    return tmp_path


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Return what import-linter says of the sources below `root`."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as l; l()",
            "--no-cache",
        ],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_holds(project_root: Path) -> None:
    """The sources as they are break nothing."""
    result = lint(project_root)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_breaks_its_contract(contract: str, copied: Path) -> None:
    """An import that a contract forbids is reported under that contract's name."""
    name, line = VIOLATIONS[contract]
    intruder = copied / "src" / "footnoted" / "profiles" / "intruder"
    intruder.mkdir()
    (intruder / "__init__.py").write_text('"""A second profile."""\n')
    spoiled = copied / "src" / "footnoted" / name
    spoiled.write_text(spoiled.read_text().replace("\nfrom ", f"\n{line}\nfrom ", 2))
    result = lint(copied)
    broken = [text for text in result.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(text.startswith(contract) for text in broken), result.stdout + result.stderr
