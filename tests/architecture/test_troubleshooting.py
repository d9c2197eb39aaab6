"""docs/troubleshooting.md has a section for every name `status` and `doctor` can show."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

from footnoted.doctor.check import CheckName
from footnoted.pipeline.controls.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_HEADING = re.compile(r"^#{3,4} (.*`.*)$", re.MULTILINE)
_NAME = re.compile(r"`([a-z_]+)`")
_KEYWORDS = {"failure_code", "wait_reason"}
_REASONS = {"Stopped": 1, "Waiting": 1, "Failed": 0, "_Finding": 0}
_POSITIONS = {**_REASONS, "Alert": 0, "NewsItem": 0}
_DEADLINE_POSITION = 3


class Names:
    """The names that the sources can put into a row, read off their syntax trees."""

    def __init__(self, root: Path, positions: Mapping[str, int]) -> None:
        """Read every module below `root`, and at these positions of the arguments of calls."""
        self._positions = positions
        texts = [path.read_text(encoding="utf-8") for path in sorted(root.rglob("*.py"))]
        self._trees = [ast.parse(text) for text in texts]
        self._constants = dict(self._find_constants())

    def all(self) -> set[str]:
        """Return every wait reason, failure code, error code and alert code."""
        return {name for tree in self._trees for node in ast.walk(tree) for name in self._of(node)}

    def _find_constants(self) -> Iterator[tuple[str, str]]:
        for tree in self._trees:
            for node in tree.body:
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(s))):
                        yield name, s
                    case _:
                        pass

    def _of(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Call():
                yield from self._of_call(node)
            case ast.ClassDef() if any(
                ast.unparse(base).endswith(("Error", "Exception")) for base in node.bases
            ):
                yield from self._of_class(node, "code")
            case ast.ClassDef(name="UnreadableCode"):
                yield from self._of_class(node, None)
            case _:
                pass

    def _of_call(self, call: ast.Call) -> Iterator[str]:
        for keyword in call.keywords:
            if keyword.arg in _KEYWORDS:
                yield from self._text(keyword.value)
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        position = self._positions.get(name)
        if position is not None and len(call.args) > position:
            yield from self._text(call.args[position])
            has_deadline = len(call.args) > _DEADLINE_POSITION or "deadline" in {
                keyword.arg for keyword in call.keywords
            }
            if name == "Waiting" and has_deadline:
                yield from (f"{text}_deadline" for text in self._text(call.args[position]))

    def _of_class(self, node: ast.ClassDef, only: str | None) -> Iterator[str]:
        for statement in node.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ) if only in (None, name):
                    yield from self._text(value)
                case _:
                    pass

    def _text(self, value: ast.expr) -> Iterator[str]:
        match value:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Name(id=name) if name in self._constants:
                yield self._constants[name]
            case _:
                pass  # a name that comes from elsewhere is found where it is written


@cache
def names_in_code(project_root: Path) -> frozenset[str]:
    """Return every name that `status` and `doctor` can show."""
    found = Names(project_root / "src" / "footnoted", _POSITIONS).all()
    return frozenset(found | {check.value for check in CheckName})


def reasons_in_code(project_root: Path) -> set[str]:
    """Return every name that an item can wait for or stop with, so no alert and no check."""
    return Names(project_root / "src" / "footnoted", _REASONS).all()


def names_in_docs(project_root: Path) -> list[str]:
    """Return the names that have a section, in the order of the page."""
    page = (project_root / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    return [name for heading in _HEADING.findall(page) for name in _NAME.findall(heading)]


def test_every_name_has_a_section(project_root: Path) -> None:
    """A name without a section leaves a person alone with it."""
    assert names_in_code(project_root) - set(names_in_docs(project_root)) == set()


def test_every_section_is_about_a_name_that_exists(project_root: Path) -> None:
    """A section about a name that is gone misleads."""
    assert set(names_in_docs(project_root)) - names_in_code(project_root) == set()


def test_no_name_has_two_sections(project_root: Path) -> None:
    """Whoever looks a name up finds one answer."""
    names = names_in_docs(project_root)
    assert sorted(names) == sorted(set(names))


def test_retry_knows_every_reason_and_no_other(project_root: Path) -> None:
    """A reason belongs into `REASONS`, or `retry --reason` takes it for a slip of the keyboard."""
    assert set(REASONS) == reasons_in_code(project_root)


def test_the_collector_sees_each_way_a_name_is_written(project_root: Path) -> None:
    """One known name for each: keyword, positional, constant, class, enum, deadline, finding."""
    known = {
        "file_forbidden",
        "unexpected",
        "speech_recognition",
        "contract_violation",
        "transcript_binary",
        "source_unreachable_deadline",
        "quality_letters",
        "index_rebuilt",
        "index_content",
    }
    assert known - names_in_code(project_root) == set()
