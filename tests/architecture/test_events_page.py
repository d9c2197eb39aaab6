"""docs/events.md names every event there is, and no other."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = re.compile(r"[a-z_]+\.(?!csv$|json$|md$)[a-z_]+")


def told(project_root: Path) -> set[str]:
    """Return the names in the first column of the tables."""
    page = (project_root / "docs" / "events.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE))


@cache
def used(project_root: Path) -> frozenset[str]:
    """Return the names that constants of modules hold, and those a change is written under."""
    root = project_root / "src" / "footnoted"
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(root.rglob("*.py"))]
    return frozenset(
        value
        for tree in trees
        for value in (*constants(tree), *changes(tree))
        if NAME.fullmatch(value) and not value.endswith(".toml")  # a file of ours
    )


def constants(tree: ast.Module) -> Iterator[str]:
    """Yield the texts that constants of a module hold."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            if isinstance(node.value.value, str) and all(map(str.isupper, names)):
                yield node.value.value


def changes(tree: ast.Module) -> Iterator[str]:
    """Yield the event of each change that the gate decides."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Change":
            texts = [one for one in node.args if isinstance(one, ast.Constant)]
            yield from (one.value for one in texts if isinstance(one.value, str))


def test_every_event_stands_in_the_table(project_root: Path) -> None:
    """An event nobody documents is an event nobody finds; one that is gone misleads."""
    assert told(project_root) == used(project_root)


def test_the_gates_events_are_seen(project_root: Path) -> None:
    """The test above would pass on nothing: these come from three places."""
    expected = {"daemon.started", "stage.failed", "video.discovered"}
    assert expected & used(project_root) == expected
