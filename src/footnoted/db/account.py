"""The operating system account PostgreSQL runs under: ours, or when we are root, one of its own.

PostgreSQL refuses to run as root. Root's server runs as the owner of the existing cluster, or
for a new one as the system account `footnoted-postgres`, which is made when it is missing.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ACCOUNT_NAME = "footnoted-postgres"
_USERADD_ATTEMPTS = 10
_USERADD_PAUSE_S = 0.2
_FIRST_CLOSED = 'for path do [ -x "$path" ] || { printf %s "$path"; exit; }; done'
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Program:
    """A program to be run to its end."""

    command: Sequence[str]
    timeout_s: float
    stdin: str = ""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    inherited: tuple[int, ...] = ()  # descriptors it keeps, beside the standard three
    output_to: int = subprocess.PIPE  # where both its streams go


@dataclass(frozen=True)
class Account:
    """Who the server is; `changes` says that a child must become it first."""

    uid: int
    gid: int
    changes: bool

    def run(self, program: Program) -> subprocess.CompletedProcess[str]:
        """Return how `program` ended, run as the account, away from our terminal and folder.

        Nothing of our environment is passed on.

        Raises:
            ConfigurationError: we may not become the account.

        """
        try:
            return subprocess.run(  # noqa: S603 - a list of our own making, never a shell line
                program.command,
                input=program.stdin,
                stdout=program.output_to,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                cwd="/",
                env={**_ENVIRONMENT, **program.environment},
                timeout=program.timeout_s,
                pass_fds=program.inherited,
                start_new_session=True,  # a Ctrl-C in our terminal is not the server's
                user=self.uid if self.changes else None,
                group=self.gid if self.changes else None,
                extra_groups=[] if self.changes else None,
            )
        except PermissionError as error:
            message = (
                "PostgreSQL cannot run as root and footnoted may not change to another account "
                f"({error.strerror}); run footnoted as an ordinary user."
            )
            raise ConfigurationError(message) from error

    def first_closed(self, *paths: Path) -> str | None:
        """Return the first of `paths` it may not enter (a folder) or start (a file).

        The kernel is asked, by a child that became the account: it knows of ACLs and mounts.
        """
        command = ["/bin/sh", "-c", _FIRST_CLOSED, "sh", *map(str, paths)]
        return self.run(Program(command, timeout_s=10)).stdout or None

    def can_run(self, program: Path) -> bool:
        """Return whether the account reaches and may start `program`."""
        return not self.changes or self.first_closed(program) is None


def server_account(cluster: Path) -> Account:
    """Return the account for the server of `cluster`, which need not exist yet.

    Raises:
        ConfigurationError: the cluster is somebody else's, or root's account cannot be made.

    """
    euid = os.geteuid()
    owner = cluster.stat() if cluster.exists() else None
    if euid == 0:
        return _account_for_root(cluster, owner)
    if owner is not None and owner.st_uid != euid:
        message = f"The database in {cluster} belongs to {user_name(owner.st_uid)}, not to us."
        raise ConfigurationError(message)
    return Account(euid, os.getegid(), changes=False)


def user_name(uid: int) -> str:
    """Return the name of a user, or the number when it has none on this machine."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _account_for_root(cluster: Path, owner: os.stat_result | None) -> Account:
    if owner is None:
        entry = _existing_entry() or _make_entry()
        return Account(entry.pw_uid, entry.pw_gid, changes=True)
    if owner.st_uid == 0:
        message = f"The database in {cluster} belongs to root, as whom PostgreSQL refuses to run."
        raise ConfigurationError(message)
    return Account(owner.st_uid, owner.st_gid, changes=True)


def _existing_entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        return None


def _make_entry() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    problem = "there is no useradd here"
    for _ in range(_USERADD_ATTEMPTS if useradd else 0):
        problem = _useradd(str(useradd))
        # Another process may have made it first, and a busy /etc/passwd passes.
        entry = _existing_entry()
        if entry is not None:
            return entry
        time.sleep(_USERADD_PAUSE_S)
    message = (
        f"PostgreSQL cannot run as root and its account {ACCOUNT_NAME} cannot be made "
        f"({problem}); make it by hand, or run footnoted as an ordinary user."
    )
    raise ConfigurationError(message)


def _useradd(useradd: str) -> str:
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    shell = ["--shell", "/usr/sbin/nologin"]
    answer = subprocess.run(  # noqa: S603 - a fixed command found in the system's folders
        [useradd, *options, *shell, ACCOUNT_NAME], capture_output=True, text=True, check=False
    )
    return answer.stderr.strip()
