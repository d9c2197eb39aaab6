"""The files this process has mapped: what they hold in memory can be given back."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_MAPPINGS = Path("/proc/self/maps")
_MADV_PAGEOUT = 21  # linux/mman.h; kernels before 5.4 refuse it


def page_out(folder: Path) -> None:
    """Ask the kernel to take the mapped pages of the files in `folder` out of memory.

    They are read again when they are touched. Opening a shard touches all of its write-ahead log
    and a little of every file, of which the kernel reads ahead as much as the disk is set to. The
    advice never loses data, whatever lies at an address by the time it arrives (madvise(2)); where
    it does not exist, nothing happens.
    """
    if sys.platform != "linux":
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for start, end in _mappings(folder):
        madvise(start, end - start, _MADV_PAGEOUT)


def _mappings(folder: Path) -> list[tuple[int, int]]:
    """Return the first and the last address of every mapping, per proc_pid_maps(5)."""
    prefix = f"{folder.resolve()}/"
    found: list[tuple[int, int]] = []
    for line in _MAPPINGS.read_text(encoding="utf-8", errors="replace").splitlines():
        addresses, *_, path = line.split(maxsplit=5)
        if path.startswith(prefix):
            start, end = addresses.split("-")
            found.append((int(start, 16), int(end, 16)))
    return found
