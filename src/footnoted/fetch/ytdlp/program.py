"""yt-dlp as a program of its own: what is asked of it in options, and what came of a run.

take a turn at the host -> work folder -> run -> remove the folder
  -> the host or the machine is in the way: raise
  -> the item is: return the fault
  -> nobody knows: raise, which counts as an attempt
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from footnoted.errors import PermanentError
from footnoted.fetch.port import HostRestsError, HostUnreachableError
from footnoted.fetch.web import rests
from footnoted.fetch.ytdlp.answers import is_playable, read_answer
from footnoted.fetch.ytdlp.cookies import copy_cookies
from footnoted.fetch.ytdlp.environment import command_words, environment_of
from footnoted.fetch.ytdlp.faults import (
    HOST_KINDS,
    MACHINE_KINDS,
    Fault,
    FaultKind,
    Said,
    classify,
    has,
    read,
)
from footnoted.fetch.ytdlp.limits import MIB, RunLimits
from footnoted.fetch.ytdlp.port import Answer, YtDlpFailedError, YtDlpUnusableError
from footnoted.fetch.ytdlp.process import Ended, Start, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from footnoted.fetch.ytdlp.port import CaptionsRequest, HostTurns

_MAX_CAPTION_BYTES = 64 * MIB
_SESSION_LIMIT_S = 3600.0
_LONG_TIMES = 4
_TAIL_BYTES = 64 * 1024
_PREFIX = "run-"
_REFUSALS: Mapping[FaultKind, str] = {
    FaultKind.BOT_CHECK: rests.BOT_CHECK,
    FaultKind.RATE_LIMITED: rests.RATE_LIMITED,
    FaultKind.IP_BLOCKED: rests.BOT_CHECK,
    FaultKind.FORBIDDEN: rests.FORBIDDEN,
    FaultKind.SERVER_ERROR: rests.UNREACHABLE,
    FaultKind.NETWORK_AWAY: rests.UNREACHABLE,
}
_ALWAYS = (
    "--ignore-config",
    "--no-update",
    "--color=never",
    "--no-progress",
    "--abort-on-error",
    "--socket-timeout=20",
    "--retries=3",
    "--extractor-retries=1",
    "--no-mtime",
    # Only deno is on by itself; of those that are installed yt-dlp takes the strictest.
    "--js-runtimes=deno",
    "--js-runtimes=node",
    "--js-runtimes=quickjs",
)
_DESCRIBE = (
    "--dump-single-json",
    "--no-playlist",
    "--flat-playlist",
    "--playlist-items=1",
    "--skip-download",
    "--ignore-no-formats-error",
    "--extractor-args=youtube:skip=translated_subs",
)
_LIST = (
    "--dump-single-json",
    "--flat-playlist",
    "--skip-download",
    "--extractor-args=youtubetab:approximate_date",
)
_CAPTIONS = (
    "--skip-download",
    "--no-playlist",
    "--playlist-items=1",
    "--ignore-no-formats-error",
    "--sub-format=json3/vtt/srv3/ttml/best",
    "--output=captions.%(ext)s",
)
_AUDIO = (
    "--no-playlist",
    "--playlist-items=1",
    "--format=bestaudio/best",
    "--fixup=never",
    "--output=audio.%(ext)s",
)
_RAISED = MACHINE_KINDS - {FaultKind.NO_JAVASCRIPT}
_ADVICE: Mapping[FaultKind, str] = {
    FaultKind.COOKIES_EXPIRED: "export a new cookies file (FOOTNOTED_YTDLP_COOKIES_FILE)",
    FaultKind.COOKIES_UNREADABLE: "the cookies file must be in Netscape's format",
    FaultKind.NO_JAVASCRIPT: "install deno, which yt-dlp needs for YouTube",
    FaultKind.DISK_FULL: "make room on the disk",
    FaultKind.OPTION_UNKNOWN: "update yt-dlp, or look at FOOTNOTED_YTDLP_COMMAND",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where yt-dlp works and with what: `folder` is ours; each run has one of its own in it.

    `command` None means the yt-dlp that is installed with us.
    """

    folder: Path
    command: str | None = None
    cookies_file: Path | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """One run: `is_done` tells from its end and its folder whether it brought what was wanted."""

    url: str
    options: Sequence[str]
    limits: RunLimits
    is_done: Callable[[Ended, Path], bool]


@dataclass(frozen=True, slots=True)
class _Ran:
    ended: Ended
    said: Said
    fault: Fault | None
    is_done: bool


def clear_leftovers(folder: Path) -> None:
    """Remove the work folders of runs that a dead process left; call it when none is running."""
    for left in folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)


async def admit_all(_url: str) -> None:
    """Admit every address: the choice where all come from a person."""


class YtDlpProgram:
    """Runs yt-dlp; satisfies `port.YtDlp`."""

    def __init__(
        self,
        place: Place,
        gate: HostTurns,
        limits: RunLimits | None = None,
        *,
        admit: Callable[[str], Awaitable[None]] = admit_all,
        guard: Callable[[], AbstractAsyncContextManager[str | None]] = nullcontext,
    ) -> None:
        """Work in `place`, ask each host in turn; `admit` raises for addresses that may not be.

        `guard` gives the proxy that is the way out of one run; by default a run has its own.

        Raises ConfigurationError when the command has no words.
        """
        self._place, self._gate, self._admit, self._guard = place, gate, admit, guard
        self._words = command_words(place.command)
        self._limits = limits or RunLimits()

    async def describe(self, url: str) -> Answer:
        """Return what is known of one item; see `port.YtDlp` for what is raised."""
        ran = await self._ask(_Job(url, _DESCRIBE, self._limits, _is_playable))
        answer = read_answer(ran.ended.output)
        if ran.is_done:
            return answer
        if ran.fault is None and not answer.info:
            raise _unknown(ran)
        return replace(answer, fault=None if ran.fault is None else _of_the_item(ran.fault))

    async def listing(self, url: str, limit: int | None) -> Answer:
        """Return what a place lists, its first `limit` items at most."""
        options = _LIST if limit is None else (*_LIST, f"--playlist-items=1:{limit}")
        limits = replace(self._limits, timeout_s=self._limits.timeout_s * _LONG_TIMES)
        ran = await self._ask(_Job(url, options, limits, _is_answered))
        answer = read_answer(ran.ended.output)
        if ran.fault is None and not answer.info:
            raise _unknown(ran)
        return answer if ran.is_done else replace(answer, fault=ran.fault)

    async def captions(self, request: CaptionsRequest, into: Path) -> Path | Fault:
        """Fetch one caption track into the folder `into` and return its file there."""
        options = (
            *_CAPTIONS,
            "--write-auto-subs" if request.is_auto else "--write-subs",
            f"--sub-langs={re.escape(request.language)}",
        )
        limits = replace(self._limits, max_file_bytes=_MAX_CAPTION_BYTES)
        return await self._fetch(_Job(request.url, options, limits, _has_file), into)

    async def audio(self, url: str, into: Path, max_bytes: int) -> Path | Fault:
        """Fetch the sound of an item into the folder `into`, at most so large; return its file."""
        options = (*_AUDIO, f"--max-filesize={max_bytes}")
        timeout_s = self._limits.timeout_s * _LONG_TIMES
        limits = replace(self._limits, max_file_bytes=max_bytes + MIB, timeout_s=timeout_s)
        return await self._fetch(_Job(url, options, limits, _has_file), into)

    async def _ask(self, job: _Job) -> _Ran:
        with self._work_folder() as folder:
            return await self._run(job, Path(folder))

    async def _fetch(self, job: _Job, into: Path) -> Path | Fault:
        with self._work_folder() as folder:
            ran = await self._run(job, Path(folder))
            if ran.is_done:
                return await asyncio.to_thread(_move, _results(Path(folder))[0], into)
        if ran.fault is None:
            raise _unknown(ran)
        if ran.fault.kind is FaultKind.NO_SUCH_FORMAT and has(ran.said, FaultKind.NO_JAVASCRIPT):
            raise _unusable(Fault(FaultKind.NO_JAVASCRIPT, ran.fault.message))
        return ran.fault

    def _work_folder(self) -> tempfile.TemporaryDirectory[str]:
        """Return a folder that is gone after its use, however that ends."""
        self._place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(
            prefix=_PREFIX, dir=self._place.folder, ignore_cleanup_errors=True
        )

    async def _run(self, job: _Job, folder: Path) -> _Ran:
        host = _host_of(job.url)
        await self._admit(job.url)
        async with self._gate.turn(host), self._guard() as proxy:
            environment = environment_of(os.environ, str(folder), proxy)
            start = Start(self._line(job, folder), folder, environment)
            try:
                ended = await run(start, job.limits)
            except (OSError, ValueError) as error:
                why = error.strerror if isinstance(error, OSError) else "its words are unusable"
                message = f"{self._words[0]} cannot be started: {why}"
                raise YtDlpUnusableError(message) from None
            return await self._judged(job, ended, folder)

    def _line(self, job: _Job, folder: Path) -> list[str]:
        words = [*self._words, *_ALWAYS, f"--cache-dir={self._place.folder / 'cache'}"]
        if self._place.cookies_file is not None:
            words.append(f"--cookies={copy_cookies(self._place.cookies_file, folder)}")
        return [*words, *job.options, "--", job.url]

    async def _judged(self, job: _Job, ended: Ended, folder: Path) -> _Ran:
        """Return a run with what is wrong with the item; raise what is wrong with the rest."""
        host = _host_of(job.url)
        if ended.killed_for is not None:
            message = f"yt-dlp was killed: {ended.killed_for}"
            raise YtDlpFailedError(message, concerns=host)
        said = read(_messages_of(ended))
        is_done = ended.code == 0 and job.is_done(ended, folder)
        fault = None if is_done else classify(said)
        if fault is not None and fault.kind in HOST_KINDS:
            await self._rest(host, fault)
        if fault is not None and fault.kind in _RAISED:
            raise _unusable(fault)
        await self._gate.went_well(host)
        return _Ran(ended, said, fault, is_done)

    async def _rest(self, host: str, fault: Fault) -> None:
        """Tell the gate, and raise: whoever comes next would do no better there."""
        asked_s = _SESSION_LIMIT_S if "try again later" in fault.message else None
        until = await self._gate.refused(host, _REFUSALS[fault.kind], fault.message, asked_s)
        if until is not None:
            raise HostRestsError(host, until, fault.message)
        raise HostUnreachableError(host, fault.message)


def _of_the_item(fault: Fault) -> Fault | None:
    """Return a fault unless it says only that nothing can be played; captions may be there."""
    return None if fault.kind in (FaultKind.NO_JAVASCRIPT, FaultKind.NO_SUCH_FORMAT) else fault


def _is_playable(ended: Ended, _folder: Path) -> bool:
    return is_playable(read_answer(ended.output).info)


def _is_answered(ended: Ended, _folder: Path) -> bool:
    return bool(read_answer(ended.output).info)


def _has_file(_ended: Ended, folder: Path) -> bool:
    return bool(_results(folder))


def _results(folder: Path) -> list[Path]:
    """Return the finished files that a run left, but for the cookies."""
    names = ("captions.", "audio.")
    return sorted(
        path
        for path in folder.iterdir()
        if path.name.startswith(names) and path.suffix not in (".part", ".ytdl") and path.is_file()
    )


def _move(file: Path, into: Path) -> Path:
    into.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(file, into / file.name))


def _messages_of(ended: Ended) -> str:
    """Return what it said to a person: its standard output too, where that is no JSON."""
    if ended.output.lstrip().startswith(b"{"):
        return ended.messages
    return f"{ended.messages}\n{ended.output[-_TAIL_BYTES:].decode('utf-8', 'replace')}"


def _host_of(url: str) -> str:
    """Return the host of an address. Raises PermanentError where there is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        host = None
    if host is None:
        message = f"{url} is no http or https address"
        raise PermanentError(message, failure_code="url_unsupported")
    return "youtube.com" if host == "youtu.be" or host.endswith(".youtube.com") else host


def _unknown(ran: _Ran) -> YtDlpFailedError:
    message = f"yt-dlp ended with exit code {ran.ended.code}: {ran.said.last_words}"
    return YtDlpFailedError(message)


def _unusable(fault: Fault) -> YtDlpUnusableError:
    return YtDlpUnusableError(f"{fault.message}; {_ADVICE[fault.kind]}")
