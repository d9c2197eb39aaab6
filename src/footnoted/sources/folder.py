"""Followed folders, globs and single files: one look at what is there against what is known.

    targets -> walk -> groups by (folder, stem) -> changed? settled? -> gather -> Scan

A group is taken whole or left for the next look. Nothing here decides whose a file is; that needs
the database and happens where the scan is recorded.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from footnoted.model.path import real_path, stored_path
from footnoted.sources.contents import ChangingError, StoppedError
from footnoted.sources.findings import Findings
from footnoted.sources.folder_tables import FolderTable, TableChain
from footnoted.sources.gathering import Gathering, Member
from footnoted.sources.globs import Target, read_target
from footnoted.sources.names import METADATA_TABLE, NotTaken, group_key, read_name, stem_key
from footnoted.sources.port import FileRole, Scan, ScanRequest, SourceUnreachableError
from footnoted.sources.walk import Entry, Listing, Notes, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class FolderScanner:
    """Looks at the file system; it keeps nothing between two looks."""

    def scan(self, request: ScanRequest) -> Scan:
        """Return what is there; raise SourceUnreachableError when a folder is away."""
        look = _Look(request)
        files: dict[str, set[str]] = {}
        for locator in request.targets:
            folder, name = os.path.split(locator)
            if os.path.isfile(locator):  # noqa: PTH113 - odd names, see contents.py
                files.setdefault(folder, set()).add(name)
            else:
                look.at_target(read_target(locator))
        for folder, names in sorted(files.items()):
            look.at_files(folder, names)
        return look.findings.scan()

    def gone(self, paths: Sequence[str]) -> list[str]:
        """Return those stored paths at which there is no file now."""
        return [path for path in paths if _is_gone(real_path(path))]


def _is_gone(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


class _Look:
    """One look in progress."""

    def __init__(self, request: ScanRequest) -> None:
        self.findings = Findings(request.limits.max_named)
        self._request = request
        self._tables = TableChain()
        self._gathering = Gathering(request, self.findings, self._tables)
        self._seen: set[str] = set()
        self._met: set[tuple[str, str]] = set()
        self._known_groups: dict[tuple[str, str], list[str]] | None = None

    def at_target(self, target: Target) -> None:
        """Look at a folder or glob and at what of it is gone."""
        below = stored_path(target.root.rstrip(os.sep) + os.sep)
        known = [
            path
            for path, file in self._request.known.items()
            if not file.is_missing and path.startswith(below)
        ]
        _expect_reachable(target.root, len(known))
        notes = Notes(self.findings.ignore, self.findings.note)
        for listing in walk(target.root, notes, target.max_depth):
            self._look_at(listing, target.wants)
        if target.root in notes.blocked:
            raise SourceUnreachableError(target.root, "the folder cannot be read")
        if not self._request.is_stopped():
            blocked = [stored_path(path) for path in notes.blocked]
            hidden = (*blocked, *(f"{path}{os.sep}" for path in blocked))
            self.findings.missing += [
                path
                for path in known
                if path not in self._seen
                and target.wants(real_path(path))
                and not path.startswith(hidden)
            ]

    def at_files(self, folder: str, names: set[str]) -> None:
        """Look at single files of one folder, with the sidecars beside them.

        They were named by hand, so they may be links to anywhere.
        """
        notes = Notes(lambda _path, _reason: None, self.findings.note)
        wanted = {os.path.join(folder, name) for name in names}  # noqa: PTH118 - odd names
        for listing in walk(folder, notes, max_depth=0, follows_out=True):
            self._look_at(listing, wanted.__contains__)
        for name in sorted(names):
            if name.startswith("."):
                self.findings.ignore(os.path.join(folder, name), "hidden")  # noqa: PTH118 - as above

    def _look_at(self, listing: Listing, wants: Callable[[str], bool]) -> None:
        if self._request.is_stopped():
            self.findings.is_partial = True
            return
        self._tables.enter(listing.path)
        for stem, members in sorted(self._groups_of(listing, wants).items()):
            taken = [m for m in members if m.name.role is FileRole.METADATA or wants(m.entry.path)]
            if any(member.name.role is not FileRole.METADATA for member in taken):
                self._consider((listing.path, stem), members, taken)
            elif len(taken) == len(members):
                for member in taken:
                    self.findings.ignore(member.entry.path, "a sidecar with no recording beside it")

    def _groups_of(self, listing: Listing, wants: Callable[[str], bool]) -> dict[str, list[Member]]:
        """Return the files of a folder by stem; its metadata table is opened on the way."""
        groups: dict[str, list[Member]] = {}
        for entry in listing.files:
            stored = stored_path(entry.path)
            if stored in self._request.known:
                self._seen.add(stored)
            if entry.name.lower() == METADATA_TABLE:
                self._open_table(entry, stored)
                continue
            name = read_name(entry.name)
            if not isinstance(name, NotTaken):
                groups.setdefault(stem_key(name.stem), []).append(Member(entry, stored, name))
            elif wants(entry.path):
                self.findings.ignore(entry.path, name.reason)
        return groups

    def _open_table(self, entry: Entry, stored: str) -> None:
        is_changed = self._gathering.is_changed(entry, stored)
        is_unsettled = is_changed and self._gathering.is_fresh(entry)
        if is_unsettled:
            self.findings.unsettled.append(stored)
        self._tables.add(FolderTable(entry, stored, is_changed, is_unsettled))

    def _consider(
        self, key: tuple[str, str], members: Sequence[Member], taken: Sequence[Member]
    ) -> None:
        """Take the wanted files of a group, or leave them as known, or for the next look."""
        if len(self._request.targets) > 1:
            if key in self._met:
                return
            self._met.add(key)
        changed = [m for m in taken if self._gathering.is_changed(m.entry, m.stored)]
        unsettled = [m.stored for m in changed if self._gathering.is_fresh(m.entry)]
        if unsettled or self._tables.is_unsettled:
            self.findings.unsettled += unsettled
        elif not changed and not self._tables.is_changed:
            self._leave(taken)
        elif self._is_full() and all(m.stored not in self._request.known for m in taken):
            self.findings.is_partial = True
        else:
            here = {member.stored for member in taken}
            beside = {member.stored for member in members}.union(self._known_beside(key))
            self._take(key[0], taken, sorted(beside - here))

    def _take(self, folder: str, taken: Sequence[Member], siblings: Sequence[str]) -> None:
        try:
            found = self._gathering.gather(folder, taken, siblings)
        except ChangingError:
            self.findings.unsettled += [member.stored for member in taken]
        except StoppedError:
            self.findings.is_partial = True
        else:
            if found is None:
                self._leave(taken)
            else:
                self.findings.found.append(found)

    def _leave(self, members: Iterable[Member]) -> None:
        """Count a group as known, and note which of its files are back."""
        known = [self._request.known.get(member.stored) for member in members]
        self.findings.unchanged += any(file is not None for file in known)
        self.findings.returned += [
            member.stored
            for member, file in zip(members, known, strict=True)
            if file is not None and file.is_missing
        ]

    def _known_beside(self, key: tuple[str, str]) -> list[str]:
        """Return the known paths of a group, those that are gone included."""
        if self._known_groups is None:
            self._known_groups = {}
            for path in self._request.known:
                if (known_key := group_key(path)) is not None:
                    self._known_groups.setdefault(known_key, []).append(path)
        folder, stem = key
        return self._known_groups.get((stored_path(folder), stored_path(stem)), [])

    def _is_full(self) -> bool:
        limits = self._request.limits
        is_long = len(self.findings.found) >= limits.max_found
        return is_long or self._gathering.hashed_bytes >= limits.max_hashed_bytes


def _expect_reachable(root: str, known: int) -> None:
    try:
        with os.scandir(root) as entries:
            is_empty = next(entries, None) is None
    except FileNotFoundError:
        raise SourceUnreachableError(root, "the folder is not there") from None
    except OSError as error:
        raise SourceUnreachableError(root, f"the folder cannot be read: {error.strerror}") from None
    if is_empty and known:
        why = f"the folder is empty, but {known} files of it are known; is a disk not mounted?"
        raise SourceUnreachableError(root, why)
