"""The bytes of files: hashed as a stream, read whole where they are small, and stable or not."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.sources.walk import Entry

_CHUNK_BYTES = 2**20


class ChangingError(Exception):
    """The file changed between two looks at it: somebody is still writing."""


class StoppedError(Exception):
    """The look was asked to stop."""


def sha256_of(entry: Entry, is_stopped: Callable[[], bool]) -> str:
    """Return the hash of a file's content, holding one chunk of it at a time.

    Raises ChangingError when size or time differ from `entry` before or after, StoppedError when
    asked to stop, OSError when it cannot be read.
    """
    digest = hashlib.sha256()
    with open(entry.path, "rb", buffering=0, opener=_open_at_once) as file:
        _expect_unchanged(entry, file.fileno())
        while chunk := file.read(_CHUNK_BYTES):
            if is_stopped():
                raise StoppedError
            digest.update(chunk)
        _expect_unchanged(entry, file.fileno())
    return digest.hexdigest()


def _open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting for the other end of a pipe (open(2), O_NONBLOCK)."""
    return os.open(path, flags | os.O_NONBLOCK)


def _expect_unchanged(entry: Entry, descriptor: int) -> None:
    status = os.fstat(descriptor)
    if (status.st_size, status.st_mtime_ns) != (entry.size_bytes, entry.modified_ns):
        raise ChangingError


def read_small(path: str, max_bytes: int) -> bytes:
    """Return the content of a file.

    Raises OSError when it is larger, cannot be read, or is no file but a pipe or a device, which
    may have taken the place of one: reading it could wait for ever.
    """
    with open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            message = "is not a regular file"
            raise OSError(errno.EINVAL, message)
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        message = f"has more than {max_bytes // 2**20} MiB"
        raise OSError(0, message)
    return data
