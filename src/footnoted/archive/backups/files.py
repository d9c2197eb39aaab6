"""Files put into a backup and out of it: linked where that is enough, copied whole where it is not.

What the data directory keeps is never changed in place, so on one disk a backup shares the file; on
another disk it shares the file of the backup before it, so that each is copied once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

from footnoted.fetch.web.partial import sync_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BLOCK_BYTES = 1 << 20
PRIVATE = 0o700


def sha256_of(path: Path) -> str:
    """Return the hash of a file's content, in hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def share(sources: Sequence[Path], target: Path) -> None:
    """Make `target` the file of the first of `sources` that can be linked, else a copy of the last.

    Raises OSError; nothing is left of a copy that did not fit.
    """
    target.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    for source in sources:
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:
            continue
        return
    copy(sources[-1], target)


def copy(source: Path, target: Path) -> None:
    """Copy a file with its time, on disk and under its name at the end or not at all.

    Raises OSError.
    """
    target.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    part = target.with_name(f".{target.name[:200]}.part")
    try:
        with source.open("rb") as read, part.open("wb") as written:
            shutil.copyfileobj(read, written, _BLOCK_BYTES)
            written.flush()
            os.fsync(written.fileno())
        shutil.copystat(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a file whole, on disk at the end or not at all. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """Return when a file's content is on disk. Raises OSError."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_tree(folder: Path) -> None:
    """Return when the names in a folder and all below it are on disk. Raises OSError."""
    for root, _, _ in os.walk(folder):
        sync_folder(folder / root)
