"""A group of files made into a found recording: hashes, origins of captions, facts of sidecars."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from footnoted.model.path import stored_path
from footnoted.model.transcript import TranscriptOrigin
from footnoted.sources.contents import ChangingError, StoppedError, read_small, sha256_of
from footnoted.sources.info_json import read_info
from footnoted.sources.port import FileRole, FoundFile, FoundMedia
from footnoted.sources.sidecar import MAX_SIDECAR_BYTES, Sidecar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from footnoted.sources.findings import Findings
    from footnoted.sources.folder_tables import TableChain
    from footnoted.sources.names import FileName
    from footnoted.sources.port import ScanRequest
    from footnoted.sources.walk import Entry


class Member(NamedTuple):
    """A file of a group, where it is, as it is stored, and what its name says."""

    entry: Entry
    stored: str
    name: FileName


@dataclass(slots=True)
class Gathering:
    """Makes groups into recordings, and knows what changed since the last look."""

    request: ScanRequest
    findings: Findings
    tables: TableChain
    hashed_bytes: int = 0

    def is_changed(self, entry: Entry, stored: str) -> bool:
        """Return whether the content may differ from what is known."""
        known = self.request.known.get(stored)
        size_and_time = (entry.size_bytes, entry.modified_ns)
        return known is None or (known.size_bytes, known.modified_ns) != size_and_time

    def is_fresh(self, entry: Entry) -> bool:
        """Return whether the file was written just now; a time far in the future is old news."""
        age_s = abs(self.request.now_ns - entry.modified_ns) / 1e9
        return age_s < self.request.limits.settle_s

    def gather(
        self, folder: str, members: Sequence[Member], siblings: Sequence[str]
    ) -> FoundMedia | None:
        """Return the recording; None when nothing of it can be read, or nothing is news.

        Raises ChangingError when a file changes meanwhile, StoppedError when asked to stop.
        """
        sidecar = self._sidecar_of(members)
        read = [self._found_file(member, sidecar.caption_origins) for member in members]
        files = [file for file in read if file is not None]
        if all(file.role is FileRole.METADATA for file in files):
            return None
        if not self.tables.is_changed and all(self._is_known(file) for file in files):
            return None
        stem = members[0].name.stem
        facts = self.tables.facts_of(folder, stem, [member.entry.name for member in members])
        return FoundMedia(
            stem=stored_path(stem),
            folder=stored_path(os.path.basename(folder) or folder),  # noqa: PTH119 - odd names
            files=(*files, *self._table_files()),
            siblings=tuple(siblings),
            facts=facts.over(sidecar.facts),
        )

    def _sidecar_of(self, members: Iterable[Member]) -> Sidecar:
        """Return what the info.json of the group says; its problems are told when it changes."""
        for member in members:
            if member.name.role is not FileRole.METADATA:
                continue
            try:
                data = read_small(member.entry.path, MAX_SIDECAR_BYTES)
            except OSError:
                continue  # told when it is hashed
            sidecar = read_info(data, member.stored)
            if self.is_changed(member.entry, member.stored):
                self.findings.tell(sidecar.problems)
            return sidecar
        return Sidecar()

    def _found_file(
        self, member: Member, origins: Mapping[str, TranscriptOrigin]
    ) -> FoundFile | None:
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
            self.findings.tell(table.problems())
            try:
                sha256 = self._sha256(table.entry, table.stored)
            except (ChangingError, StoppedError):
                self.findings.unsettled.append(table.stored)
                continue
            if sha256 is not None:
                files.append(_file(table.entry, table.stored, FileRole.METADATA, None, sha256))
        return files

    def _sha256(self, entry: Entry, stored: str) -> str | None:
        """Return the hash, from the last look if nothing changed; None if it cannot be read."""
        if not self.is_changed(entry, stored):
            return self.request.known[stored].sha256
        if not self.request.limits.hashes:
            return ""
        try:
            sha256 = sha256_of(entry, self.request.is_stopped)
        except OSError as error:
            self.findings.note(entry.path, f"cannot be read: {error.strerror}")
            return None
        self.hashed_bytes += entry.size_bytes
        return sha256

    def _is_known(self, file: FoundFile) -> bool:
        """Return whether the last look recorded the very same."""
        known = self.request.known.get(file.path)
        if known is None or known.is_missing:
            return False
        as_known = (known.role, known.origin, known.sha256, known.size_bytes, known.modified_ns)
        return as_known == (
            file.role,
            file.origin,
            file.sha256,
            file.size_bytes,
            file.modified_ns,
        )


def _origin(name: FileName, origins: Mapping[str, TranscriptOrigin]) -> TranscriptOrigin:
    """Return who wrote the words, as far as the sidecar or the name tells."""
    if not name.is_timed:
        return TranscriptOrigin.IMPORTED
    told = origins.get(name.tag or "")
    if told is not None:
        return told
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
