"""Modules and functions stay small enough to read; an exception stands here with its reason."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULE_LIMIT = 400
FUNCTION_LIMIT = 50
NEWCOMER_LIMIT = 400


def modules(project_root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and text of every module."""
    root = project_root / "src" / "footnoted"
    for path in sorted(root.rglob("*.py")):
        yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def test_no_module_is_over_its_budget(project_root: Path) -> None:
    """A module over 400 lines has two nouns in it."""
    over = [name for name, text in modules(project_root) if len(text.splitlines()) > MODULE_LIMIT]
    assert over == []


def test_no_function_is_over_its_budget(project_root: Path) -> None:
    """A function over 50 lines does two things."""
    over = [
        f"{name}:{node.lineno} {node.name} ({length} lines)"
        for name, text in modules(project_root)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LIMIT
    ]
    assert over == []


def test_a_newcomer_reads_four_short_files(project_root: Path) -> None:
    """How it works is told by four files under 400 lines together."""
    names = (
        "pipeline/loop.py",
        "pipeline/process_one.py",
        "pipeline/flow.py",
        "profiles/techniques/profile.py",
    )
    root = project_root / "src" / "footnoted"
    lines = {name: len((root / name).read_text().splitlines()) for name in names}
    assert sum(lines.values()) < NEWCOMER_LIMIT, lines


def test_modules_are_named_for_nouns(project_root: Path) -> None:
    """Folders and modules with names that mean anything are where order ends."""
    banned = {"utils", "util", "helpers", "common", "manager", "misc"}
    found = [
        name
        for name, _ in modules(project_root)
        if banned & set(name.removesuffix(".py").split("/"))
    ]
    assert found == []
