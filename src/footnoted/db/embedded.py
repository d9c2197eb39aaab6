"""The embedded PostgreSQL: one server per data directory, shared by every process that uses it.

A use is a shared lock the kernel ends with its process, so a killed user leaves nothing
behind but the running server, which the next user adopts. The last one to stop cleanly takes
the server down. Everything here blocks: call it through `asyncio.to_thread`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.db.data_directory import DataDirectory, prepare
from footnoted.db.file_locks import exclusive, open_lock_file, try_lock, unlock_and_close
from footnoted.db.postmaster import bring_up, shut_down
from footnoted.db.server_socket import (
    Answer,
    ask,
    forget_socket_folder,
    server_url,
    socket_folder,
)
from footnoted.errors import ConfigurationError, DependencyDownError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LOCK_TIMEOUT_S = 150.0  # longer than a start or a stop may take


@dataclass
class Use:
    """What one call of `start` holds until its `stop`."""

    place: DataDirectory
    options: Mapping[str, str]
    descriptor: int | None


@dataclass(frozen=True)
class EmbeddedServer:
    """A server in use. Each `start` gives a use of its own, ended by `stop` or by its process."""

    data_dir: Path
    url: str  # for SQLAlchemy: postgresql+asyncpg://, by unix socket
    use: Use = field(repr=False, compare=False)  # this module's own


def start(data_dir: Path, *, options: Mapping[str, str] | None = None) -> EmbeddedServer:
    """Return the server of `data_dir`, adopted when it runs, started when not, made when new.

    `options` are PostgreSQL settings for the case that this call starts it; it keeps them for
    `ensure_running`.

    Raises:
        UsageError: the path is relative.
        ConfigurationError: the directory is refused, in one sentence (see `prepare`).
        DependencyDownError: PostgreSQL would not come up.

    """
    place = prepare(data_dir)
    with exclusive(place.start_lock, timeout_s=_LOCK_TIMEOUT_S):
        descriptor = open_lock_file(place.users_lock)
        try:
            try_lock(descriptor, shared=True)  # nobody holds it alone without the start lock
            bring_up(place, options or {})
        except BaseException:
            unlock_and_close(descriptor)
            raise
    url = server_url(socket_folder(place.cluster))
    return EmbeddedServer(data_dir, url, Use(place, options or {}, descriptor))


def ensure_running(server: EmbeddedServer) -> None:
    """Return when the server answers, restarted if it died; some 3 ms when it is well.

    Raises:
        UsageError: this use was stopped.
        DependencyDownError: it would not come up, or the disk is full.

    """
    use = server.use
    if use.descriptor is None:
        message = f"The use of the embedded database in {server.data_dir} was stopped."
        raise UsageError(message)
    if ask(socket_folder(use.place.cluster)) is Answer.READY:
        return
    try:
        with exclusive(use.place.start_lock, timeout_s=_LOCK_TIMEOUT_S):
            bring_up(use.place, use.options)
    except ConfigurationError as error:
        # The directory was fine at the start: what is wrong with it now can pass.
        raise DependencyDownError(error.message) from error


def stop(server: EmbeddedServer) -> None:
    """End this use, and with the last living use the server; a second call does nothing.

    Raises:
        DependencyDownError: the server would not go.

    """
    use = server.use
    if use.descriptor is None:
        return
    unlock_and_close(use.descriptor)
    use.descriptor = None
    with exclusive(use.place.start_lock, timeout_s=_LOCK_TIMEOUT_S):
        if _was_last(use.place):
            shut_down(use.place)
            forget_socket_folder(socket_folder(use.place.cluster))


def _was_last(place: DataDirectory) -> bool:
    descriptor = open_lock_file(place.users_lock)
    try:
        return try_lock(descriptor)
    finally:
        unlock_and_close(descriptor)
