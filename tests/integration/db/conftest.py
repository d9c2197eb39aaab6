"""Other processes that use an embedded server, and ways to look at and hurt that server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from footnoted.db import embedded
from footnoted.db.data_directory import prepare
from footnoted.db.postmaster import shut_down
from footnoted.db.server_socket import server_number, socket_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from footnoted.db.embedded import EmbeddedServer

SOURCES = Path(__file__).resolve().parents[3] / "src"
QUICK = {"fsync": "off", "full_page_writes": "off"}
_USER = """
import sys
from pathlib import Path
from footnoted.db import embedded
server = embedded.start(Path(sys.argv[1]), options={"fsync": "off"})
print(server.url, flush=True)
sys.stdin.readline()
embedded.stop(server)
"""


@dataclass(frozen=True)
class User:
    """A process of its own that has started, or adopted, the server of a data directory."""

    process: subprocess.Popen[str]
    url: str

    def kill(self) -> None:
        """End it as the kernel does when memory runs out."""
        self.process.kill()
        self.process.wait(10)

    def leave(self) -> None:
        """Let it stop its use and exit."""
        self.process.communicate("\n", timeout=30)
        assert self.process.returncode == 0


def begin_user(data_dir: Path) -> subprocess.Popen[str]:
    """Return a process that is about to use the server of `data_dir`."""
    return subprocess.Popen(
        [sys.executable, "-c", _USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )


def await_user(process: subprocess.Popen[str]) -> User:
    """Return the user once its server answers."""
    assert process.stdout is not None
    return User(process, process.stdout.readline().strip())


def number_of(data_dir: Path) -> int | None:
    """Return the process number of the server of `data_dir`, None when there is none."""
    return server_number(socket_folder(data_dir.resolve() / "postgres"))


def kill_server(data_dir: Path) -> None:
    """End the server as the kernel does when memory runs out."""
    number = number_of(data_dir)
    assert number is not None
    os.kill(number, signal.SIGKILL)


@pytest.fixture
def data_dir(short_path: Path) -> Iterator[Path]:
    """Return a path for a data directory whose server, if any, ends with the test."""
    path = short_path / "data"
    yield path
    if path.is_dir():
        with suppress(Exception):  # a test may have spoilt it on purpose
            shut_down(prepare(path))


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[[], EmbeddedServer]]:
    """Return a function that starts or adopts the server of `data_dir`."""
    uses: list[EmbeddedServer] = []

    def begin() -> EmbeddedServer:
        uses.append(embedded.start(data_dir, options=QUICK))
        return uses[-1]

    yield begin
    for use in uses:
        if use.use.descriptor is not None and data_dir.is_dir():
            embedded.stop(use)


@pytest.fixture
def as_root() -> None:
    """Skip the test unless it runs as root."""
    if os.geteuid() != 0:
        pytest.skip("only root can show this")
