"""Which process holds a lock on a file, where the system tells."""

from __future__ import annotations

from pathlib import Path

_LOCKS = Path("/proc/locks")
_INODE_FIELD = 5
_PID_FIELD = 4


def describe_holder(lock_file: Path) -> str:
    """Return the process that holds `lock_file`, as `process 12 (python -m …)`, else a guess."""
    try:
        locks = _LOCKS.read_text(encoding="ascii")
        pid = find_holder(locks, lock_file.stat().st_ino)
    except OSError:
        pid = None
    if pid is None:
        return "another process"
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return f"process {pid}"
    return f"process {pid} ({' '.join(words).strip()[:120]})"


def find_holder(locks: str, inode: int) -> int | None:
    """Return the process that holds a flock on a file, by the text of /proc/locks (proc(5)).

    A line is `1: FLOCK ADVISORY WRITE pid major:minor:inode 0 EOF`; one that waits for the lock
    has `->` after the number, and is no holder.
    """
    for line in locks.splitlines():
        fields = line.split()
        if len(fields) <= _INODE_FIELD or fields[1] != "FLOCK":
            continue
        if fields[_INODE_FIELD].rpartition(":")[2] == str(inode) and int(fields[_PID_FIELD]) > 0:
            return int(fields[_PID_FIELD])
    return None
