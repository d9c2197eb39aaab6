"""The metadata.csv files that speak of a folder: its own and those of the folders above it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.sources.contents import read_small
from footnoted.sources.metadata_table import MetadataTable, read_table, stem_of
from footnoted.sources.names import NotTaken, read_name, stem_key
from footnoted.sources.port import Facts, Problem
from footnoted.sources.sidecar import MAX_SIDECAR_BYTES

if TYPE_CHECKING:
    from footnoted.sources.walk import Entry


@dataclass(slots=True)
class FolderTable:
    """A metadata.csv, read when a recording asks for it."""

    entry: Entry
    stored: str
    is_changed: bool
    is_unsettled: bool
    is_told: bool = False
    _table: MetadataTable | None = None

    @property
    def folder(self) -> str:
        """Return the real path of the folder it speaks of."""
        return os.path.dirname(self.entry.path)  # noqa: PTH120 - odd names, see contents.py

    def table(self) -> MetadataTable:
        """Return its rows; one that cannot be read has none and a problem."""
        if self._table is None:
            try:
                data = read_small(self.entry.path, MAX_SIDECAR_BYTES)
            except OSError as error:
                self._table = MetadataTable(self.stored)
                self._table.note(None, f"cannot be read: {error.strerror}")
            else:
                self._table = read_table(data, self.stored)
        return self._table

    def problems(self) -> list[Problem]:
        """Return what is wrong with it, rows that speak of no file included."""
        table = self.table()
        stems: dict[str, set[str]] = {}
        strays = [
            Problem(path=self.stored, line=row.line, reason=f"names {row.file}, which is not there")
            for row in table.rows
            if not self._exists(row.file, stems)
        ]
        return [*table.problems, *strays]

    def _exists(self, file: str, stems: dict[str, set[str]]) -> bool:
        path = os.path.join(self.folder, file.replace("\\", "/"))  # noqa: PTH118 - odd names
        if os.path.lexists(path):
            return True
        folder = os.path.dirname(path)  # noqa: PTH120 - odd names
        if folder not in stems:
            stems[folder] = _stems(folder)
        return stem_key(stem_of(file)) in stems[folder]


def _stems(folder: str) -> set[str]:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - odd names
    except OSError:
        return set()
    read = [read_name(name) for name in names]
    return {stem_key(name.stem) for name in read if not isinstance(name, NotTaken)}


@dataclass(slots=True)
class TableChain:
    """The tables on the way from the root to the folder being looked at, the nearest last."""

    _tables: list[FolderTable] = field(default_factory=list[FolderTable])

    def enter(self, folder: str) -> None:
        """Forget the tables that do not speak of `folder`."""
        self._tables = [table for table in self._tables if _is_below(folder, table.folder)]

    def add(self, table: FolderTable) -> None:
        """Remember the table of the folder that was entered."""
        self._tables.append(table)

    @property
    def is_changed(self) -> bool:
        """Return whether any changed since the last look."""
        return any(table.is_changed for table in self._tables)

    @property
    def is_unsettled(self) -> bool:
        """Return whether any is still being written."""
        return any(table.is_unsettled for table in self._tables)

    def take_changed(self) -> list[FolderTable]:
        """Return the changed tables that were not returned before."""
        tables = [table for table in self._tables if table.is_changed and not table.is_told]
        for table in tables:
            table.is_told = True
        return tables

    def facts_of(self, folder: str, stem: str, names: list[str]) -> Facts:
        """Return what the tables say of a recording; a nearer table wins field by field."""
        facts = Facts()
        for table in self._tables:
            below = os.path.relpath(folder, table.folder).replace(os.sep, "/")
            said = table.table().facts_of("" if below == "." else below, stem, names)
            facts = said.over(facts) if said is not None else facts
        return facts


def _is_below(folder: str, above: str) -> bool:
    return folder == above or folder.startswith(above.rstrip(os.sep) + os.sep)
