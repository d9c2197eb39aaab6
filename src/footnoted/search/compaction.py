"""Compaction: a child process makes a copy of a shard whose documents lie in files, not in memory.

    shard (flushed, not written to meanwhile) -> copy -> merge -> the adapter opens the copy

`optimize()` holds the interpreter lock and takes memory of its own while it runs, so it happens in
a process that ends; the shard it is made from goes on serving and is never touched. Run as a
program, this module is that process: `python -m footnoted.search.compaction SHARD COPY LAYOUT`.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import qdrant_edge as edge

from footnoted.search.edge_config import index_fields, shard_config
from footnoted.search.layout import Layout
from footnoted.search.mapped_files import page_out

YOUNG = "young"
"""The file in which a shard keeps how much of it was written since its last compaction."""
_TIMEOUT_S = 600.0
_LAST_WORDS = 500


async def compact(shard: Path, copy: Path, layout: Layout) -> str | None:
    """Make `copy` a compacted copy of `shard`; return None, or why that did not work.

    The shard must be flushed and not be written to until this returns. What lies at `copy` after a
    failure is nothing to use.
    """
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "footnoted.search.compaction"),
            *(str(shard), str(copy), layout.dumped()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the daemon, which ends this process itself
        )
    except OSError as error:
        return str(error)
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            _, said = await child.communicate()
    except TimeoutError:
        return f"took more than {_TIMEOUT_S:.0f} s"
    finally:
        await _end(child)
    if child.returncode == 0:
        return None
    last_words = said.decode(errors="replace").strip()[-_LAST_WORDS:]
    return f"ended with {child.returncode}: {last_words}"


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def disk_bytes(folder: Path) -> int:
    """Return what the files in `folder` take on the disk; holes take nothing."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def compacted_copy(shard: Path, copy: Path, layout: Layout) -> None:
    """Write a compacted copy of a flushed shard.

    Raises:
        RuntimeError: the copy does not hold as many documents as it was made from.

    """
    # The write-ahead log comes too, though all of it is in the segments: it numbers the writes, and
    # points ignore writes that are numbered lower than they are.
    shutil.copytree(shard, copy, copy_function=_copy_data, dirs_exist_ok=True)
    opened = edge.EdgeShard.load(str(copy), shard_config(layout))
    page_out(copy)
    before = opened.info().points_count
    index_fields(opened)
    opened.optimize()
    after = opened.info().points_count
    opened.flush()
    opened.close()
    if before != after:
        message = f"{before} documents became {after}"
        raise RuntimeError(message)
    _drop_unwritten(copy)
    (copy / YOUNG).write_text("0", encoding="ascii")


def _drop_unwritten(shard: Path) -> None:
    """Remove the segments nothing was ever written to; opening the shard makes a new one.

    Such a segment has up to 5 MiB of nothing for every field, all of which is mapped when it is
    opened and not when it is made: 52 MiB for our twelve. The version of its first write stands
    in its state, null while there was none.
    """
    for state in shard.glob("segments/*/segment.json"):
        if json.loads(state.read_bytes()).get("initial_version", 0) is None:
            shutil.rmtree(state.parent)


def _copy_data(source: str, target: str) -> None:
    """Copy a file and leave its holes holes: the files of a shard are mostly that."""
    with Path(source).open("rb", buffering=0) as read, Path(target).open("wb") as written:
        end = os.fstat(read.fileno()).st_size
        at = _next_data(read.fileno(), 0, end)
        while at < end:
            until = os.lseek(read.fileno(), at, os.SEEK_HOLE)
            read.seek(at)
            written.seek(at)
            while at < until and (data := read.read(min(until - at, 2**20))):
                at += written.write(data)
            at = _next_data(read.fileno(), until, end)
        written.truncate(end)


def _next_data(descriptor: int, at: int, end: int) -> int:
    try:
        return os.lseek(descriptor, at, os.SEEK_DATA)
    except OSError:  # ENXIO: nothing but a hole up to the end
        return end


if __name__ == "__main__":
    compacted_copy(Path(sys.argv[1]), Path(sys.argv[2]), Layout.loaded(sys.argv[3]))
