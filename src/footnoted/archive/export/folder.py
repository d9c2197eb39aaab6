"""A folder that others write into too: staged whole -> decided file by file -> moved -> manifest.

New texts are written into a hidden folder first, so that a full disk changes nothing. Before the
first is moved to its place an intent names them all; killed in between, the next export knows them.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.archive.backups.files import sha256_of, write_text
from footnoted.archive.export.manifest import INTENT, MANIFEST, read_files
from footnoted.archive.export.merging import NOT_A_FILE, Fate, beside, fate_of
from footnoted.errors import FootnotedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from footnoted.archive.export.manifest import ExportManifest

_STAGING = ".footnoted-export-new"
_MOST_BESIDE = 99


class ExportFailedError(FootnotedError):
    """An export could not be written; the folder has what it had, or all that was decided."""

    code = "export_failed"


@dataclass(slots=True)
class Written:
    """What became of the files, by path. `conflicts` maps what was changed to what is beside it."""

    written: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])
    kept: list[str] = field(default_factory=list[str])
    left: list[str] = field(default_factory=list[str])
    conflicts: dict[str, str] = field(default_factory=dict[str, str])
    unchanged: int = 0


class Staged:
    """A new text on its way: what is written is counted and hashed."""

    def __init__(self, path: Path) -> None:
        """Write to `path`, in a folder that is made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._hash = hashlib.sha256()

    def add(self, text: str) -> None:
        """Add to the text. Raises OSError."""
        content = text.encode()
        self._hash.update(content)
        self._file.write(content)

    def close(self) -> str:
        """End the text and return its SHA-256. Raises OSError."""
        self._file.close()
        return self._hash.hexdigest()


class ExportFolder:
    """One export into a folder; `stage` every file, then `settle` them."""

    def __init__(self, root: Path) -> None:
        """Take `root`, which need not exist. Raises UsageError, ExportFailedError."""
        self._root, self._staging = root, root / _STAGING
        if root.exists() and not root.is_dir():
            message = f"{root} is not a folder"
            raise UsageError(message)
        self._told = read_files(root, MANIFEST)
        self._known: dict[str, set[str]] = {}
        for files in (self._told, read_files(root, INTENT)):
            for path, sha256 in files.items():
                self._known.setdefault(path, set()).add(sha256)
        self._wanted: dict[str, str] = {}
        shutil.rmtree(self._staging, ignore_errors=True)

    def stage(self, path: str) -> Staged:
        """Return the new text of the file at `path`; tell `staged` its hash when it is whole."""
        return Staged(self._staging / path)

    def staged(self, path: str, sha256: str) -> None:
        """Note that the text of a file is whole."""
        self._wanted[path] = sha256

    def settle(self, manifest: ExportManifest) -> Written:
        """Bring the folder to what was staged, and write `manifest` with the files in it."""
        done, moves, ours = Written(), dict[str, str](), dict[str, str]()
        for path, sha256 in sorted(self._wanted.items()):
            self._decide(path, sha256, (done, moves, ours))
        doomed = list(self._doomed(ours, done))
        whole = manifest.model_copy(update={"files": dict(sorted(ours.items()))})
        text = whole.model_dump_json(by_alias=True, indent=1) + "\n"
        write_text(self._root / INTENT, text)
        for source, target in moves.items():
            place = self._root / target
            place.parent.mkdir(parents=True, exist_ok=True)
            (self._staging / source).replace(place)
        for path in doomed:
            self._remove(path)
        if not self._is_there(MANIFEST, text):
            write_text(self._root / MANIFEST, text)
        (self._root / INTENT).unlink()
        self.clear()
        return done

    def clear(self) -> None:
        """Remove what is staged."""
        shutil.rmtree(self._staging, ignore_errors=True)

    def _decide(
        self, path: str, sha256: str, into: tuple[Written, dict[str, str], dict[str, str]]
    ) -> None:
        """Note what becomes of a wanted file: what is told, what is moved, what is ours then."""
        done, moves, ours = into
        known = self._known.get(path, set())
        fate = fate_of(known, self._found(path), sha256)
        if fate is Fate.CONFLICT and self._is_settled(path, sha256):
            fate = Fate.KEEP
        match fate:
            case Fate.NOTHING:
                done.unchanged += 1
            case Fate.WRITE:
                done.written.append(path)
                moves[path] = path
            case Fate.KEEP:
                done.kept.append(path)
            case _:
                done.conflicts[path] = self._put_beside(path, sha256, moves)
                ours[done.conflicts[path]] = sha256
                if known:
                    ours[path] = min(known)
                return
        ours[path] = sha256

    def _is_settled(self, path: str, sha256: str) -> bool:
        """Return whether somebody took away the very text that we had put beside theirs."""
        return any(
            self._told.get(name) == sha256 and self._found(name) is None
            for name in (beside(path, number) for number in range(1, _MOST_BESIDE + 1))
        )

    def _put_beside(self, path: str, sha256: str, moves: dict[str, str]) -> str:
        for number in range(1, _MOST_BESIDE + 1):
            name = beside(path, number)
            fate = fate_of(self._known.get(name, set()), self._found(name), sha256)
            if fate is Fate.WRITE:
                moves[path] = name
            if fate is not Fate.CONFLICT:
                return name
        message = f"{self._root / path} was changed by hand, and so was all that is beside it"
        raise ExportFailedError(message)

    def _doomed(self, ours: Mapping[str, str], done: Written) -> Iterator[str]:
        """Yield what we wrote once and is wanted no more; note what somebody changed of it."""
        for path in sorted(self._known.keys() - ours.keys()):
            fate = fate_of(self._known[path], self._found(path), None)
            if fate is Fate.REMOVE:
                done.removed.append(path)
                yield path
            elif fate is Fate.LEAVE:
                done.left.append(path)

    def _found(self, path: str) -> str | None:
        place = self._root / path
        if place.is_symlink() or place.is_dir():
            return NOT_A_FILE
        try:
            return sha256_of(place)
        except FileNotFoundError:
            return None

    def _is_there(self, path: str, text: str) -> bool:
        return self._found(path) == hashlib.sha256(text.encode()).hexdigest()

    def _remove(self, path: str) -> None:
        """Remove a file, and the folders above that it leaves empty."""
        place = self._root / path
        place.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in place.parents:
                if folder == self._root:
                    break
                folder.rmdir()
