"""The guard of this tier trips."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _connect_tcp(_path: str) -> None:
    with socket.socket() as channel:
        channel.connect(("127.0.0.1", 9))


def _connect_unix(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(path)


def _listen(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as channel:
        channel.bind(path)
        channel.listen()


def _create(_path: str) -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def _open_asyncio(_path: str) -> None:
    asyncio.run(asyncio.wait_for(asyncio.open_connection("127.0.0.1", 9), 1))


def _open_asyncio_unix(path: str) -> None:
    asyncio.run(asyncio.wait_for(asyncio.open_unix_connection(path), 1))


@pytest.mark.parametrize(
    "attempt",
    [_connect_tcp, _connect_unix, _listen, _create, _open_asyncio, _open_asyncio_unix],
)
def test_a_socket_fails_the_test(
    attempt: Callable[[str], None], opened_sockets: list[str], tmp_path: Path
) -> None:
    """Whatever the family, and whoever opens it."""
    with pytest.raises(pytest.fail.Exception, match="opened a socket"):
        attempt(str(tmp_path / "s"))
    assert len(opened_sockets) == 1
    opened_sockets.clear()  # the end of this test would fail else


def test_a_socket_opened_out_of_sight_is_noted(opened_sockets: list[str]) -> None:
    """A thread's failure fails nothing by itself; the list does, at the end of the test."""

    def work() -> None:
        with suppress(BaseException):
            _connect_tcp("")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(opened_sockets) == 1
    opened_sockets.clear()
