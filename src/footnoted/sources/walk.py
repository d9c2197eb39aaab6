"""A folder tree as lists of regular files, one folder at a time, in a stable order.

A link to a file of the tree is that file once more; one to a folder of it is passed over, for that
is met anyway. Links that lead out of the tree are not followed: whoever may write into a followed
folder (a share, an unpacked archive) would have any file read that this program may read
(https://cwe.mitre.org/data/definitions/59.html). What cannot be read is noted and passed over.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAX_DEPTH = 64
LINK_OUT = "a link out of the folder: follow or add what it leads to"
_SKIPPED_FOLDERS = frozenset({"__MACOSX", "@eaDir", "$RECYCLE.BIN", "lost+found"})


class Entry(NamedTuple):
    """A regular file of a folder. `path` is real, `name` its last part."""

    name: str
    path: str
    size_bytes: int
    modified_ns: int


class Listing(NamedTuple):
    """The regular files of one folder, by name, and what lies below the root to reach it."""

    path: str
    depth: int
    files: list[Entry]


@dataclass(slots=True)
class Notes:
    """What a walk passed over: `ignored` and `unreadable` are told (real path, reason).

    `blocked` are folders, and links to what may be one, that were not looked into: nothing is known
    of what is below them.
    """

    ignored: Callable[[str, str], None]
    unreadable: Callable[[str, str], None]
    blocked: list[str] = field(default_factory=list[str])


class _Folder(NamedTuple):
    path: str
    depth: int


@dataclass(slots=True)
class _Walk:
    root: str
    max_depth: int
    notes: Notes
    follows_out: bool
    entered: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def __iter__(self) -> Iterator[Listing]:
        waiting = [_Folder(self.root, 0)]
        while waiting:
            folder = waiting.pop()
            listing, below = self._look(folder)
            if listing is not None:
                yield listing
            waiting += reversed(below)

    def _look(self, folder: _Folder) -> tuple[Listing | None, list[_Folder]]:
        try:
            with os.scandir(folder.path) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            self.notes.blocked.append(folder.path)
            self.notes.unreadable(folder.path, f"the folder cannot be read: {error.strerror}")
            return None, []
        files: list[Entry] = []
        below: list[_Folder] = []
        for entry in entries:
            self._sort_in(entry, folder.depth + 1, files, below)
        return Listing(folder.path, folder.depth, files), below

    def _sort_in(
        self, entry: os.DirEntry[str], depth: int, files: list[Entry], below: list[_Folder]
    ) -> None:
        if entry.name.startswith("."):
            self.notes.ignored(entry.path, "hidden")
            return
        if not self.follows_out and entry.is_symlink() and self._leads_out(entry):
            self.notes.blocked.append(entry.path)
            self.notes.ignored(entry.path, LINK_OUT)
            return
        try:
            status = entry.stat()
        except OSError as error:
            self.notes.blocked.append(entry.path)
            self.notes.unreadable(entry.path, f"cannot be looked at: {error.strerror}")
            return
        if stat.S_ISREG(status.st_mode):
            files.append(Entry(entry.name, entry.path, status.st_size, status.st_mtime_ns))
        elif stat.S_ISDIR(status.st_mode):
            if depth <= self.max_depth and self._may_enter(entry, status):
                below.append(_Folder(entry.path, depth))
        else:
            self.notes.ignored(entry.path, "not a regular file")

    def _may_enter(self, entry: os.DirEntry[str], status: os.stat_result) -> bool:
        if entry.name in _SKIPPED_FOLDERS:
            return False
        if entry.is_symlink() and not self._leads_out(entry):
            self.notes.ignored(entry.path, "a link back into the folder")
            return False
        identity = (status.st_dev, status.st_ino)
        if status.st_ino and identity in self.entered:
            self.notes.ignored(entry.path, "a link to a folder that was looked at")
            return False
        self.entered.add(identity)
        return True

    def _leads_out(self, entry: os.DirEntry[str]) -> bool:
        return not _is_within(os.path.realpath(entry.path), self.root)


def _is_within(path: str, root: str) -> bool:
    root = os.path.realpath(root)
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def walk(
    root: str, notes: Notes, max_depth: int | None = None, *, follows_out: bool = False
) -> Iterator[Listing]:
    """Return the folders from `root` down to `max_depth` below it, parents before children.

    With `follows_out`, links may lead anywhere. Raises nothing for what is unreadable; a root that
    cannot be listed ends in `notes.blocked`.
    """
    depth = _MAX_DEPTH if max_depth is None else max_depth
    return iter(_Walk(root, depth, notes, follows_out))
