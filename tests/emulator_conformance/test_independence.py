"""The emulator knows nothing of the program that is tested against it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_emulator_imports_neither_the_program_nor_the_sdk(project_root: Path) -> None:
    """Its books are an independent witness only while it shares no code with either."""
    files = sorted((project_root / "tests" / "emulator").glob("*.py"))
    roots = {(path.name, name.split(".")[0]) for path in files for name in _imported(path)}
    assert len(files) > 20
    assert {pair for pair in roots if pair[1] in {"footnoted", "anthropic"}} == set()
