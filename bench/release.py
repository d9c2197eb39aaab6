"""An older release, taken from git into a folder of its own, to be run beside this one."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stand import ROOT

from footnoted.db.migrate import needed_revision

if TYPE_CHECKING:
    from pathlib import Path

ASKED = "import footnoted.db.migrate as m; print(m.__file__, m.needed_revision())"
HELPERS = "src/footnoted/db/online.py"  # what migrations use, where a release did not have it yet


@dataclass(frozen=True)
class Release:
    """The tracked files of a commit; `commit` is its short name."""

    commit: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which `python -m footnoted` is this release."""
        kept = {name: value for name, value in os.environ.items() if "FOOTNOTED_" not in name}
        return {**kept, "PYTHONPATH": str(self.folder / "src")}

    @property
    def revision(self) -> str:
        """Return the schema it needs, from the release itself, which must be the one that runs."""
        told = subprocess.run(
            [sys.executable, "-c", ASKED],
            cwd=self.folder,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        assert told[0] == str(self.folder / "src/footnoted/db/migrate.py"), told
        return told[1]

    def take_newest_migrations(self) -> None:
        """Let it make the schema of now."""
        shutil.rmtree(self.folder / "migrations")
        shutil.copytree(ROOT / "migrations", self.folder / "migrations")
        if not (self.folder / HELPERS).exists():
            shutil.copy(ROOT / HELPERS, self.folder / HELPERS)
        assert self.revision == needed_revision()


def is_checkout() -> bool:
    """Return whether there is a history to take a release from."""
    return (ROOT / ".git").exists()


def previous_release() -> str:
    """Return the commit before the newest migration came; HEAD while that is not committed."""
    (newest,) = (ROOT / "migrations" / "versions").glob(f"{needed_revision()}_*.py")
    path = newest.relative_to(ROOT).as_posix()
    came = _git("log", "--diff-filter=A", "--format=%h", "-1", "--", path).decode().strip()
    return _git("rev-parse", "--short", f"{came}^" if came else "HEAD").decode().strip()


def lay_out(commit: str, folder: Path) -> Release:
    """Return a release in `folder`/release."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
        archive.extractall(folder / "release", filter="data")
    return Release(commit, folder / "release")


def _git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True).stdout
