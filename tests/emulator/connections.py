"""The sockets under the requests, so that a connection can be cut or reset on purpose."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from starlette.types import Scope

NOTICE_ROUNDS = 50
LINGER_NONE = struct.pack("ii", 1, 0)
OPEN: dict[tuple[str, int], asyncio.Transport] = {}


class KeptProtocol(H11Protocol):
    """The server's protocol; remembers the transport of each client."""

    def connection_made(self, transport: Any) -> None:
        """Remember the connection."""
        super().connection_made(transport)
        if self.client is not None:
            OPEN[self.client] = transport
        # asyncio leaves it unset on sockets made without a protocol number, and answers in two
        # writes then wait 40 ms for the client's delayed acknowledgement.
        bare = transport.get_extra_info("socket")
        bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self.client is not None:
            OPEN.pop(self.client, None)
        super().connection_lost(exc)


def is_open(scope: Scope) -> bool:
    """Return whether the client of a request is still connected."""
    transport = OPEN.get(tuple(scope["client"]))
    return transport is not None and not transport.is_closing()


async def _noticed(transport: asyncio.Transport) -> None:
    """Return once the server knows that the connection is gone."""
    for _ in range(NOTICE_ROUNDS):
        if transport not in OPEN.values():
            return
        await asyncio.sleep(0)


async def reset(scope: Scope) -> None:
    """Reset the connection: the client's kernel sees RST, and what was unsent is dropped."""
    transport = OPEN.get(tuple(scope["client"]))
    if transport is None:
        return
    bare = transport.get_extra_info("socket")
    bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
    transport.abort()
    await _noticed(transport)


async def cut(scope: Scope) -> None:
    """Close the connection after what was written has gone out."""
    transport = OPEN.get(tuple(scope["client"]))
    if transport is not None:
        transport.close()
        await _noticed(transport)
