"""Kernel-held file locks, which end with their process even when it is killed.

`flock` belongs to an open file description: it is inherited by children that inherit the
descriptor, and released by the kernel when the last of them is gone. The embedded database
rests on both: a use ends with its process, and "is any server process left" is a lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError, DependencyDownError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

_LOCK_POLL_S = 0.02
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def open_lock_file(path: Path) -> int:
    """Return a descriptor of the lock file at `path`, created readable by its owner only.

    Raises:
        ConfigurationError: the directory cannot be written.
        DependencyDownError: its disk is full.

    """
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise directory_error(path.parent, error) from error


def directory_error(directory: Path, error: OSError) -> ConfigurationError | DependencyDownError:
    """Return the sentence for an operating system error met while writing in `directory`."""
    if error.errno in _FULL:
        return DependencyDownError(f"The disk of the data directory {directory} is full.")
    if error.errno in _REFUSED:
        return ConfigurationError(
            f"The data directory {directory} cannot be written: {error.strerror}."
        )
    return ConfigurationError(f"The data directory {directory} cannot be used: {error}.")


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock if nobody is in the way, and return whether it is held now."""
    operation = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock_and_close(descriptor: int) -> None:
    """End the lock for every process that shares it, then close the descriptor."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


@contextmanager
def exclusive(path: Path, *, timeout_s: float) -> Generator[None]:
    """Hold the lock file at `path` alone.

    Raises:
        ConfigurationError: the lock file cannot be made.
        DependencyDownError: somebody else held it for all of `timeout_s`.

    """
    descriptor = open_lock_file(path)
    try:
        _wait_for(descriptor, path, timeout_s)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, path: Path, timeout_s: float) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not try_lock(descriptor):
        if time.monotonic() > deadline_s:
            message = f"Another process has been holding {path} for {timeout_s:.0f} s."
            raise DependencyDownError(message)
        time.sleep(_LOCK_POLL_S)
