"""The unix socket of the embedded server: the way to it, and what the server answers there."""

from __future__ import annotations

import os
import re
import socket
import stat
import struct
import sys
import tempfile
from enum import Enum
from hashlib import sha256
from pathlib import Path

from footnoted.errors import ConfigurationError

PORT = 5432  # names the socket file; nothing listens on TCP
ROLE = "footnoted"
DATABASE = "footnoted"

_SOCKET_NAME = f".s.PGSQL.{PORT}"
_LONGEST_ADDRESS_BYTES = 103  # macOS; Linux has room for 107
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")  # needs no quoting in a URL or by libpq
_TIMEOUT_S = 3.0
_PROTOCOL = 196608  # 3.0; "Message Formats" in the PostgreSQL manual
_CANNOT_CONNECT_NOW = b"C57P03\0"
_TERMINATE = b"X\0\0\0\4"
_MACOS_PEER_NUMBER = (0, 2)  # SOL_LOCAL, LOCAL_PEERPID in <sys/un.h>


class Answer(Enum):
    """What a server says when asked."""

    READY = "ready"
    BUSY = "busy"  # somebody is there, but starting, stopping or too busy to say
    NOBODY = "nobody"


def socket_folder(cluster: Path) -> Path:
    """Return a short, plain path of the folder in which clients find the server's socket.

    That is the cluster itself, or when its path is too long for a socket address or needs
    quoting, a symbolic link to it in the temporary directory. The link is each client's own,
    so it does not matter that a service may see another temporary directory than a shell.

    Raises:
        ConfigurationError: the name of the link is taken by somebody else.

    """
    if _fits(cluster):
        return cluster
    name = f"footnoted-{os.geteuid()}-{sha256(os.fsencode(cluster)).hexdigest()[:12]}"
    link = Path(tempfile.gettempdir()) / name
    if not _fits(link):
        link = Path("/tmp") / name  # noqa: S108 - a name of ours, and its owner is checked
    _point(link, cluster)
    return link


def forget_socket_folder(folder: Path) -> None:
    """Remove the link `socket_folder` gave, when it gave one."""
    if folder.is_symlink():
        folder.unlink(missing_ok=True)


def server_url(folder: Path) -> str:
    """Return the SQLAlchemy URL of the server whose socket is in `folder`."""
    return f"postgresql+asyncpg://{ROLE}@/{DATABASE}?host={folder}&port={PORT}"


def ask(folder: Path) -> Answer:
    """Return how the server is whose socket is in `folder`; takes some 3 ms when it is ready.

    Raises:
        PermissionError: the socket is somebody else's.

    """
    try:
        with _connect(folder) as connection:
            connection.sendall(_startup_message())
            reply = connection.recv(1024)
            connection.sendall(_TERMINATE)
    except (FileNotFoundError, ConnectionRefusedError):
        return Answer.NOBODY
    except (TimeoutError, BlockingIOError, ConnectionError):
        return Answer.BUSY
    return Answer.BUSY if not reply or _CANNOT_CONNECT_NOW in reply else Answer.READY


def server_number(folder: Path) -> int | None:
    """Return the process number of the server, as the kernel knows it, or None without one."""
    try:
        with _connect(folder) as connection:
            if sys.platform == "darwin":
                return connection.getsockopt(*_MACOS_PEER_NUMBER)
            size = struct.calcsize("3i")
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    except (FileNotFoundError, ConnectionError, TimeoutError, BlockingIOError):
        return None
    number: int = struct.unpack("3i", credentials)[0]
    return number or None  # 0: the server is in another container and not ours to signal


def _connect(folder: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_TIMEOUT_S)
        connection.connect(str(folder / _SOCKET_NAME))
    except OSError:
        connection.close()
        raise
    return connection


def _startup_message() -> bytes:
    body = f"user\0{ROLE}\0database\0postgres\0application_name\0footnoted probe\0\0".encode()
    return struct.pack("!ii", len(body) + 8, _PROTOCOL) + body


def _fits(folder: Path) -> bool:
    address = str(folder / _SOCKET_NAME)
    return bool(_PLAIN_PATH.fullmatch(address)) and len(address) <= _LONGEST_ADDRESS_BYTES


def _point(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except FileExistsError:
        status = link.lstat()
        if status.st_uid != os.geteuid() or not stat.S_ISLNK(status.st_mode):
            message = f"{link} is not ours, so the way to the database's socket is blocked."
            raise ConfigurationError(message) from None
        if link.readlink() != target:
            link.unlink()
            link.symlink_to(target)
