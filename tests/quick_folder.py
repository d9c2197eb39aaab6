"""Where tests keep what they throw away: in memory where there is room, else on the disk.

An index and a database wait for the disk at each write, which proves nothing here: no test cuts
the power, and a process that is killed loses nothing that it wrote to either.
"""

from __future__ import annotations

import os
from pathlib import Path

DISK = Path("/tmp")  # noqa: S108 - for paths that are short; folders in it are made by mkdtemp
MEMORY = Path("/dev/shm")  # noqa: S108 - as above
ROOM_BYTES = 4 * 2**30  # several times what four workers hold at once


def quick_folder() -> Path:
    """Return the folder in which to make temporary ones."""
    try:
        space = os.statvfs(MEMORY)
    except FileNotFoundError:
        return DISK
    has_room = space.f_bavail * space.f_frsize > ROOM_BYTES
    runs_programs = not space.f_flag & os.ST_NOEXEC  # tests write some, and copy PostgreSQL's
    return MEMORY if has_room and runs_programs and os.access(MEMORY, os.W_OK) else DISK
