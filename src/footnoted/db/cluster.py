"""The cluster on disk: how it is made, and the settings its server is started with."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from footnoted.db.account import Program
from footnoted.db.programs import server_programs
from footnoted.db.server_socket import DATABASE, ROLE
from footnoted.errors import DependencyDownError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from footnoted.db.data_directory import DataDirectory

OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",  # the unix socket only, in a folder only we can enter
    "unix_socket_directories": ".",  # relative to the cluster: no path is too deep
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    # One small machine, short queries: no worker processes, and none of the shared memory
    # segments that containers keep small and that systemd removes when a user logs out.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "io_method": "sync",
    "jit": "off",
    # A week of logs, one file a day, each emptied when its weekday returns.
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgres-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
"""What every embedded server is started with, where the caller's options say nothing else."""

_TIMEOUT_S = 120.0


def make_cluster(place: DataDirectory) -> None:
    """Make the cluster with its one database; a half-made one is never taken for a whole.

    Raises:
        DependencyDownError: PostgreSQL could not make it.

    """
    unfinished = place.cluster.with_name(f"{place.cluster.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if place.account.changes:
        os.chown(unfinished, place.account.uid, place.account.gid)
    programs = server_programs(place.account, place.path)
    _run(place, Program(_initdb(programs, unfinished), _TIMEOUT_S))
    alone = [str(programs / "postgres"), "--single", "-D", str(unfinished), "postgres"]
    _run(place, Program(alone, _TIMEOUT_S, stdin=f"CREATE DATABASE {DATABASE}\n"))
    unfinished.rename(place.cluster)


def _initdb(programs: Path, target: Path) -> list[str]:
    # The built-in locale sorts and folds the same on every system and after every upgrade of
    # it. `trust`, because the folder of the socket lets in nobody else.
    collation = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    access = ["--auth-local=trust", "--auth-host=reject", f"--username={ROLE}"]
    options = ["--encoding=UTF8", "--no-instructions", *collation, *access]
    return [str(programs / "initdb"), f"--pgdata={target}", *options]


def _run(place: DataDirectory, program: Program) -> None:
    ended = place.account.run(program)
    if ended.returncode != 0:
        words = " ".join(ended.stdout.splitlines()[-3:])
        message = f"The embedded database in {place.path} could not be made: {words}"
        raise DependencyDownError(message)
