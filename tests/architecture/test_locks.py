"""The lock files: what pyproject.toml asks for, pinned by hash, and no address in them."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from pathlib import Path

_LOCKS = ["requirements.lock", "requirements-dev.lock"]
_PIN = re.compile(r"([a-z0-9-]+)==(\S+)")


def _blocks(root: Path, lock: str) -> list[str]:
    """Return each pin with its hashes."""
    text = (root / lock).read_text(encoding="utf-8")
    return re.split(r"\n(?=\S)", text.rstrip("\n"))


def _pins(root: Path, lock: str) -> set[tuple[str, str]]:
    """Return (name, version); a name stands twice where Pythons differ."""
    matches = [_PIN.match(block) for block in _blocks(root, lock)]
    return {(match[1], match[2]) for match in matches if match}


def _asked(root: Path) -> dict[str, list[Requirement]]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = [Requirement(line) for line in project["project"]["dependencies"]]
    dev = [Requirement(line) for line in project["dependency-groups"]["dev"]]
    return {"requirements.lock": runtime, "requirements-dev.lock": [*runtime, *dev]}


@pytest.mark.parametrize("lock", _LOCKS)
def test_every_pin_has_hashes_and_no_line_has_an_address(project_root: Path, lock: str) -> None:
    """Any index may serve the packages; which files they are is decided here."""
    blocks = _blocks(project_root, lock)
    assert [block for block in blocks if not _PIN.match(block)] == []
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert [block for block in blocks if "/" in block] == []


@pytest.mark.parametrize("lock", _LOCKS)
def test_a_lock_answers_what_the_project_asks_for(project_root: Path, lock: str) -> None:
    """A dependency added or raised without `make lock` is noticed here, not by a newcomer."""
    pins = _pins(project_root, lock)
    missing = [
        str(asked)
        for asked in _asked(project_root)[lock]
        if not any(
            name == canonicalize_name(asked.name) and asked.specifier.contains(version)
            for name, version in pins
        )
    ]
    assert missing == []


def test_tests_run_on_what_users_get(project_root: Path) -> None:
    """The dev lock holds the same pins as the runtime lock, and more."""
    assert _pins(project_root, "requirements.lock") < _pins(project_root, "requirements-dev.lock")
