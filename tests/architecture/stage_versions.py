"""The code of each stage as one hash, to be recorded beside its version.

A stage's output is fingerprinted by the version it declares, so code that changes its answers has
to raise it. Whether a change does, only a person knows: the hash of the stage's module, and of all
it imports from its own package, stands in stage_versions.toml, and a change asks for the decision.

    python -m tests.architecture.stage_versions     record today's code, once that is decided
"""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
RECORD = Path(__file__).with_name("stage_versions.toml")
PACKAGES = ("footnoted/stages", "footnoted/profiles")


class StageCode(NamedTuple):
    """What a stage says of itself, and the hash of the code it stands for."""

    version: int
    code: str


def stages_today() -> dict[str, StageCode]:
    """Return every stage by its class, such as `footnoted.stages.segment.SegmentStage`."""
    found: dict[str, StageCode] = {}
    for package in PACKAGES:
        for path in sorted((SOURCE / package).rglob("*.py")):
            for node in _tree(path).body:
                if isinstance(node, ast.ClassDef) and (version := _version(node)) is not None:
                    found[f"{_name(path)}.{node.name}"] = StageCode(version, _code(path))
    return found


def stages_recorded() -> dict[str, StageCode]:
    """Return the stages as they stand in the record."""
    rows = tomllib.loads(RECORD.read_text(encoding="utf-8"))
    return {name: StageCode(**row) for name, row in rows.items()}


def written(stages: dict[str, StageCode]) -> str:
    """Return the record of these stages."""
    rows = [
        f'["{name}"]\nversion = {stage.version}\ncode = "{stage.code}"\n'
        for name, stage in sorted(stages.items())
    ]
    return "\n".join(["# Written by `python -m tests.architecture.stage_versions`.", *rows])


def _version(stage: ast.ClassDef) -> int | None:
    """Return the version that a class declares; None for what is no stage."""
    if not stage.name.endswith("Stage"):
        return None
    for node in stage.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "version":
            return int(ast.literal_eval(node.value)) if node.value is not None else None
    return None


def _code(path: Path) -> str:
    """Return the hash of a module and of what it imports from its package, and so on."""
    home = _name(path).rpartition(".")[0]
    seen: dict[str, str] = {}
    waiting = [path]
    while waiting:
        module = waiting.pop()
        if _name(module) in seen:
            continue
        tree = _tree(module)
        seen[_name(module)] = _without_words(module)
        waiting += [found for name in _imported(tree, home) if (found := _path(name)).is_file()]
    text = "\n".join(f"{name} {seen[name]}" for name in sorted(seen))
    return hashlib.sha256(text.encode()).hexdigest()


def _imported(tree: ast.Module, home: str) -> list[str]:
    """Return the modules of the package `home` that a module imports, names included."""
    return [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(home)
        for name in (node.module or "", *(f"{node.module}.{one.name}" for one in node.names))
    ]


def _without_words(path: Path) -> str:
    """Return a module's lines without docstrings and comments, alike under every Python."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [""] * (end - node.lineno + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def _path(name: str) -> Path:
    return SOURCE.joinpath(*name.split(".")).with_suffix(".py")


if __name__ == "__main__":
    RECORD.write_text(written(stages_today()), encoding="utf-8")
