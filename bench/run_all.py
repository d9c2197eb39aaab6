"""Runs every bench in a process of its own and writes what it measured to docs/figures.md.

A bench is a script `bench/<id>_<noun>.py`, or `<id>_<id>_<noun>.py` when it measures several
figures; it prints one line `id value unit goal PASS|FAIL|SKIP` for each. A bench that dies, or
prints no such line for a figure it is named for, counts as FAIL: silence is not a pass. It states
in `TIME_LIMIT_S` within how many seconds it ends on a busy machine, and is stopped after that.
The page is written as soon as a bench has ended, so that nothing is lost with a later one.

A line `WAY name | measure = value` fills a cell of the table that compares ways of working through
the same backlog; a cell that is not measured this time keeps what stands there.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MARKER = "<!-- Below this line the page is written by hand; `make bench` keeps it. -->"
_HEAD = """# Figures

What `make bench` measured. A time is a ratio against a baseline of the same run, because machines
differ; goals stand in the benches themselves, and a goal that is missed says FAIL here.

| id | value | unit | goal | verdict | date | cores | note |
|---|---|---|---|---|---|---|---|
"""
_LINE = re.compile(r"([A-Z]\d+\S*)\s+(\S+)\s+(\S+)\s+(\S.*?)\s+(PASS|FAIL|SKIP)\b\s*(.*)")
_WAY = re.compile(r"WAY (.+?) \| (.+?) = (.+)")
_WAYS_HEAD = """
## Three ways to take a backlog

Measured by `bench/p1_p2_backlog.py`, each way in the same run at the same scale; a dash is not
measured yet.

"""
_NO_CELL = "-"
_TIME_LIMIT = re.compile(r"^TIME_LIMIT_S = ([0-9_]+)$", re.MULTILINE)
_STOP_GRACE_S = 60.0
DEFAULT_LIMIT_S = 1_800.0
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
        note = line[6].strip()
        note = note[1:-1] if note.startswith("(") and note.endswith(")") else note
        return Figure(line[1], line[2], line[3], line[4], line[5], self.date, self.cores, note)

    def failed(self, figure_id: str, goal: str, note: str) -> Figure:
        """Return a FAIL without a value."""
        return Figure(figure_id, "-", "-", goal, "FAIL", self.date, self.cores, note)


@dataclass
class Page:
    """What stands on the page: figures, cells of the ways by (way, measure), and text by hand."""

    figures: list[Figure]
    ways: dict[tuple[str, str], str]
    by_hand: str


@dataclass(frozen=True)
class Measured:
    """What one bench told."""

    figures: list[Figure]
    ways: dict[tuple[str, str], str]


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


def time_limit_s(script: Path) -> float | None:
    """Return within how many seconds a bench says that it ends; None when it says nothing."""
    found = _TIME_LIMIT.search(script.read_text(encoding="utf-8"))
    return float(found[1]) if found else None


def run_to_end(script: Path, limit_s: float) -> tuple[str, str]:
    """Return what a bench printed and how it ended; its stderr goes to ours.

    One that takes too long is interrupted as by a person, so that it stops what it has started.
    """
    command = [sys.executable, str(script.resolve())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            output, _ = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            return _last_words(process), f"no end within {limit_s:g} s"
    return output, f"exit {process.returncode}"


def _last_words(process: subprocess.Popen[str]) -> str:
    try:
        return process.communicate(timeout=_STOP_GRACE_S)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def run_bench(script: Path, limit_s: float, stamp: Stamp) -> Measured:
    """Return what one bench measured, with a FAIL for silence and for a bad end."""
    output, ended = run_to_end(script, limit_s)
    lines = [line.strip() for line in output.splitlines()]
    cells = [found for line in lines if (found := _WAY.fullmatch(line))]
    ways = {(found[1], found[2]): found[3] for found in cells}
    figures = [stamp.printed(found) for line in lines if (found := _LINE.fullmatch(line))]
    measured = {own_id(figure.id) for figure in figures}
    silent = [name for name in figures_of(script) if name not in measured]
    figures += [stamp.failed(name, "a figure", ended) for name in silent]
    if not any(figure.verdict == "FAIL" for figure in figures) and ended != "exit 0":
        figures.append(stamp.failed(f"{figures_of(script)[0]}.end", "exit 0", ended))
    return Measured(figures, ways)


def read_page(path: Path) -> Page:
    """Return what stands on the page."""
    if not path.exists():
        return Page([], {}, "\n")
    tables, marker, by_hand = path.read_text(encoding="utf-8").partition(MARKER)
    if not marker:
        message = f"{path} has no line {MARKER!r}; nothing was written, so that no text is lost"
        raise SystemExit(message)
    table, _, below = tables.partition(_WAYS_HEAD)
    rows = (_cells(line) for line in table.splitlines())
    figures = [Figure(*row) for row in rows if len(row) == 8 and _ID.fullmatch(row[0])]
    head, *others = [row for row in map(_cells, below.splitlines()) if row] or [[]]
    ways = {
        (row[0], measure): cell
        for row in others[1:]
        for measure, cell in zip(head[1:], row[1:], strict=True)
    }
    return Page(figures, ways, by_hand)


def _cells(line: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", line)[1:-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def write_page(path: Path, page: Page) -> None:
    """Write the tables and the hand-written part."""
    figures = sorted(page.figures, key=lambda figure: order(figure.id))
    rows = "".join(figure.row() + "\n" for figure in figures)
    path.write_text(f"{_HEAD}{rows}{_ways_table(page.ways)}\n{MARKER}{page.by_hand}", "utf-8")


def _ways_table(cells: Mapping[tuple[str, str], str]) -> str:
    if not cells:
        return ""
    ways = list(dict.fromkeys(way for way, _ in cells))
    measures = list(dict.fromkeys(measure for _, measure in cells))
    rows = [[way, *(cells.get((way, name), _NO_CELL) for name in measures)] for way in ways]
    lines = [["way", *measures], ["---"] * (1 + len(measures)), *rows]
    return _WAYS_HEAD + "".join(map(_row, lines))


class Record:
    """Keeps the page up to date while benches end one after the other."""

    def __init__(self, path: Path, benches: Iterable[Path], *, keeps_strangers: bool) -> None:
        """Keep the page at `path`; `benches` are all there are, strangers rows of no bench."""
        self._path = path
        self._keeps_strangers = keeps_strangers
        self._left = Counter(name for script in benches for name in figures_of(script))
        self._fresh = set[str]()

    def add(self, script: Path, told: Measured) -> None:
        """Put on the page what a bench told.

        A row of a figure that is not told any more goes when every bench of the figure has ended.
        """
        self._fresh |= {figure.id for figure in told.figures}
        self._left.subtract(figures_of(script))
        page = read_page(self._path)
        kept = [row for row in page.figures if row.id not in self._fresh and self._is_due(row.id)]
        fresh = [row for row in page.figures if row.id in self._fresh]
        new = {figure.id: figure for figure in [*fresh, *told.figures]}
        page = Page([*kept, *new.values()], page.ways | told.ways, page.by_hand)
        write_page(self._path, page)

    def _is_due(self, figure_id: str) -> bool:
        name = own_id(figure_id)
        return self._left[name] > 0 if name in self._left else self._keeps_strangers


def measure(benches: Iterable[Path], limit_s: float | None, record: Record) -> bool:
    """Run the benches one after the other, telling each figure; return whether all goals held."""
    stamp = Stamp(datetime.now(UTC).date().isoformat(), str(os.cpu_count()))
    holds = True
    for script in benches:
        told = run_bench(script, limit_s or time_limit_s(script) or DEFAULT_LIMIT_S, stamp)
        record.add(script, told)
        for figure in told.figures:
            print(figure.id, figure.value, figure.unit, figure.goal, figure.verdict, figure.note)
            holds = holds and figure.verdict != "FAIL"
        sys.stdout.flush()
    return holds


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 when nothing failed, 1 when a figure missed its goal, 2 for an unknown name."""
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description="measure the figures and write docs/figures.md")
    parser.add_argument("--only", default="", help="ids or benches to measure, with commas")
    parser.add_argument("--benches", type=Path, default=root / "bench")
    parser.add_argument("--page", type=Path, default=root / "docs" / "figures.md")
    parser.add_argument("--timeout-s", type=float, help="instead of what each bench states")
    given = parser.parse_args(argv)
    only = {name.strip().upper() for name in given.only.split(",") if name.strip()}
    benches = find_benches(given.benches)
    names = {script: {script.stem.upper(), *figures_of(script)} for script in benches}
    if unknown := only.difference(*names.values()):
        print(f"no bench for {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [script for script in benches if not only or only & names[script]]
    read_page(given.page)
    record = Record(given.page, benches, keeps_strangers=bool(only))
    return 0 if measure(chosen, given.timeout_s, record) else 1


if __name__ == "__main__":
    sys.exit(main())
