"""What the design's pages name exists, and what exists is named there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from typer.core import TyperGroup as Group
from typer.main import get_command

from footnoted.cli.application import build

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


def test_the_design_names_every_command(project_root: Path) -> None:
    """With those of its groups; what it marks as to come is not there yet."""
    page = (project_root / "docs" / "design.md").read_text(encoding="utf-8")
    line = page.partition("- **CLI**")[2].partition("\n")[0].partition("`run ")
    built, _, to_come = (line[1] + line[2]).partition("◇")
    named = {
        f"{name} {part}".strip()
        for name, parts in re.findall(r"`(\w+)(?: \[?([\w|]+)\]?)?[^`]*`", built)
        for part in ("", *parts.split("|"))
    }
    assert sorted(_commands() ^ named) == []
    assert _commands() & set(re.findall(r"`(\w+)", to_come)) == set()


def _commands() -> set[str]:
    """Return every command, and every group with and without each command of its own."""
    program = get_command(build())
    assert isinstance(program, Group)
    found: set[str] = set()
    for name, command in program.commands.items():
        inner = command.commands if isinstance(command, Group) else ()
        found |= {name, *(f"{name} {one}" for one in inner)}
    return found


def test_what_is_still_to_come_is_not_there_yet(project_root: Path) -> None:
    """A folder that the layout announces loses its mark when it exists."""
    page = (project_root / "docs" / "design.md").read_text(encoding="utf-8")
    (announced,) = re.findall(r"^◇ To come, (.*)$", page, re.MULTILINE)
    folders = re.findall(r"`(\w+)/`", announced)
    package = project_root / "src" / "footnoted"
    assert [name for name in folders if (package / name).exists()] == []
