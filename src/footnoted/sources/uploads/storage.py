"""The folders of recordings in the data directory, and how much may be in them.

    <data directory>/
      media/ab/abcdef....mp3   kept, under the hash of the content
      work/held/<random>/      being written or worked on; see `work`

All of `media`, `fetched` (what sources brought) and `work` counts against one budget, whoever keeps
it there, and the disk keeps a reserve: PostgreSQL lives on it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import TransientError
from footnoted.fetch.web.partial import sync_folder
from footnoted.settings import variable
from footnoted.sources.uploads.work import sweep, work_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

STORAGE_FULL = "storage_full"
"""The wait of what needs room in the data directory."""

_COUNTED = ("media", "fetched", "work")
_RESERVE_BYTES = 512 * 2**20
_LOOK_EVERY_BYTES = 16 * 2**20
_PRIVATE = 0o700
_AGAIN_AFTER_S = 600.0


class StorageFullError(TransientError):
    """There is no room for a recording: the budget is used up, or the disk nearly is."""

    code = "storage_full"

    def __init__(self, why: str) -> None:
        """Say which of the two."""
        super().__init__(why, wait_reason=STORAGE_FULL, retry_after_s=_AGAIN_AFTER_S)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept; `is_new` says that it was not there before."""

    path: Path
    is_new: bool


class MediaStorage:
    """Keeps recordings by their hash, within a budget."""

    def __init__(
        self, data_dir: Path, max_bytes: int, *, reserve_bytes: int = _RESERVE_BYTES
    ) -> None:
        """Keep at most `max_bytes` below `data_dir`, and leave `reserve_bytes` of the disk free."""
        self.media_dir, self.work_dir = data_dir / "media", data_dir / "work" / "held"
        self._data_dir, self._max_bytes, self._reserve_bytes = data_dir, max_bytes, reserve_bytes
        self._used_bytes = 0
        self._unlooked_bytes = 0

    def work(self) -> AbstractAsyncContextManager[Path]:
        """Give a folder for files under way; it is removed at the end, whatever that is."""
        return work_folder(self.work_dir)

    async def sweep(self) -> int:
        """Remove the work of processes that are gone; return how many folders that was."""
        return await sweep(self.work_dir)

    async def room_bytes(self) -> int:
        """Return how many bytes may still be added, now."""
        self._used_bytes = await self.used_bytes()
        left = min(self._max_bytes - self._used_bytes, self._free_bytes())
        return max(0, left)

    async def used_bytes(self) -> int:
        """Return how many bytes are in the folders that count."""
        folders = [self._data_dir / name for name in _COUNTED]
        return await asyncio.to_thread(lambda: sum(map(_size_of, folders)))

    async def require_room(self) -> None:
        """Return when there is room for anything at all. Raises StorageFullError."""
        if await self.room_bytes() == 0:
            self.grow(1)
            self._look_at_disk()

    def grow(self, size_bytes: int) -> None:
        """Count bytes that are about to be written; negative ones were removed again.

        Raises StorageFullError, and does not count them, when they are too many.
        """
        if size_bytes > 0 and self._used_bytes + size_bytes > self._max_bytes:
            used_gb, most_gb = self._used_bytes / 1e9, self._max_bytes / 1e9
            message = (
                f"recordings take {used_gb:.2f} of the {most_gb:g} GB that"
                f" {variable('media_max_gb')} allows: remove some, or raise it"
            )
            raise StorageFullError(message)
        self._used_bytes += size_bytes
        self._unlooked_bytes += max(0, size_bytes)
        if self._unlooked_bytes > _LOOK_EVERY_BYTES:
            self._unlooked_bytes = 0
            self._look_at_disk()

    async def keep(self, path: Path, sha256: str, suffix: str) -> Kept:
        """Move a file that is complete and on disk to its place, and return that.

        Where the same content is kept already, `path` stays where it is. Raises OSError.
        """
        return await asyncio.to_thread(self._keep, path, sha256, suffix)

    def find(self, sha256: str) -> Path | None:
        """Return where content is kept, or None."""
        if not _is_hash(sha256):
            return None
        folder = self.media_dir / sha256[:2]
        return next(iter(sorted(folder.glob(f"{sha256}.*"))), None)

    async def remove(self, sha256: str) -> bool:
        """Remove content that nothing needs any more; return whether it was there."""
        path = await asyncio.to_thread(self.find, sha256)
        if path is None:
            return False
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return True

    def _keep(self, path: Path, sha256: str, suffix: str) -> Kept:
        size_bytes = path.stat().st_size
        known = self.find(sha256)
        if known is not None and known.stat().st_size == size_bytes:
            os.utime(known)  # what nothing needs yet is young again, and not swept away
            return Kept(known, is_new=False)
        into = self.media_dir / sha256[:2] / f"{sha256}{suffix}"
        into.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        path.replace(into)
        for folder in (into.parent, self.media_dir):
            sync_folder(folder)
        return Kept(into, is_new=True)

    def _free_bytes(self) -> int:
        return shutil.disk_usage(self._data_dir).free - self._reserve_bytes

    def _look_at_disk(self) -> None:
        free_bytes = self._free_bytes()
        if free_bytes <= 0:
            message = (
                f"the disk of {self._data_dir} has less than"
                f" {self._reserve_bytes / 1e9:.1f} GB left, which the database needs"
            )
            raise StorageFullError(message)


def _is_hash(sha256: str) -> bool:
    return len(sha256) == 64 and all(char in "0123456789abcdef" for char in sha256)  # noqa: PLR2004


def _size_of(folder: Path) -> int:
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    """Yield the sizes of all files below a folder; what vanishes meanwhile has none."""
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                yield os.lstat(os.path.join(root, name)).st_size  # noqa: PTH118 - many files
            except FileNotFoundError:
                continue
