"""What the design's pages name exists, and what exists is named there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_every_test_that_the_page_of_faults_names_exists(project_root: Path) -> None:
    """A renamed test is renamed there too; each row has one at least."""
    page = (project_root / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    defined = {
        name
        for path in (project_root / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert [row for row in rows if not re.findall(r"`(test_\w+)`", row)] == []
    assert set(re.findall(r"`(test_\w+)`", page)) - defined == set()


def test_the_layout_of_the_design_names_every_part_of_the_program(project_root: Path) -> None:
    """The folders and modules at the top of the package."""
    page = (project_root / "docs" / "design.md").read_text(encoding="utf-8")
    layout = page.partition("## 3.")[2].partition("```")[2].partition("```")[0]
    named = set(re.findall(r"^  (?:[\w]+/ )?(\w+)/", layout, re.MULTILINE))
    named |= set(re.findall(r"(\w+)/ cli/", layout)) | set(re.findall(r"(\w+)\.py", layout))
    parts = {
        path.stem
        for path in (project_root / "src" / "footnoted").iterdir()
        if (path / "__init__.py").is_file() or path.suffix == ".py"
    }
    assert parts - named - {"__init__"} == set()
