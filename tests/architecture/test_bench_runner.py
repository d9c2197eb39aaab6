"""The runner of the benches, on small benches made for the purpose."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Benches:
    """A folder of benches and the page they end on."""

    def __init__(self, folder: Path, runner: Path) -> None:
        """Start without benches and without a page."""
        self.folder = folder
        self.page = folder / "figures.md"
        self._runner = runner

    def add(self, name: str, *lines: str, code: int = 0) -> None:
        """Put a bench that prints `lines` and exits with `code`."""
        text = f"import sys\nprint({chr(10).join(lines)!r})\nsys.exit({code})\n"
        (self.folder / f"{name}.py").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> int:
        """Run the runner over the folder and return its exit code."""
        command = [sys.executable, str(self._runner), "--benches", str(self.folder)]
        command += ["--page", str(self.page), *arguments]
        return subprocess.run(command, check=False, capture_output=True).returncode

    def rows(self) -> list[list[str]]:
        """Return id, value and verdict of each row of the page."""
        lines = self.page.read_text(encoding="utf-8").splitlines()
        cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
        return [[row[0], row[1], row[4]] for row in cells if row[0] != "id"]


@pytest.fixture
def benches(tmp_path: Path, project_root: Path) -> Benches:
    """Return an empty folder of benches."""
    return Benches(tmp_path, project_root / "bench" / "run_all.py")


def test_figures_stand_in_the_order_of_their_ids(benches: Benches) -> None:
    """P2 comes before P10; a bench may measure several figures."""
    benches.add("p10_money", "P10 1.02 x ≤ 1.05 both PASS")
    benches.add("p2_p3_calls", "P3 0.6 ratio ≥ 0.5 PASS", "P2 0 /1000 ≤ 1 PASS")
    assert benches.run() == 0
    expected = [["P2", "0", "PASS"], ["P3", "0.6", "PASS"], ["P10", "1.02", "PASS"]]
    assert benches.rows() == expected


def test_one_missed_goal_fails_the_run(benches: Benches) -> None:
    """The page is written all the same, with the verdict."""
    benches.add("t2_words", "T2 1.02 ratio 1±0.005 FAIL", code=1)
    benches.add("t3_vtt", "T3 51 files 51 PASS")
    assert benches.run() == 1
    assert benches.rows() == [["T2", "1.02", "FAIL"], ["T3", "51", "PASS"]]


def test_a_skipped_figure_is_named_and_does_not_fail(benches: Benches) -> None:
    """Without the data there is nothing to judge, and the page says why."""
    benches.add("r9_inputs", "R9 - - - SKIP (no ../shared/data)")
    assert benches.run() == 0
    assert benches.rows() == [["R9", "-", "SKIP"]]
    assert "no ../shared/data" in benches.page.read_text(encoding="utf-8")


def test_a_bench_that_dies_silently_fails(benches: Benches) -> None:
    """No line is no pass: each figure the bench is named for fails."""
    benches.add("p1_drain", "Traceback, as it were", code=3)
    benches.add("p4_p5_idle", "P4 1.1 ratio ≤ 1.5 PASS")
    assert benches.run() == 1
    assert benches.rows() == [["P1", "-", "FAIL"], ["P4", "1.1", "PASS"], ["P5", "-", "FAIL"]]


def test_a_bench_that_dies_after_its_line_fails(benches: Benches) -> None:
    """A figure that was printed before the crash does not hide the crash."""
    benches.add("p1_drain", "P1 1.05 ratio ≤ 1.10 PASS", code=-11)
    benches.add("p9_captions", "P9 3.1 ratio ≥ 1.0 PASS", code=1)
    assert benches.run() == 1
    expected = [["P1", "1.05", "PASS"], ["P1.end", "-", "FAIL"]]
    expected += [["P9", "3.1", "PASS"], ["P9.end", "-", "FAIL"]]
    assert benches.rows() == expected


def test_a_bench_without_end_is_stopped(benches: Benches) -> None:
    """The time limit ends it; what it printed until then is kept and does not hide it."""
    text = "import time\nprint('P6 200 MiB < 256 PASS', flush=True)\ntime.sleep(60)\n"
    (benches.folder / "p6_memory.py").write_text(text, encoding="utf-8")
    assert benches.run("--timeout-s", "1") == 1
    assert benches.rows() == [["P6", "200", "PASS"], ["P6.end", "-", "FAIL"]]


def test_a_bench_states_its_own_limit_and_is_stopped_like_a_person_would(
    benches: Benches,
) -> None:
    """What it opened is closed again: it is interrupted, not killed."""
    trace = benches.folder / "closed"
    text = (
        "import pathlib, time\nTIME_LIMIT_S = 1\n"
        f"try:\n    time.sleep(60)\nfinally:\n    pathlib.Path({str(trace)!r}).touch()\n"
    )
    (benches.folder / "r1_kills.py").write_text(text, encoding="utf-8")
    assert benches.run() == 1
    assert benches.rows() == [["R1", "-", "FAIL"]]
    assert trace.exists()


def test_the_page_is_written_after_each_bench(benches: Benches) -> None:
    """A bench that never comes to its end takes nothing along: the next one reads the page."""
    benches.add("p1_drain", "P1 1.05 ratio <=1.10 PASS")
    text = f"import pathlib\nprint('P2', pathlib.Path({str(benches.page)!r}).read_text().count("
    text += "'| P1 |'), 'rows 1 PASS')\n"
    (benches.folder / "p2_reader.py").write_text(text, encoding="utf-8")
    assert benches.run() == 0
    assert benches.rows() == [["P1", "1.05", "PASS"], ["P2", "1", "PASS"]]


def test_a_row_of_another_bench_of_the_same_figure_is_kept(benches: Benches) -> None:
    """Benches may be named by their file; what the other one measured stands."""
    benches.add("r2_points", "R2 26 points 26 PASS")
    benches.add("r2_paid_points", "R2.paid 20 points 20 PASS")
    assert benches.run() == 0
    benches.add("r2_paid_points", "R2.paid 19 points 20 FAIL", code=1)
    assert benches.run("--only", "r2_paid_points") == 1
    assert benches.rows() == [["R2", "26", "PASS"], ["R2.paid", "19", "FAIL"]]


def test_a_row_without_a_bench_goes_when_everything_is_measured(benches: Benches) -> None:
    """Until then it may be somebody else's, who measures at the same time."""
    benches.add("p7_search", "P7 0.03 ratio <=1 PASS")
    benches.add("t6_names", "T6 0.5 share >0.2 PASS")
    assert benches.run() == 0
    (benches.folder / "t6_names.py").unlink()
    assert benches.run("--only", "P7") == 0
    assert benches.rows() == [["P7", "0.03", "PASS"], ["T6", "0.5", "PASS"]]
    assert benches.run() == 0
    assert benches.rows() == [["P7", "0.03", "PASS"]]


def test_the_table_of_the_ways_keeps_the_cells_that_are_not_measured(benches: Benches) -> None:
    """Money is measured on a busy machine too; times wait for a quiet one."""
    benches.add("p1_drain", "P1 1.1 ratio 1 PASS", "WAY ours | USD = 1.5", "WAY naive | USD = 2")
    assert benches.run() == 0
    benches.add("p1_drain", "P1 1.1 ratio 1 PASS", "WAY naive | time = 9", "WAY ours | USD = 1.4")
    assert benches.run() == 0
    page = benches.page.read_text(encoding="utf-8")
    assert "| way | USD | time |" in page
    assert "| ours | 1.4 | - |" in page
    assert "| naive | 2 | 9 |" in page


def test_each_bench_states_its_limit(project_root: Path) -> None:
    """Nobody waits for a bench without knowing for how long."""
    stated = re.compile(r"^TIME_LIMIT_S = [0-9_]+$", re.MULTILINE)
    scripts = [p for p in (project_root / "bench").glob("*.py") if re.match(r"[a-z]\d+_", p.name)]
    silent = [p.name for p in sorted(scripts) if not stated.search(p.read_text(encoding="utf-8"))]
    assert silent == []


def test_only_some_are_measured_again_and_the_rest_is_kept(benches: Benches) -> None:
    """Rows of other benches stay as they were, a row with a suffix goes with its figure."""
    benches.add("p7_search", "P7 0.03 ratio ≤ 1/20 PASS")
    benches.add("p8_start", "P8.help 0.3 s < 0.4 PASS", "P8.run 2 s < 3 PASS")
    assert benches.run() == 0
    benches.add("p7_search", "P7 0.09 ratio ≤ 1/20 FAIL")
    benches.add("p8_start", "P8.help 0.2 s < 0.4 PASS")
    assert benches.run("--only", "p8") == 0
    assert benches.rows() == [["P7", "0.03", "PASS"], ["P8.help", "0.2", "PASS"]]


def test_an_unknown_figure_is_refused(benches: Benches) -> None:
    """A mistyped id measures nothing and must not look like a pass."""
    benches.add("p7_search", "P7 0.03 ratio ≤ 1/20 PASS")
    assert benches.run("--only", "P77") == 2


def test_what_was_written_by_hand_is_kept(benches: Benches) -> None:
    """Everything below the marker survives; a page without it is not overwritten."""
    benches.add("p7_search", "P7 0.03 ratio ≤ 1/20 PASS")
    assert benches.run() == 0
    page = benches.page.read_text(encoding="utf-8") + "\n## The run on real input\n\nBy hand.\n"
    benches.page.write_text(page, encoding="utf-8")
    assert benches.run() == 0
    assert benches.page.read_text(encoding="utf-8") == page
    benches.page.write_text("mine\n", encoding="utf-8")
    assert benches.run() != 0
    assert benches.page.read_text(encoding="utf-8") == "mine\n"
