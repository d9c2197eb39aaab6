"""What holds the unit tier to its promise: no socket, and so no database and no network."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

GUARDED = ("connect", "connect_ex", "listen", "sendto")


@pytest.fixture(autouse=True)
def opened_sockets(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail a test that connects, listens or asks for an address, in whatever family.

    Also when it happens in a thread or where the failure is swallowed: what is in the list at the
    end fails the test.
    """
    opened: list[str] = []

    def refuse(*given: Any, **_options: Any) -> None:
        address = given[0] if isinstance(given[0], str) else given[1:]
        opened.append(str(address))
        pytest.fail(f"a unit test opened a socket: {address}")

    for name in GUARDED:
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield opened
    assert opened == [], "a unit test opened a socket"
