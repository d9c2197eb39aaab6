"""One run of a program: in a process group of its own, bounded in time and in what it says."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from footnoted.fetch.ytdlp.limits import RunLimits

_BURIAL_S = 5.0
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    `code` is its exit code, None when it was killed by us, and then `killed_for` says why.
    `messages` is the tail of its standard error.
    """

    code: int | None
    output: bytes
    messages: str
    killed_for: str | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What to run, where, and with what environment."""

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]


class _TooMuchError(Exception):
    """It said more than it may."""


async def run(start: Start, limits: RunLimits) -> Ended:
    """Run a program to its end, or to its limits; nothing that it started outlives it.

    Raises OSError or ValueError when it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *start.words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=start.folder,
        env=dict(start.environment),
        start_new_session=True,
    )
    _limit_files(process.pid, limits.max_file_bytes)
    output, messages = bytearray(), bytearray()
    killed_for: str | None = None
    readers = [
        asyncio.create_task(_read_all(process.stdout, output, limits.max_output_bytes)),
        asyncio.create_task(_read_tail(process.stderr, messages, limits.max_messages_bytes)),
    ]
    try:
        async with asyncio.timeout(limits.timeout_s):
            await asyncio.gather(*readers)
            await process.wait()
    except TimeoutError:
        killed_for = f"it did not end within {limits.timeout_s:g} s"
    except _TooMuchError:
        killed_for = f"it printed more than {limits.max_output_bytes:,} bytes"
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.wait(readers)
        await _bury(process)
    code = process.returncode if killed_for is None else None
    return Ended(code, bytes(output), messages.decode("utf-8", "replace"), killed_for)


async def _read_all(stream: asyncio.StreamReader | None, into: bytearray, most: int) -> None:
    while stream is not None and (piece := await stream.read(_PIECE)):
        into += piece
        if len(into) > most:
            raise _TooMuchError


async def _read_tail(stream: asyncio.StreamReader | None, into: bytearray, most: int) -> None:
    while stream is not None and (piece := await stream.read(_PIECE)):
        into += piece
        del into[:-most]


def _limit_files(pid: int, max_bytes: int) -> None:
    """Let no file that it writes grow beyond `max_bytes`; before it has had time to write one."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - Unix only

        with suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (max_bytes, max_bytes))


async def _bury(process: asyncio.subprocess.Process) -> None:
    """Kill whatever is left of a run, with all that it started in its group, and close its pipes.

    What it still had to say is thrown away: a pipe that is left unread is never closed.
    """
    pipes = [stream for stream in (process.stdout, process.stderr) if stream is not None]
    if process.returncode is not None and all(stream.at_eof() for stream in pipes):
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(_BURIAL_S):
            await asyncio.gather(*(_throw_away(stream) for stream in pipes), process.wait())


async def _throw_away(stream: asyncio.StreamReader) -> None:
    while await stream.read(_PIECE):
        pass
