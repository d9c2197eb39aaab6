"""The guard against unexplained mass deletions, on repositories made for the purpose (J10)."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "Tester"), ("EMAIL", "tester@mail.example"))
}
_ISOLATED = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class Repository:
    """A git repository with verbs; `judge` runs the guard with limits of 3 files and 40 lines."""

    def __init__(self, path: Path, script: Path) -> None:
        """Start an empty repository in `path`."""
        self.path = path
        self._script = script
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        """Return what git prints, without anybody's own configuration."""
        environment = {"PATH": os.environ["PATH"], **_IDENTITY, **_ISOLATED}
        command = ["git", *arguments]
        done = subprocess.run(
            command, cwd=self.path, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def write(self, count: int, *, lines: int = 10) -> None:
        """Put `count` files of `lines` lines each, every line its own."""
        for number in range(count):
            text = "".join(f"file {number} line {line}\n" for line in range(lines))
            (self.path / f"{number}.txt").write_text(text, encoding="utf-8")

    def delete(self, count: int) -> None:
        """Remove the first `count` files."""
        for number in range(count):
            (self.path / f"{number}.txt").unlink()

    def commit(self, message: str) -> str:
        """Commit everything and return the id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def judge(self, *arguments: str) -> tuple[int, str]:
        """Return the exit code and what the guard complained of."""
        limits = ["--max-files", "3", "--max-lines", "40"]
        command = [sys.executable, str(self._script), "--repository", str(self.path)]
        done = subprocess.run(
            [*command, *limits, *arguments], check=False, capture_output=True, text=True
        )
        return done.returncode, done.stderr


@pytest.fixture
def repository(tmp_path: Path, project_root: Path) -> Repository:
    """Return a repository whose first commit holds ten files of ten lines."""
    made = Repository(tmp_path, project_root / ".ci" / "check_deletions.py")
    made.write(10)
    made.commit("Begin")
    return made


def test_a_first_commit_has_nothing_to_lose(repository: Repository) -> None:
    """A root commit passes."""
    assert repository.judge() == (0, "")


def test_a_few_deleted_files_pass(repository: Repository) -> None:
    """At the limit of three files and below forty lines nobody has to explain."""
    repository.delete(3)
    repository.commit("Drop three files")
    assert repository.judge() == (0, "")


def test_many_deleted_files_fail_and_are_counted(repository: Repository) -> None:
    """One file over the limit stops the change and says what went."""
    repository.delete(4)
    repository.commit("Tidy up")
    code, complaint = repository.judge()
    assert code == 1
    assert "Tidy up: deletes 4 files and 40 lines (allowed: 3 and 40)" in complaint


def test_many_deleted_lines_fail_though_no_file_goes(repository: Repository) -> None:
    """Emptying files is a deletion too."""
    repository.write(10, lines=5)
    repository.commit("Shorten everything")
    assert repository.judge()[0] == 1


def test_a_reason_in_the_message_lets_a_deletion_pass(repository: Repository) -> None:
    """The line `Deletes:` with a reason behind it is the explanation."""
    repository.delete(8)
    repository.commit("Drop the old reader\n\nDeletes: replaced by the new reader")
    assert repository.judge() == (0, "")


def test_an_empty_reason_is_none(repository: Repository) -> None:
    """A bare `Deletes:` explains nothing."""
    repository.delete(8)
    repository.commit("Drop the old reader\n\nDeletes:")
    assert repository.judge()[0] == 1


def test_moving_and_rewriting_are_not_deleting(repository: Repository) -> None:
    """Renamed files and lines replaced by as many others are no loss."""
    (repository.path / "moved").mkdir()
    for path in sorted(repository.path.glob("*.txt"))[:8]:
        path.rename(repository.path / "moved" / path.name)
    repository.commit("Move eight files")
    for path in sorted((repository.path / "moved").iterdir()):
        path.write_text("other\n" * 10, encoding="utf-8")
    repository.commit("Rewrite them")
    assert repository.judge() == (0, "")


def test_a_deletion_followed_by_other_commits_is_still_seen(repository: Repository) -> None:
    """A submission may bring several commits; the last one must not hide the others."""
    repository.delete(8)
    repository.commit("Tidy up")
    repository.commit("Do something else")
    assert repository.judge()[0] == 1
    repository.commit("Explain\n\nDeletes: the eight files were copies")
    assert repository.judge() == (0, "")


def test_an_older_reason_does_not_explain_a_newer_deletion(repository: Repository) -> None:
    """A reason counts for its own commit and earlier ones."""
    repository.delete(4)
    repository.commit("Drop four\n\nDeletes: copies")
    for number in range(4, 9):
        (repository.path / f"{number}.txt").unlink()
    repository.commit("Drop five more")
    code, complaint = repository.judge()
    assert code == 1
    assert "Drop five more" in complaint


def test_a_base_judges_the_change_as_a_whole(repository: Repository) -> None:
    """Deletions spread thinly over commits add up against a base."""
    base = repository.git("rev-parse", "HEAD")
    for number in range(6):
        (repository.path / f"{number}.txt").unlink()
        repository.commit(f"Drop {number}")
    assert repository.judge() == (0, "")
    assert repository.judge("--base", base)[0] == 1


def test_an_unknown_base_is_not_taken_for_a_pass(repository: Repository) -> None:
    """A guard that cannot look says so."""
    code, complaint = repository.judge("--base", "nowhere")
    assert code == 2
    assert "cannot judge deletions" in complaint


def test_a_clone_without_history_is_not_taken_for_a_pass(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory, project_root: Path
) -> None:
    """In a clone of depth one the last commit looks like a first commit."""
    repository.commit("Do something")
    shallow = tmp_path_factory.mktemp("clones") / "shallow"
    repository.git("clone", "--quiet", "--depth=1", repository.path.as_uri(), str(shallow))
    script = project_root / ".ci" / "check_deletions.py"
    command = [sys.executable, str(script), "--repository", str(shallow)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2


def test_outside_a_checkout_there_is_nothing_to_judge(tmp_path: Path, project_root: Path) -> None:
    """An unpacked source distribution has no history."""
    script = project_root / ".ci" / "check_deletions.py"
    command = [sys.executable, str(script), "--repository", str(tmp_path)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
