"""Connections to the very addresses that were checked: a name is resolved once, here, and judged.

The name stays in the request: the certificate is checked against it and `Host` carries it. Between
the check and the connection no second answer of a name server can slip in.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING, Protocol

import httpcore

from footnoted.fetch.port import WebRefusedError
from footnoted.fetch.web.addresses import is_this_machine, why_refused
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    SocketOption = (
        tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
    )

_MOST_ADDRESSES = 4
_PATIENCE_S = 5.0  # with one of several addresses


class Resolver(Protocol):
    """Knows the addresses of names."""

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return addresses, the preferred first. Raises OSError."""
        ...


class SystemResolver:
    """Asks the machine, as every program on it does."""

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return addresses, the preferred first. Raises OSError, UnicodeError."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class ThisMachineResolver(SystemResolver):
    """Knows this machine alone: the settings say that nothing beyond it is to be contacted."""

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return addresses, the preferred first. Raises OSError for every other host."""
        if not is_this_machine(host):
            raise OSError(errno.ENETUNREACH, f"{variable('offline')} is set")
        return await super().resolve(host, port)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections of httpcore, to addresses that may be asked."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        allow_private: bool,
        opener: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """Resolve names with `resolver`; connect to their addresses with `opener`, else by TCP."""
        self._resolver, self._allow_private = resolver, allow_private
        self._opener = opener or _tcp()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection to one of the host's addresses.

        Raises WebRefusedError when none may be asked, httpcore.ConnectError when none answers.
        """
        addresses = (await self._allowed(host, port))[:_MOST_ADDRESSES]
        patience_s = timeout if len(addresses) == 1 else min(timeout or _PATIENCE_S, _PATIENCE_S)
        for address in addresses[:-1]:
            try:
                return await self._opener.connect_tcp(
                    address, port, patience_s, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._opener.connect_tcp(
            addresses[-1], port, patience_s, local_address, socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no address from outside names a socket of this machine."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        await asyncio.sleep(seconds)

    async def _allowed(self, host: str, port: int) -> list[str]:
        try:
            addresses = await self._resolver.resolve(host, port)
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else None
            message = f"its name cannot be resolved: {why or error}"
            raise httpcore.ConnectError(message) from error
        reasons = {
            address: why_refused(address, allow_private=self._allow_private)
            for address in addresses
        }
        allowed = [address for address, reason in reasons.items() if reason is None]
        if allowed:
            return allowed
        if not reasons:
            message = "its name has no address"
            raise httpcore.ConnectError(message)
        address, reason = next(iter(reasons.items()))
        message = f"{host} is at {address}, which is {reason}: nothing from outside may lead there"
        raise WebRefusedError(message, failure_code="address_refused")


def _tcp() -> httpcore.AsyncNetworkBackend:
    # httpcore types it as a stand-in for where anyio is missing.
    return httpcore.AnyIOBackend()  # pyright: ignore[reportReturnType]
