"""Figure R2: the program killed at each commit point of each stage, by the acceptance tests.

The points are those of tests/acceptance/test_crash_points.py: before calls are reserved, before
they are sent, after an answer is journaled, before and after the save. A stage that asks nothing
has the last two only. Every case asserts equal content, events told once, and no answered question
asked again.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from stand import ROOT, finish, report

TIME_LIMIT_S = 900
TESTS = "tests/acceptance/test_crash_points.py"
CASE = re.compile(r"(PASSED|FAILED|ERROR) \S*test_a_death_at_a_commit_point_\w+\[(\w+)-(\w+)\]")
CASES, STAGES = 26, 7
LIMIT_S = 900


def main() -> bool:
    """Run the cases and print the figure."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", TESTS, "-rA", "-p", "no:cacheprovider", "--color=no"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=False,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    cases = CASE.findall(ran.stdout)
    passed = [(stage, point) for verdict, stage, point in cases if verdict == "PASSED"]
    failed = [f"{stage}-{point}" for verdict, stage, point in cases if verdict != "PASSED"]
    stages = len({stage for stage, _ in passed})
    last_words = (ran.stdout or ran.stderr).strip().splitlines()[-1:]
    note = f"{stages} stages, {' '.join(last_words).strip('= ')}"
    if failed:
        note = f"failed: {', '.join(failed)}; {note}"
    holds = ran.returncode == 0 and (len(passed), stages) == (CASES, STAGES)
    return report("R2", str(len(passed)), "points_x_stages", str(CASES), holds=holds, note=note)


finish(main())
