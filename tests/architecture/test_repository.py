"""What is committed works anywhere: no registry's host, no developer's path, nothing generated."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Written in parts, so that this file passes its own test.
_REGISTRIES = (
    r"(?:pypi|pythonhosted|test\.pypi)\.(?:org|io)",
    r"(?:registry|www)\.npm(?:js)?\.(?:org|com)",
    r"(?:deb|security|archive|ports)\.(?:debian\.org|ubuntu\.com)",
    r"proxy\.golang\.org|crates\.io|conda\.anaconda\.org",
    r"https?://[^\s\"'>]+/simple\b(?!-)",
)
_REGISTRY = re.compile("|".join(_REGISTRIES), re.IGNORECASE)
_OWN_PATH = re.compile(r"(?<![\w.~])/(?:work|root|home|Users)/[\w.-]+|[A-Z]:\\Users\\")
_NOBODY = re.compile(r"/home/(?:ada|you)\b")
"""People whom examples may name."""
_GENERATED = re.compile(
    r"(?:^|/)(?:__pycache__|\.venv|dist|build|node_modules)/|\.(?:pyc|egg-info|log|sqlite3?)$"
)
_LARGEST_BYTES = 1_000_000
_BINARY = (".docx", ".png")


def _read(root: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of every tracked text file that is there."""
    for name in _tracked(root):
        if not name.endswith(_BINARY):
            yield name, (root / name).read_text(encoding="utf-8", errors="replace")


def _tracked(root: Path) -> list[str]:
    if not (root / ".git").exists():
        pytest.skip("this is no checkout: git cannot say what is committed")
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True
    )
    return [name for name in done.stdout.split("\0") if name and (root / name).is_file()]


def _lines_with(root: Path, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {found.group()}"
        for name, text in _read(root)
        for number, line in enumerate(text.splitlines(), start=1)
        for found in pattern.finditer(line)
    ]


def test_nothing_committed_names_a_package_registry(project_root: Path) -> None:
    """Packages come from whichever index the machine uses; hashes say which files they are."""
    assert _lines_with(project_root, _REGISTRY) == []


def test_nothing_committed_names_a_path_of_somebodys_machine(project_root: Path) -> None:
    """What runs only where it was written is noticed here."""
    found = _lines_with(project_root, _OWN_PATH)
    assert [line for line in found if not _NOBODY.search(line)] == []


def test_nothing_generated_or_huge_is_committed(project_root: Path) -> None:
    """Caches, builds and data sets stay out of the history."""
    names = _tracked(project_root)
    assert [name for name in names if _GENERATED.search(name)] == []
    sizes = {name: (project_root / name).stat().st_size for name in names}
    assert [name for name, size in sizes.items() if size > _LARGEST_BYTES] == []


@pytest.mark.parametrize(
    "line",
    [
        "pip install -i https://" + "pypi" + ".org/simple x",
        "https://mirror.example/" + "simple/footnoted",
        "see https://registry." + "npmjs.org",
    ],
)
def test_the_look_for_registries_sees_one(line: str) -> None:
    """A pattern that matches nothing would hold for ever."""
    assert _REGISTRY.search(line)


@pytest.mark.parametrize("path", ["wo" + "rk/main", "home/" + "jane/src", "ro" + "ot/venv"])
def test_the_look_for_paths_sees_one(path: str) -> None:
    """The same for paths."""
    assert _OWN_PATH.search(f"cd /{path}")
