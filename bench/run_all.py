"""Runs every bench in a process of its own and writes what it measured to docs/figures.md.

A bench is a script `bench/<id>_<noun>.py`, or `<id>_<id>_<noun>.py` when it measures several
figures; it prints one line `id value unit goal PASS|FAIL|SKIP` for each. A bench that dies, or
prints no such line for a figure it is named for, counts as FAIL: silence is not a pass.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MARKER = "<!-- Below this line the page is written by hand; `make bench` keeps it. -->"
_HEAD = """# Figures

What `make bench` measured. A time is a ratio against a baseline of the same run, because machines
differ; goals stand in the benches themselves, and a goal that is missed says FAIL here.

| id | value | unit | goal | verdict | date | cores | note |
|---|---|---|---|---|---|---|---|
"""
_LINE = re.compile(r"([A-Z]\d+\S*)\s+(\S+)\s+(\S+)\s+(\S.*?)\s+(PASS|FAIL|SKIP)\b\s*(.*)")
_NAMED_FOR = re.compile(r"[a-z]\d+(?=_)")
_ID = re.compile(r"([A-Z])(\d+)(.*)")


@dataclass(frozen=True)
class Figure:
    """One row of the page; `id` may carry a suffix behind the figure's own (`P8.help`)."""

    id: str
    value: str
    unit: str
    goal: str
    verdict: str
    date: str
    cores: str
    note: str = ""

    def row(self) -> str:
        """Return the row as Markdown."""
        cells = [self.id, self.value, self.unit, self.goal]
        cells += [self.verdict, self.date, self.cores, self.note]
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


@dataclass(frozen=True)
class Stamp:
    """When and where a figure is measured."""

    date: str
    cores: str

    def printed(self, line: re.Match[str]) -> Figure:
        """Return the figure that a bench printed."""
        note = line[6].strip("() ")
        return Figure(line[1], line[2], line[3], line[4], line[5], self.date, self.cores, note)

    def failed(self, figure_id: str, goal: str, note: str) -> Figure:
        """Return a FAIL without a value."""
        return Figure(figure_id, "-", "-", goal, "FAIL", self.date, self.cores, note)


def order(figure_id: str) -> tuple[str, int, str]:
    """Return a sort key: P2 before P10, P8 before P8.help."""
    match = _ID.fullmatch(figure_id)
    return (match[1], int(match[2]), match[3]) if match else (figure_id, 0, "")


def own_id(figure_id: str) -> str:
    """Return the id without a suffix: `P8.help` belongs to `P8`."""
    match = _ID.fullmatch(figure_id)
    return match[1] + match[2] if match else figure_id


def figures_of(script: Path) -> list[str]:
    """Return the ids a bench is named for, in upper case; empty when it is no bench."""
    return [name.upper() for name in _NAMED_FOR.findall(script.name)]


def find_benches(folder: Path) -> list[Path]:
    """Return the benches in the order of their first figure."""
    benches = [path for path in sorted(folder.glob("*.py")) if figures_of(path)]
    return sorted(benches, key=lambda path: order(figures_of(path)[0]))


def run_to_end(script: Path, timeout_s: float) -> tuple[str, str]:
    """Return what a bench printed and how it ended; its stderr goes to ours."""
    command = [sys.executable, str(script.resolve())]
    try:
        done = subprocess.run(
            command, check=False, stdout=subprocess.PIPE, text=True, timeout=timeout_s
        )
    except subprocess.TimeoutExpired as late:
        return (late.stdout.decode() if late.stdout else ""), f"no end within {timeout_s:g} s"
    return done.stdout, f"exit {done.returncode}"


def run_bench(script: Path, timeout_s: float, stamp: Stamp) -> list[Figure]:
    """Return the figures one bench printed, with a FAIL for silence and for a bad end."""
    output, ended = run_to_end(script, timeout_s)
    lines = (_LINE.fullmatch(line.strip()) for line in output.splitlines())
    figures = [stamp.printed(line) for line in lines if line]
    measured = {own_id(figure.id) for figure in figures}
    silent = [name for name in figures_of(script) if name not in measured]
    figures += [stamp.failed(name, "a figure", ended) for name in silent]
    if any(figure.verdict == "FAIL" for figure in figures) or ended == "exit 0":
        return figures
    return [*figures, stamp.failed(f"{figures_of(script)[0]}.end", "exit 0", ended)]


def read_page(page: Path) -> tuple[list[Figure], str]:
    """Return the rows of an earlier run and the hand-written part of the page."""
    if not page.exists():
        return [], "\n"
    table, marker, by_hand = page.read_text(encoding="utf-8").partition(MARKER)
    if not marker:
        message = f"{page} has no line {MARKER!r}; nothing was written, so that no text is lost"
        raise SystemExit(message)
    rows = []
    for line in table.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 8 and _ID.fullmatch(cells[0]):
            rows.append(Figure(*(cell.replace("\\|", "|") for cell in cells)))
    return rows, by_hand


def write_page(page: Path, figures: Iterable[Figure], by_hand: str) -> None:
    """Write the table in the order of the ids, and the hand-written part as it was."""
    rows = "".join(figure.row() + "\n" for figure in sorted(figures, key=lambda f: order(f.id)))
    page.write_text(f"{_HEAD}{rows}\n{MARKER}{by_hand}", encoding="utf-8")


def measure(benches: Iterable[Path], timeout_s: float) -> list[Figure]:
    """Run the benches one after the other and print each figure as it comes."""
    stamp = Stamp(datetime.now(UTC).date().isoformat(), str(os.cpu_count()))
    figures = []
    for script in benches:
        for figure in run_bench(script, timeout_s, stamp):
            print(figure.id, figure.value, figure.unit, figure.goal, figure.verdict, figure.note)
            figures.append(figure)
        sys.stdout.flush()
    return figures


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 when nothing failed, 1 when a figure missed its goal, 2 for an unknown id."""
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description="measure the figures and write docs/figures.md")
    parser.add_argument("--only", default="", help="ids to measure again, separated by commas")
    parser.add_argument("--benches", type=Path, default=root / "bench")
    parser.add_argument("--page", type=Path, default=root / "docs" / "figures.md")
    parser.add_argument("--timeout-s", type=float, default=1800)
    given = parser.parse_args(argv)
    only = {name.strip().upper() for name in given.only.split(",") if name.strip()}
    benches = find_benches(given.benches)
    known = {name for script in benches for name in figures_of(script)}
    if only - known:
        print(f"no bench for {', '.join(sorted(only - known))}", file=sys.stderr)
        return 2
    chosen = [script for script in benches if not only or only & set(figures_of(script))]
    earlier, by_hand = read_page(given.page)
    figures = measure(chosen, given.timeout_s)
    again = {name for script in chosen for name in figures_of(script)}
    kept = [row for row in earlier if only and own_id(row.id) not in again]
    write_page(given.page, [*kept, *figures], by_hand)
    return 1 if any(figure.verdict == "FAIL" for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
