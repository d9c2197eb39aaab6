"""The folder of an embedded index: numbered generations, one of them current, one owner.

index.lock      flock of the process that has the index open
current         the name of the generation that serves, replaced by rename
v1-0007/        a generation: the files of one shard, of analysis version 1
draft-x7k2/     a generation that is being made by another process, perhaps for a daemon that died
opening         how often the current one was being opened when the process died
corrupt-3/      a generation that could not be opened, kept for a look
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from footnoted.db.file_locks import directory_error, open_lock_file, try_lock, unlock_and_close

_CURRENT = "current"
_DRAFT = "draft-"
_OPENING = "opening"
_OPEN = "open"
_DEATHS_THAT_CONDEMN = 2
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CLOCK_STEP_S = 60


class Generations:
    """The generations under `root`; every method but `acquire` needs the lock to be held."""

    def __init__(self, root: Path, *, version: int) -> None:
        """Use `root`, which `acquire` creates; generations of other versions are not current."""
        self._root = root
        self._prefix = f"v{version}-"
        self._lock: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free, and return whether this process has it now.

        Raises:
            ConfigurationError: the folder cannot be made or written.

        """
        if self._lock is not None:
            return True
        try:
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise directory_error(self._root, error) from error
        descriptor = open_lock_file(self._root / "index.lock")
        if not try_lock(descriptor):
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def release(self) -> None:
        """Let another process have the index."""
        if self._lock is not None:
            unlock_and_close(self._lock)
            self._lock = None

    def current(self) -> Path | None:
        """Return the generation that serves, or None when there is none of this version."""
        try:
            name = (self._root / _CURRENT).read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        path = self._root / name
        is_ours = name.startswith(self._prefix) and path.parent == self._root
        return path if is_ours and path.is_dir() else None

    def fresh(self) -> Path:
        """Return the path of a generation that does not exist yet."""
        return self._root / f"{self._prefix}{self._highest(self._prefix) + 1:04d}"

    def draft(self) -> Path:
        """Return a new, empty folder that nobody else will ever write to.

        Numbers are given again after a crash, and a process that was left behind by one may still
        be writing: what it made gets a number when it is whole.
        """
        return Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self._root))

    def adopt(self, draft: Path) -> Path:
        """Make a finished draft a generation, which does not serve yet; return where it is now."""
        return draft.rename(self.fresh())

    def switch(self, path: Path) -> None:
        """Make `path` the current generation, durably and at once, and drop all the others."""
        draft = self._root / f"{_CURRENT}.new"
        with draft.open("w", encoding="ascii") as file:
            file.write(path.name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._root / _CURRENT)
        self.sweep()

    def sweep(self) -> None:
        """Remove the generations that are not current, such as a build that was interrupted."""
        current = self.current()
        for path in [*self._root.glob("v*-*"), *self._root.glob(f"{_DRAFT}*")]:
            if path != current:
                shutil.rmtree(path, ignore_errors=True)

    def set_aside(self, path: Path) -> Path | None:
        """Move a generation that cannot be opened out of the way; return where it lies now.

        The last one is kept and older ones removed, so that a bad disk does not fill up; one
        without a file in it is removed and None returned.
        """
        if not any(file.is_file() for file in path.rglob("*")):
            shutil.rmtree(path, ignore_errors=True)
            return None
        target = self._root / f"corrupt-{self._highest('corrupt-') + 1}"
        for older in self._root.glob("corrupt-*"):
            shutil.rmtree(older, ignore_errors=True)
        path.rename(target)
        return target

    def note_opening(self) -> None:
        """Remember that the current generation is about to be opened."""
        (self._root / _OPENING).write_text(str(self._deaths() + 1), encoding="ascii")

    def note_not_opened(self) -> None:
        """Remember that it could not be opened for another reason than its files."""
        (self._root / _OPENING).unlink(missing_ok=True)

    def note_opened(self) -> None:
        """Remember that opening the current generation left the process alive, and that it is open.

        What is written from now on is safe from a death of the process, as the kernel has it, but
        not from one of the machine.
        """
        (self._root / _OPENING).unlink(missing_ok=True)
        (self._root / _OPEN).write_text(_boot(), encoding="ascii")

    def note_closed(self) -> None:
        """Remember that everything written has reached the disk."""
        (self._root / _OPEN).unlink(missing_ok=True)

    def is_condemned(self) -> bool:
        """Return whether the current generation must not be used any more.

        Either the process died more than once in a row while opening it (once may be a kill at a
        bad moment, twice is the files), or the machine went down while it was open: then its last
        writes may be lost though the outbox let go of them.
        """
        try:
            left_open_under = (self._root / _OPEN).read_text(encoding="ascii")
        except FileNotFoundError:
            left_open_under = _boot()
        return self._deaths() >= _DEATHS_THAT_CONDEMN or left_open_under != _boot()

    def _deaths(self) -> int:
        try:
            return int((self._root / _OPENING).read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def _highest(self, prefix: str) -> int:
        numbers = (path.name.removeprefix(prefix) for path in self._root.glob(f"{prefix}*"))
        return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _boot() -> str:
    """Return what tells this boot of the machine from every other one."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        # Without a boot id: when the machine started, coarsely, as clocks are corrected.
        return str(round((time.time() - time.monotonic()) / _CLOCK_STEP_S))
