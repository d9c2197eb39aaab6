"""A file that appears under its name only when it is complete and on disk."""

from __future__ import annotations

import asyncio
import hashlib
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

_PREFIX = "part-"  # what sweeps know work files by
_CHUNK_BYTES = 2**20


class PartialFile:
    """Takes pieces and writes them in large chunks, off the event loop."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to `file`, which stays the caller's to close."""
        self.size_bytes = 0
        self._file, self._buffer, self._hash = file, bytearray(), hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Return the hash of all that was flushed, in hexadecimal."""
        return self._hash.hexdigest()

    async def write(self, piece: bytes) -> None:
        """Take a piece. Raises OSError when the disk does not."""
        self.size_bytes += len(piece)
        self._buffer += piece
        if len(self._buffer) >= _CHUNK_BYTES:
            await self.flush()

    async def flush(self) -> None:
        """Write what was taken so far."""
        chunk, self._buffer = bytes(self._buffer), bytearray()
        await asyncio.to_thread(self._store, chunk)

    async def settle(self) -> None:
        """Return when all that was taken is on disk; then its hash is known. Raises OSError."""
        await self.flush()
        await asyncio.to_thread(os.fsync, self._file.fileno())

    def _store(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)


@asynccontextmanager
async def open_partial(folder: Path) -> AsyncGenerator[tuple[Path, PartialFile]]:
    """Yield a new file in `folder` and what writes it; it is gone at the end, unless renamed.

    Its name is our own; nothing from outside is in it. Raises OSError.
    """
    path = folder / f"{_PREFIX}{uuid4().hex}"
    file = await asyncio.to_thread(path.open, "xb", buffering=0)
    try:
        yield path, PartialFile(file)
    finally:
        file.close()
        path.unlink(missing_ok=True)


async def put_in_place(path: Path, partial: PartialFile, into: Path) -> None:
    """Give a file that was written its name, when all of it is on disk. Raises OSError."""
    await partial.settle()
    await asyncio.to_thread(_move, path, into)


def _move(path: Path, into: Path) -> None:
    path.replace(into)
    sync_folder(into.parent)


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
