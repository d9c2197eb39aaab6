"""The data directory: where it is, what PostgreSQL keeps in it, and when it is refused.

We change permissions only of what we made ourselves. Layout:

    <data directory>/
      postgres/                the cluster, its unix socket, its logs; the server's account only
      postgres-users.lock      every living user holds this shared
      postgres-server.lock     every living process of the server holds this
      postgres-start.lock      whoever starts or stops the server holds this
      postgres-start.log       what the server said before it had a log of its own
"""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.db.account import server_account, user_name
from footnoted.db.file_locks import directory_error
from footnoted.db.programs import MAJOR
from footnoted.errors import ConfigurationError, DependencyDownError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.db.account import Account

_NEW_CLUSTER_BYTES = 128 * 1024**2
RUNNING_BYTES = 48 * 1024**2  # three segments of write-ahead log
_OTHERS_MAY_WRITE = stat.S_IWOTH


@dataclass(frozen=True)
class DataDirectory:
    """The paths of a data directory that was found fit, and the account of its server."""

    path: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """What PostgreSQL calls its data directory."""
        return self.path / "postgres"

    @property
    def users_lock(self) -> Path:
        """Held shared by every living user."""
        return self.path / "postgres-users.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server's processes, who inherit it."""
        return self.path / "postgres-server.lock"

    @property
    def start_lock(self) -> Path:
        """Held while the server is started or stopped."""
        return self.path / "postgres-start.lock"

    @property
    def start_log(self) -> Path:
        """The server's words before its own log exists; of the latest start only."""
        return self.path / "postgres-start.log"

    def recorded_major(self) -> int | None:
        """Return the major version that made the cluster, or None when there is none yet."""
        try:
            return int((self.cluster / "PG_VERSION").read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (ValueError, OSError) as error:
            message = f"{self.cluster}/PG_VERSION cannot be read: {error}."
            raise ConfigurationError(message) from error

    def check_space(self) -> None:
        """Return when the disk has room for a start.

        Raises:
            DependencyDownError: it has not.

        """
        needed = RUNNING_BYTES if self.cluster.exists() else _NEW_CLUSTER_BYTES
        free = shutil.disk_usage(self.path).free
        if free < needed:
            message = (
                f"The disk of the data directory {self.path} is full: {free // 1024**2} MiB free, "
                f"PostgreSQL needs {needed // 1024**2} MiB to start."
            )
            raise DependencyDownError(message)


def prepare(path: Path) -> DataDirectory:
    """Return the data directory at `path`, made when it is missing and found fit to be used.

    Raises:
        UsageError: the path is relative.
        ConfigurationError: it is somebody else's, cannot be written, was made by another major
            version, or would need a permission changed on a directory that is not ours.

    """
    if not path.is_absolute():
        message = f"The data directory must be an absolute path, not {path}."
        raise UsageError(message)
    try:
        resolved = path.resolve()
        account = server_account(resolved / "postgres")
        _make(resolved, account)
        _check_owner(resolved)
    except OSError as error:
        raise directory_error(path, error) from error
    directory = DataDirectory(resolved, account)
    _check_way(directory)
    _check_major(directory)
    return directory


def _make(path: Path, account: Account) -> None:
    if path.exists():
        return
    if not path.parent.exists():
        _make_parents(path.parent, account)
    path.mkdir(mode=0o700)
    if account.changes:
        # Root's own: the server's account may pass through, and sees nothing else.
        os.chown(path, -1, account.gid)
        path.chmod(0o710)


def _make_parents(path: Path, account: Account) -> None:
    missing = [path, *(folder for folder in path.parents if not folder.exists())]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        if account.changes:
            folder.chmod(0o711)


def _check_owner(path: Path) -> None:
    status = path.stat()
    if not stat.S_ISDIR(status.st_mode):
        message = f"The data directory {path} is not a directory."
        raise ConfigurationError(message)
    if status.st_uid not in (os.geteuid(), 0):
        owner = user_name(status.st_uid)
        message = (
            f"The data directory {path} belongs to {owner}: run footnoted as {owner}, "
            "or set FOOTNOTED_DATA_DIR to a directory of your own."
        )
        raise ConfigurationError(message)
    if status.st_mode & _OTHERS_MAY_WRITE:
        message = f"The data directory {path} can be written by everybody: choose another."
        raise ConfigurationError(message)
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        message = f"The data directory {path} cannot be written by {user_name(os.geteuid())}."
        raise ConfigurationError(message)


def _check_way(directory: DataDirectory) -> None:
    if not directory.account.changes:
        return
    way = [*reversed(directory.path.parents), directory.path]
    closed = directory.account.first_closed(*way)
    if closed is not None:
        message = (
            f"PostgreSQL cannot run as root, and its account {user_name(directory.account.uid)} "
            f"cannot enter {closed}: set FOOTNOTED_DATA_DIR to a path open to it, such as "
            f"/var/lib/footnoted, or open {closed} yourself (chmod o+x)."
        )
        raise ConfigurationError(message)


def _check_major(directory: DataDirectory) -> None:
    recorded = directory.recorded_major()
    if recorded not in (None, MAJOR):
        message = (
            f"The database in {directory.cluster} was made by PostgreSQL {recorded} and this "
            f"release brings {MAJOR}: dump it with the release that made it and load the dump "
            "with this one; docs/troubleshooting.md has the steps under postgresql_major."
        )
        raise ConfigurationError(message)
