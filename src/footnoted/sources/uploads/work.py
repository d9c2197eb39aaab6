"""Folders for work that is under way: gone at its end, and at a start when nobody holds them.

A folder is held by a lock on itself (flock(2)), which ends with its process however that ends. So
a sweep takes what crashes left behind, and nothing that another process is still at.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

_PRIVATE = 0o700


@asynccontextmanager
async def work_folder(root: Path) -> AsyncGenerator[Path]:
    """Yield a new folder below `root`; it is removed with all that is in it. Raises OSError."""
    path, descriptor = await asyncio.to_thread(_make, root)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)  # few files: a thread could be cancelled away
        os.close(descriptor)


async def sweep(root: Path) -> int:
    """Remove what nobody holds below `root`; return how much that was."""
    return await asyncio.to_thread(_sweep, root)


def _make(root: Path) -> tuple[Path, int]:
    root.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    while True:
        path = root / uuid4().hex
        path.mkdir(mode=_PRIVATE)
        descriptor = _hold(path)
        if descriptor is not None:
            return path, descriptor


def _hold(path: Path) -> int | None:
    """Return the descriptor that holds a folder, or None when it is held or gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
    except OSError:  # held by another, or swept away between the two steps
        pass
    os.close(descriptor)
    return None


def _sweep(root: Path) -> int:
    swept = 0
    with suppress(FileNotFoundError):
        for entry in list(os.scandir(root)):
            path = root / entry.name
            if not entry.is_dir(follow_symlinks=False):
                path.unlink(missing_ok=True)
                swept += 1
                continue
            descriptor = _hold(path)
            if descriptor is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(descriptor)
                swept += 1
    return swept
