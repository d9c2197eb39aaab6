"""Figure R10: the tests of the previous release pass on the schema of this one.

The previous release is the commit before the newest migration came. Its sources and its tests are
taken from git into a folder, with the migrations of now instead of its own; its integration tests
then run on a database of the newest schema. Left out are the tests of the schema itself, which
say what the older one looks like. `--release TAG` names another one, once some are published.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass

from defusedxml import ElementTree
from release import Release, is_checkout, lay_out, previous_release
from stand import ROOT, finish, report, temporary_folder

from footnoted.db.migrate import needed_revision

TIME_LIMIT_S = 1_800
OF_THE_SCHEMA = (
    "tests/integration/db/test_schema.py",
    "tests/integration/db/test_migrate.py",
    "tests/integration/db/test_every_revision.py",
    "tests/integration/db/test_schema_change.py",
)


@dataclass(frozen=True)
class Outcome:
    """How many tests there were, and the names of those that did not pass."""

    passed: int
    skipped: int
    failed: list[str]


def run_tests(release: Release, workers: str, chosen: list[str]) -> Outcome:
    """Return what the integration tests of a release say."""
    result = release.folder.parent / "result.xml"
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", workers),
            *("--dist", "loadfile", f"--junitxml={result}", *chosen),
            *(f"--ignore={path}" for path in OF_THE_SCHEMA),
        ],
        cwd=release.folder,
        env=release.environment,
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
    if not is_checkout():
        print("R10.previous - - - SKIP (not a checkout)")
        return True
    with temporary_folder() as folder:
        release = lay_out(asked.release or previous_release(), folder)
        release.take_newest_migrations()
        if (ROOT.parent / "shared").is_dir():
            (folder / "shared").symlink_to(ROOT.parent / "shared")
        outcome = run_tests(release, asked.n, asked.tests)
    note = f"release {release.commit} on schema {needed_revision()}, {outcome.skipped} skipped"
    total = outcome.passed + len(outcome.failed)
    return report(
        *("R10.previous", str(outcome.passed), f"of-{total}-tests", str(total)),
        holds=not outcome.failed and total > 0,
        note="; ".join([note, *outcome.failed[:10]]),
    )


finish(main())
