"""`metadata.csv`: the facts of many recordings, written by hand, one row each.

Columns: file, title, url, creator, published_at, duration_s, language, tags, chapters; in any
order, all but `file` optional. `file` is a file's name, its stem, or a path below the table.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from footnoted.db.texts import storable
from footnoted.sources.names import NotTaken, read_name, stem_key
from footnoted.sources.port import Facts, Problem
from footnoted.sources.sidecar import (
    Fields,
    chapters_of,
    duration_ms_of,
    tags_of,
    text_of,
    time_of,
    url_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COLUMNS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "title": ("title", text_of),
    "url": ("url", url_of),
    "creator": ("creator", text_of),
    "published_at": ("published_at", time_of),
    "duration_s": ("duration_ms", duration_ms_of),
    "language": ("language", text_of),
    "tags": ("tags", tags_of),
    "chapters": ("chapters", chapters_of),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: which file it is about, where it stands, and what it says."""

    file: str
    line: int
    facts: Facts


@dataclass(slots=True)
class MetadataTable:
    """The rows of one table. Of two rows about one recording the first counts."""

    path: str
    rows: list[Row] = field(default_factory=list[Row])
    problems: list[Problem] = field(default_factory=list[Problem])
    _by_file: dict[str, Row] = field(default_factory=dict[str, Row])

    def add(self, row: Row) -> None:
        """Keep a row, or note that its file was named before."""
        earlier = self._by_file.setdefault(_key(row.file), row)
        if earlier is row:
            self.rows.append(row)
        else:
            self.note(row.line, f"names {row.file} again (first in line {earlier.line})")

    def note(self, line: int | None, reason: str) -> None:
        """Note a problem of the table."""
        self.problems.append(Problem(path=self.path, line=line, reason=storable(reason)))

    def facts_of(self, folder: str, stem: str, names: list[str]) -> Facts | None:
        """Return what the table says of a recording; `folder` is relative to the table, or ''."""
        prefix = f"{folder}/" if folder else ""
        for name in (*names, stem):
            row = self._by_file.get(_key(prefix + name))
            if row is not None:
                return row.facts
        return None


def _key(file: str) -> str:
    return stem_key(file.replace("\\", "/").removeprefix("./"))


def stem_of(file: str) -> str:
    """Return the stem that a `file` cell means, without folders."""
    name = file.replace("\\", "/").rpartition("/")[2]
    read = read_name(name)
    return name if isinstance(read, NotTaken) else read.stem


def read_table(data: bytes, path: str) -> MetadataTable:
    """Return the rows of a metadata.csv; what is wrong with it is noted with its line."""
    table = MetadataTable(path)
    text = storable(_decoded(data))
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = None
    for line, cells in _rows(reader, table):
        if columns is None:
            columns = _header(cells, table)
            if "file" not in columns:
                table.note(1, "has no column `file`, so no row says what it is about")
                return table
        elif any(cell.strip() for cell in cells):
            _read_row(dict(zip(columns, cells, strict=False)), line, table)
    return table


def _decoded(data: bytes) -> str:
    """Return the text; spreadsheets write UTF-8, with a mark or without, or Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(reader: Any, table: MetadataTable) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - csv names no public type
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            table.note(line, f"cannot be read: {error}")
        else:
            yield line, cells
        line = reader.line_num + 1


def _header(cells: list[str], table: MetadataTable) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    known = ("file", *_COLUMNS)
    for column in columns:
        if column and column not in known:
            table.note(1, f"has a column `{column}` that means nothing (known: {', '.join(known)})")
    return columns


def _read_row(cells: dict[str, str], line: int, table: MetadataTable) -> None:
    file = cells.get("file", "").strip()
    if not file:
        table.note(line, "names no file")
        return
    fields = Fields(table.path, line)
    for column, (name, parse) in _COLUMNS.items():
        fields.read(name, column, cells.get(column), parse)
    table.problems += fields.problems
    table.add(Row(file, line, fields.facts()))
