"""The server process: found, started and stopped; it knows nothing of users.

The server inherits a locked descriptor, so "is any process of it left" is a question to the
kernel: no recorded process number is believed, which a restarted container hands out again.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from footnoted.db.account import Program
from footnoted.db.cluster import OPTIONS, make_cluster
from footnoted.db.file_locks import open_lock_file, try_lock
from footnoted.db.programs import server_programs
from footnoted.db.server_socket import Answer, ask, server_number, socket_folder
from footnoted.errors import DependencyDownError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from footnoted.db.data_directory import DataDirectory

_START_TIMEOUT_S = 120.0  # a recovery after a crash reads up to max_wal_size
_STOPS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))  # fast, then immediate
_POLL_S = 0.005
_LONGEST_POLL_S = 0.2
_PASSING = ("is starting up", "is shutting down", "not yet accepting connections")
_HANDED_OVER = "redirecting log output to logging collector"
_LOG_TAIL_LINES = 3


def bring_up(place: DataDirectory, options: Mapping[str, str]) -> None:
    """Return when the server answers, started if nobody was there; the caller has the lock.

    Raises:
        DependencyDownError: it did not come up, or the disk is too full for a start.

    """
    folder = socket_folder(place.cluster)
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    started = False
    pause_s = _POLL_S
    while (answer := ask(folder)) is not Answer.READY:
        if answer is Answer.NOBODY and not _lives(place):
            if started:
                raise _failure(place, "did not start")
            _start(place, options)
            started = True
        elif time.monotonic() > deadline_s:
            raise _failure(place, f"does not answer after {_START_TIMEOUT_S:.0f} s")
        time.sleep(pause_s)
        if answer is Answer.BUSY:  # each question then leaves a line in the server's log
            pause_s = min(2 * pause_s, _LONGEST_POLL_S)


def shut_down(place: DataDirectory) -> None:
    """Return when no process of the server is left; the caller has the lock.

    Raises:
        DependencyDownError: it would not go.

    """
    folder = socket_folder(place.cluster)
    for how, patience_s in _STOPS:
        number = server_number(folder)
        if number is not None:
            os.kill(number, how)
        if _gone_within(place, folder, patience_s):
            return
    raise _failure(place, "did not stop")


def _start(place: DataDirectory, options: Mapping[str, str]) -> None:
    place.check_space()
    if not place.cluster.exists():
        make_cluster(place)
    server = str(server_programs(place.account, place.path) / "postgres")
    settings = [f"{name}={value}" for name, value in {**OPTIONS, **options}.items()]
    arguments = [part for setting in settings for part in ("-c", setting)]
    # The shell goes at once and leaves the server to the system, as pg_ctl does: whoever
    # started it need not outlive it, nor collect it when it dies.
    command = ["/bin/sh", "-c", '"$@" &', "sh", server, "-D", str(place.cluster), *arguments]
    alive = open_lock_file(place.server_lock)
    try:
        try_lock(alive)
        with place.start_log.open("w", encoding="utf-8") as log:
            place.account.run(
                Program(
                    command,
                    timeout_s=10,
                    environment=_number_to_ignore(place),
                    inherited=(alive,),
                    output_to=log.fileno(),
                )
            )
    finally:
        os.close(alive)  # closed, not unlocked: it is the server's now


def _number_to_ignore(place: DataDirectory) -> dict[str, str]:
    """Return what tells PostgreSQL that the number in a stale postmaster.pid is nobody's.

    It would refuse to start when that number has since gone to another process of the same
    account, or to a dead one that nobody collected. We know better: no process of the server
    holds its lock. PostgreSQL still checks for shared memory in use by itself.
    """
    try:
        number = (place.cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0]
    except FileNotFoundError:
        return {}
    return {"PG_GRANDPARENT_PID": number}


def _lives(place: DataDirectory) -> bool:
    descriptor = open_lock_file(place.server_lock)
    try:
        return not try_lock(descriptor)
    finally:
        os.close(descriptor)


def _gone_within(place: DataDirectory, folder: Path, patience_s: float) -> bool:
    deadline_s = time.monotonic() + patience_s
    while _lives(place) or ask(folder) is not Answer.NOBODY:
        if time.monotonic() > deadline_s:
            return False
        time.sleep(_POLL_S)
    return True


def _failure(place: DataDirectory, what: str) -> DependencyDownError:
    return DependencyDownError(f"PostgreSQL in {place.path} {what}: {_last_words(place)}")


def _last_words(place: DataDirectory) -> str:
    lines = _read(place.start_log)
    if any(_HANDED_OVER in line for line in lines):
        # Only then has this start written to the server's log, which goes back a day.
        logs = sorted((place.cluster / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)
        lines = [line for log in logs[-1:] for line in _read(log)]
    grave = [line for line in lines if _is_grave(line)]
    return " ".join((grave or lines)[-_LOG_TAIL_LINES:])


def _read(log: Path) -> list[str]:
    if not log.exists():
        return []
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


def _is_grave(line: str) -> bool:
    fatal = "FATAL" in line or "PANIC" in line
    return fatal and not any(words in line for words in _PASSING)
