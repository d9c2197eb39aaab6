"""Which commit a program says it was built from: the build's, git's, the setting's, or none."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from footnoted.build import git_sha

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURED = "c" * 40


def package_in(root: Path) -> Path:
    """Return the folder of a package that is installed below `root`, as in a checkout."""
    package = root / "src" / "footnoted"
    package.mkdir(parents=True)
    return package


def git_in(root: Path, *arguments: str) -> str:
    """Return what git prints about `root`, in the name of nobody."""
    if shutil.which("git") is None:
        pytest.skip("git is not here")
    names = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    command = ["git", "-C", str(root), *names, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def committed(root: Path) -> str:
    """Make `root` a checkout with one commit; return its name."""
    git_in(root, "init", "--quiet")
    git_in(root, "commit", "--quiet", "--allow-empty", "-m", "x")
    return git_in(root, "rev-parse", "HEAD")


def test_what_the_build_wrote_down_comes_first(tmp_path: Path) -> None:
    """A wheel carries its commit, wherever it is installed."""
    package = package_in(tmp_path)
    committed(tmp_path)
    (package / "_bundled").mkdir()
    (package / "_bundled" / "GIT_SHA").write_text("b" * 40 + "\n", encoding="ascii")
    assert git_sha(CONFIGURED, package) == "b" * 40


def test_then_comes_the_commit_of_the_checkout(tmp_path: Path) -> None:
    """Also where a setting names another one."""
    package = package_in(tmp_path)
    commit = committed(tmp_path)
    assert git_sha(CONFIGURED, package) == commit


def test_then_the_setting_and_then_nothing(tmp_path: Path) -> None:
    """Nothing is called by a name, so that nobody takes it for a commit."""
    package = package_in(tmp_path)
    assert git_sha(CONFIGURED, package) == CONFIGURED
    assert git_sha(None, package) == "unknown"


def test_a_folder_that_only_looks_like_a_checkout_has_no_commit(tmp_path: Path) -> None:
    """Git says no, and the setting is asked."""
    package = package_in(tmp_path)
    (tmp_path / ".git").mkdir()
    assert git_sha(CONFIGURED, package) == CONFIGURED


def test_a_repository_without_a_commit_has_none(tmp_path: Path) -> None:
    """Git then prints the word it was asked about, and fails."""
    package = package_in(tmp_path)
    git_in(tmp_path, "init", "--quiet")
    assert git_sha(CONFIGURED, package) == CONFIGURED
