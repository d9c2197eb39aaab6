"""Fails when a commit deletes much of the tree and its message does not say why.

An automated commit once removed 78 files (14,814 lines) of an ancestor of this project and nobody
saw it. So a commit that takes away more than a few files or lines needs a line in its message:

    Deletes: <reason>

Without `--base`, each of the last commits of the first-parent history is judged by itself, because
a submission may bring several; a later commit may give the reason for an earlier one, since
history that others have is not rewritten. With `--base`, the change from there to HEAD is judged
as a whole, and any message in between may give the reason.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_FILES = 20
MAX_LINES = 1500
RECENT_COMMITS = 30
_REASON = re.compile(r"^Deletes: *\S", re.MULTILINE)


@dataclass(frozen=True)
class Loss:
    """What a change takes away: files deleted, and lines lost net over all files."""

    files: int
    lines: int

    def exceeds(self, max_files: int, max_lines: int) -> bool:
        """Return whether either limit is passed."""
        return self.files > max_files or self.lines > max_lines


def git(repository: Path, *arguments: str) -> str:
    """Return what git prints; raise CalledProcessError when it fails."""
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def loss_between(repository: Path, old: str, new: str) -> Loss:
    """Return what `new` lacks of `old`; a renamed file is not lost, a rewritten line neither."""
    deleted = git(repository, "diff", "-M", "--diff-filter=D", "--name-only", old, new)
    lines = 0
    for row in git(repository, "diff", "-M", "--numstat", old, new).splitlines():
        added, removed, _ = row.split("\t", 2)
        if removed != "-":  # git counts no lines of a binary file
            lines += max(0, int(removed) - int(added))
    return Loss(len(deleted.splitlines()), lines)


def changes_to_judge(repository: Path, base: str | None, recent: int) -> list[tuple[str, str]]:
    """Return (old, new) pairs, newest first; a root commit has nothing to lose."""
    if base is not None:
        return [(base, "HEAD")]
    log = git(repository, "log", "--first-parent", f"-n{recent}", "--format=%H %P", "HEAD")
    rows = [row.split() for row in log.splitlines()]
    return [(row[1], row[0]) for row in rows if len(row) > 1]


def judge(repository: Path, changes: Sequence[tuple[str, str]], limits: Loss) -> list[str]:
    """Return a sentence for each change that takes away much and is not explained."""
    complaints = []
    for old, new in changes:
        loss = loss_between(repository, old, new)
        if not loss.exceeds(limits.files, limits.lines):
            continue
        if _REASON.search(git(repository, "log", "--format=%B", f"{old}..HEAD")):
            continue
        subject = git(repository, "log", "-1", "--format=%h %s", new).strip()
        complaints.append(
            f"{subject}: deletes {loss.files} files and {loss.lines} lines (allowed: "
            f"{limits.files} and {limits.lines}) without a line 'Deletes: <reason>'"
        )
    return complaints


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 when every deletion is small or explained, 1 when not, 2 when git can't tell."""
    parser = argparse.ArgumentParser(description="refuse unexplained mass deletions")
    parser.add_argument("--repository", type=Path, default=Path(__file__).resolve().parents[1])
    parser.add_argument("--base", help="judge the whole change since this commit")
    parser.add_argument("--recent", type=int, default=RECENT_COMMITS)
    parser.add_argument("--max-files", type=int, default=MAX_FILES)
    parser.add_argument("--max-lines", type=int, default=MAX_LINES)
    given = parser.parse_args(argv)
    if not (given.repository / ".git").exists():
        print("no git checkout here: no deletions to judge")
        return 0
    try:
        changes = changes_to_judge(given.repository, given.base, given.recent)
        if (
            not changes
            and git(given.repository, "rev-parse", "--is-shallow-repository") == "true\n"
        ):
            print("cannot judge deletions: this clone has no history; fetch two commits or more")
            return 2
        complaints = judge(given.repository, changes, Loss(given.max_files, given.max_lines))
    except subprocess.CalledProcessError as error:
        print(f"cannot judge deletions: {error.stderr.strip()}", file=sys.stderr)
        return 2
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"deletions: {len(changes)} changes judged, {len(complaints)} unexplained")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
