"""Rows under headers: drawn for a terminal, aligned columns for files and other programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from footnoted.cli.terminal import plain, results

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = "  "


def write_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write rows to stdout; None is an empty cell, and every cell is one line."""
    cells = [["" if value is None else plain(str(value)).plain for value in row] for row in rows]
    (_draw if sys.stdout.isatty() else _align)(headers, cells)


def _draw(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    table = Table(*headers, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in cells:
        table.add_row(*map(plain, row))
    results().print(table)


def _align(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    for row in (headers, *cells):
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(f"{_GAP.join(padded).rstrip()}\n")
