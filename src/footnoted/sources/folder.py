"""Followed folders, globs and single files: one look at what is there against what is known.

    targets -> walk -> groups by (folder, stem) -> changed? settled? -> hash -> facts -> Scan

A group is taken whole or left for the next look. Nothing here decides whose a file is; that needs
the database and happens where the scan is recorded.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.contents import ChangingError, StoppedError, read_small, sha256_of
from footnoted.sources.folder_tables import FolderTable, TableChain
from footnoted.sources.globs import Target, read_target
from footnoted.sources.info_json import read_info
from footnoted.sources.names import (
    METADATA_TABLE,
    FileName,
    NotTaken,
    read_name,
    real_path,
    stem_key,
    stored_path,
)
from footnoted.sources.port import (
    FileRole,
    FoundFile,
    FoundMedia,
    Ignored,
    Problem,
    Scan,
    ScanRequest,
    SourceUnreachableError,
)
from footnoted.sources.sidecar import MAX_SIDECAR_BYTES, Sidecar
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
        return look.result()

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


class _Member(NamedTuple):
    entry: Entry
    stored: str
    name: FileName


@dataclass(slots=True)
class _Look:
    """One look in progress: what was seen, taken and noted so far."""

    request: ScanRequest
    tables: TableChain = field(default_factory=TableChain)
    found: list[FoundMedia] = field(default_factory=list[FoundMedia])
    unchanged: int = 0
    returned: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    unsettled: list[str] = field(default_factory=list[str])
    problems: list[Problem] = field(default_factory=list[Problem])
    ignored: list[Ignored] = field(default_factory=list[Ignored])
    ignored_counts: Counter[str] = field(default_factory=Counter[str])
    is_partial: bool = False
    hashed_bytes: int = 0
    seen: set[str] = field(default_factory=set[str])
    done: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def result(self) -> Scan:
        """Return what was found, in the order of the walk."""
        return Scan(
            found=tuple(self.found),
            unchanged=self.unchanged,
            missing=() if self.request.is_stopped() else tuple(self.missing),
            returned=tuple(self.returned),
            unsettled=tuple(self.unsettled),
            problems=tuple(self.problems),
            ignored=tuple(self.ignored),
            ignored_counts=dict(sorted(self.ignored_counts.items())),
            is_partial=self.is_partial,
        )

    def at_target(self, target: Target) -> None:
        """Look at a folder or glob and at what of it is gone."""
        known = [path for path, file in self.request.known.items() if not file.is_missing]
        below = stored_path(target.root.rstrip(os.sep) + os.sep)
        known = [path for path in known if path.startswith(below)]
        _expect_reachable(target.root, len(known))
        notes = Notes(self._ignore, self._note)
        for listing in walk(target.root, notes, target.max_depth):
            self._look_at(listing, target.wants)
        if target.root in notes.blocked:
            raise SourceUnreachableError(target.root, "the folder cannot be read")
        blocked = tuple(stored_path(path) for path in notes.blocked)
        self.missing += [
            path
            for path in known
            if path not in self.seen
            and target.wants(real_path(path))
            and not path.startswith(tuple(folder + os.sep for folder in blocked))
            and path not in blocked
        ]

    def at_files(self, folder: str, names: set[str]) -> None:
        """Look at single files of one folder, with the sidecars beside them."""
        notes = Notes(lambda _path, _reason: None, self._note)
        wanted = {os.path.join(folder, name) for name in names}  # noqa: PTH118 - odd names
        for listing in walk(folder, notes, max_depth=0):
            self._look_at(listing, wanted.__contains__)
        for path in sorted(wanted):
            if os.path.basename(path).startswith("."):  # noqa: PTH119 - odd names
                self._ignore(path, "hidden")

    def _look_at(self, listing: Listing, wants: Callable[[str], bool]) -> None:
        if self.request.is_stopped():
            self.is_partial = True
            return
        self.tables.enter(listing.path)
        groups: dict[str, list[_Member]] = {}
        for entry in listing.files:
            stored = stored_path(entry.path)
            if stored in self.request.known:
                self.seen.add(stored)
            if entry.name.lower() == METADATA_TABLE:
                self._open_table(entry, stored)
                continue
            name = read_name(entry.name)
            if not isinstance(name, NotTaken):
                groups.setdefault(stem_key(name.stem), []).append(_Member(entry, stored, name))
            elif wants(entry.path):
                self._ignore(entry.path, name.reason)
        for _, members in sorted(groups.items()):
            self._consider(listing.path, members, wants)

    def _open_table(self, entry: Entry, stored: str) -> None:
        is_changed = self._is_changed(entry, stored)
        is_unsettled = is_changed and self._is_fresh(entry)
        if is_unsettled:
            self.unsettled.append(stored)
        self.tables.add(FolderTable(entry, stored, is_changed, is_unsettled))

    def _consider(self, folder: str, members: list[_Member], wants: Callable[[str], bool]) -> None:
        """Take the group, or say why not now."""
        taken = [m for m in members if m.name.role is FileRole.METADATA or wants(m.entry.path)]
        if all(member.name.role is FileRole.METADATA for member in taken):
            for member in taken if len(taken) == len(members) else ():
                self._ignore(member.entry.path, "a sidecar without a recording beside it")
            return
        key = (folder, stem_key(taken[0].name.stem))
        if key in self.done:
            return
        self.done.add(key)
        changed = [m for m in taken if self._is_changed(m.entry, m.stored)]
        unsettled = [member.stored for member in changed if self._is_fresh(member.entry)]
        if unsettled or self.tables.is_unsettled:
            self.unsettled += unsettled
        elif not changed and not self.tables.is_changed:
            self._leave(taken)
        elif self._is_full() and all(m.stored not in self.request.known for m in taken):
            self.is_partial = True
        else:
            siblings = [member.stored for member in members if member not in taken]
            self._take(folder, taken, siblings)

    def _leave(self, members: Iterable[_Member]) -> None:
        self.unchanged += 1
        self.returned += [
            member.stored
            for member in members
            if member.stored in self.request.known and self.request.known[member.stored].is_missing
        ]

    def _take(self, folder: str, members: list[_Member], siblings: list[str]) -> None:
        files: dict[str, FoundFile] = {}
        sidecar = self._sidecar_of(members)
        try:
            for member in members:
                found = self._found_file(member, sidecar.caption_origins)
                if found is not None:
                    files[member.stored] = found
        except (ChangingError, StoppedError) as error:
            if isinstance(error, ChangingError):
                self.unsettled += [member.stored for member in members]
            self.is_partial |= isinstance(error, StoppedError)
            return
        if all(file.role is FileRole.METADATA for file in files.values()):
            return
        is_news = any(files[path] != self._as_known(path, files[path]) for path in files)
        if not is_news and not self.tables.is_changed:
            self._leave(members)
            return
        stem = members[0].name.stem
        facts = self.tables.facts_of(folder, stem, [member.entry.name for member in members])
        self.found.append(
            FoundMedia(
                stem=stored_path(stem),
                folder=stored_path(os.path.basename(folder) or folder),  # noqa: PTH119 - odd names
                files=(*files.values(), *self._table_files()),
                siblings=tuple(siblings),
                facts=facts.over(sidecar.facts),
            )
        )

    def _sidecar_of(self, members: Iterable[_Member]) -> Sidecar:
        """Return what the info.json of the group says; its problems are told when it changes."""
        for member in members:
            if member.name.role is not FileRole.METADATA:
                continue
            try:
                data = read_small(member.entry.path, MAX_SIDECAR_BYTES)
            except OSError as error:
                self._note(member.entry.path, f"cannot be read: {error.strerror}")
                continue
            sidecar = read_info(data, member.stored)
            if self._is_changed(member.entry, member.stored):
                self.problems += sidecar.problems
            return sidecar
        return Sidecar()

    def _found_file(
        self, member: _Member, origins: dict[str, TranscriptOrigin]
    ) -> FoundFile | None:
        """Return the file with its hash, taken from the last look when it did not change since."""
        known = self.request.known.get(member.stored)
        sha256 = self._sha256(member.entry, member.stored)
        if sha256 is None:
            return None
        origin = None
        if member.name.role is FileRole.TRANSCRIPT:
            is_edited = known is not None and known.origin is TranscriptOrigin.EDITED
            origin = TranscriptOrigin.EDITED if is_edited else _origin(member.name, origins)
        return _file(member.entry, member.stored, member.name.role, origin, sha256)

    def _table_files(self) -> list[FoundFile]:
        """Return the changed tables, once: the first recording they speak of carries them."""
        files: list[FoundFile] = []
        for table in self.tables.take_changed():
            self.problems += table.problems()
            try:
                sha256 = self._sha256(table.entry, table.stored)
            except (ChangingError, StoppedError):
                self.unsettled.append(table.stored)
                continue
            if sha256 is not None:
                files.append(_file(table.entry, table.stored, FileRole.METADATA, None, sha256))
        return files

    def _sha256(self, entry: Entry, stored: str) -> str | None:
        if not self._is_changed(entry, stored):
            return self.request.known[stored].sha256
        if not self.request.limits.hashes:
            return ""
        try:
            sha256 = sha256_of(entry, self.request.is_stopped)
        except OSError as error:
            self._note(entry.path, f"cannot be read: {error.strerror}")
            return None
        self.hashed_bytes += entry.size_bytes
        return sha256

    def _as_known(self, stored: str, file: FoundFile) -> FoundFile | None:
        known = self.request.known.get(stored)
        if known is None or known.is_missing:
            return None
        return FoundFile(
            path=stored,
            role=known.role,
            origin=known.origin,
            sha256=known.sha256,
            size_bytes=file.size_bytes,
            modified_ns=file.modified_ns,
        )

    def _is_changed(self, entry: Entry, stored: str) -> bool:
        known = self.request.known.get(stored)
        return known is None or (known.size_bytes, known.modified_ns) != (
            entry.size_bytes,
            entry.modified_ns,
        )

    def _is_fresh(self, entry: Entry) -> bool:
        """Return whether the file was written just now; a time far in the future is old news."""
        age_s = abs(self.request.now_ns - entry.modified_ns) / 1e9
        return age_s < self.request.limits.settle_s

    def _is_full(self) -> bool:
        limits = self.request.limits
        return len(self.found) >= limits.max_found or self.hashed_bytes >= limits.max_hashed_bytes

    def _ignore(self, path: str, reason: str) -> None:
        self.ignored_counts[reason] += 1
        if len(self.ignored) < self.request.limits.max_named:
            self.ignored.append(Ignored(path=stored_path(path), reason=reason))

    def _note(self, path: str, reason: str) -> None:
        if len(self.problems) < self.request.limits.max_named:
            self.problems.append(Problem(path=stored_path(path), line=None, reason=reason))


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


def _origin(name: FileName, origins: dict[str, TranscriptOrigin]) -> TranscriptOrigin:
    """Return who wrote the words, as far as the sidecar or the name tells."""
    if not name.is_timed:
        return TranscriptOrigin.IMPORTED
    if name.tag in origins:
        return origins[name.tag]
    if name.is_original or name.is_auto:
        return TranscriptOrigin.CAPTIONS_AUTO
    return TranscriptOrigin.IMPORTED


def _file(
    entry: Entry, stored: str, role: FileRole, origin: TranscriptOrigin | None, sha256: str
) -> FoundFile:
    return FoundFile(
        path=stored,
        role=role,
        origin=origin,
        sha256=sha256,
        size_bytes=entry.size_bytes,
        modified_ns=entry.modified_ns,
    )
