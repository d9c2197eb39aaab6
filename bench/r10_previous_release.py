"""Figure R10: the tests of the previous release pass on the schema of this one.

The previous release is the commit before the newest migration came. Its sources and its tests are
taken from git into a folder, with the migrations of now instead of its own; its integration tests
then run on a database of the newest schema. Left out are the tests of the schema itself, which
say what the older one looks like. `--release TAG` names another one, once some are published.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from defusedxml import ElementTree
from stand import ROOT, finish, report, temporary_folder

from footnoted.db.migrate import needed_revision

if TYPE_CHECKING:
    from pathlib import Path

TIME_LIMIT_S = 1_800
OF_THE_SCHEMA = (
    "tests/integration/db/test_schema.py",
    "tests/integration/db/test_migrate.py",
    "tests/integration/db/test_every_revision.py",
    "tests/integration/db/test_schema_change.py",
)
ASKED = "import footnoted.db.migrate as m; print(m.__file__, m.needed_revision())"
HELPERS = "src/footnoted/db/online.py"  # what migrations use, where a release did not have it yet


@dataclass(frozen=True)
class Outcome:
    """How many tests there were, and the names of those that did not pass."""

    passed: int
    skipped: int
    failed: list[str]


def git(*words: str) -> bytes:
    """Return what git says about this checkout."""
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True).stdout


def previous_release() -> str:
    """Return the commit before the newest migration came; HEAD while that is not committed."""
    (newest,) = (ROOT / "migrations" / "versions").glob(f"{needed_revision()}_*.py")
    path = newest.relative_to(ROOT).as_posix()
    came = git("log", "--diff-filter=A", "--format=%h", "-1", "--", path).decode().strip()
    return git("rev-parse", "--short", f"{came}^" if came else "HEAD").decode().strip()


def lay_out(commit: str, folder: Path) -> Path:
    """Return a folder with that release and the migrations of now."""
    release = folder / "release"
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        archive.extractall(release, filter="data")
    shutil.rmtree(release / "migrations")
    shutil.copytree(ROOT / "migrations", release / "migrations")
    if not (release / HELPERS).exists():
        shutil.copy(ROOT / HELPERS, release / HELPERS)
    if (ROOT.parent / "shared").is_dir():
        (folder / "shared").symlink_to(ROOT.parent / "shared")
    return release


def insist_on_it(release: Path) -> None:
    """Return when a program that is started there is that release, and makes the newest schema."""
    told = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=release,
        env={**os.environ, "PYTHONPATH": str(release / "src")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert told == [str(release / "src/footnoted/db/migrate.py"), needed_revision()], told


def run_tests(release: Path, workers: str, chosen: list[str]) -> Outcome:
    """Return what the integration tests of a release say."""
    result = release.parent / "result.xml"
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", workers),
            *("--dist", "loadfile", f"--junitxml={result}", *chosen),
            *(f"--ignore={path}" for path in OF_THE_SCHEMA),
        ],
        cwd=release,
        env={**os.environ, "PYTHONPATH": str(release / "src")},
        stdout=sys.stderr,
        check=False,
    )
    assert ended.returncode in (0, 1), f"pytest ended with {ended.returncode}"
    cases = ElementTree.parse(result).getroot().iter("testcase")
    passed, skipped, failed = 0, 0, list[str]()
    for case in cases:
        told = {child.tag for child in case}
        if told & {"failure", "error"}:
            failed.append(f"{case.get('classname', '')}::{case.get('name', '')}")
        elif "skipped" in told:
            skipped += 1
        else:
            passed += 1
    return Outcome(passed, skipped, failed)


def main() -> bool:
    """Run them and print how many pass."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", default="2", help="processes")
    parser.add_argument("--release", help="a tag or commit")
    parser.add_argument("tests", nargs="*", default=["tests/integration"])
    asked = parser.parse_args()
    if not (ROOT / ".git").exists():
        print("R10.previous - - - SKIP (not a checkout)")
        return True
    commit = asked.release or previous_release()
    with temporary_folder() as folder:
        release = lay_out(commit, folder)
        insist_on_it(release)
        outcome = run_tests(release, asked.n, asked.tests)
    note = f"release {commit} on schema {needed_revision()}, {outcome.skipped} skipped"
    total = outcome.passed + len(outcome.failed)
    return report(
        *("R10.previous", str(outcome.passed), f"of-{total}-tests", str(total)),
        holds=not outcome.failed and total > 0,
        note="; ".join([note, *outcome.failed[:10]]),
    )


finish(main())
