"""A proxy on this machine for programs that ask the net themselves: the guard goes where they go.

    program -> CONNECT name:port | GET http://name/... -> name resolved and judged here -> tunnel

Such a program follows redirects and pages of its own, so that a look at the first address protects
nothing. It is given this proxy in its environment, and no other way out. The password lives as long
as the run: other users of the machine cannot use it.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpcore

from footnoted.fetch.port import WebRefusedError
from footnoted.fetch.web.addresses import REFUSED_PHRASE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from footnoted.fetch.web.connections import GuardedBackend

_HEAD_BYTES = 64 * 1024
_HEAD_S = 20.0
_CONNECT_S = 20.0
_IDLE_S = 300.0
_CHUNK_BYTES = 64 * 1024
_HTTP_PORT = 80
_LARGEST_PORT = 65_535
_NOT_PASSED_ON = (b"proxy-", b"connection:", b"keep-alive:")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where to, and what is sent there first; a tunnel sends nothing."""

    host: str
    port: int
    is_tunnel: bool
    head: bytes = b""


class _MalformedError(Exception):
    """The request is none that a proxy can serve."""


@asynccontextmanager
async def guarding_proxy(backend: GuardedBackend) -> AsyncGenerator[str]:
    """Yield the address of a proxy, password included, that goes where `backend` lets it."""
    guard = _Guard(backend)
    server = await asyncio.start_server(guard.serve, "127.0.0.1", 0, limit=_HEAD_BYTES)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://footnoted:{guard.password}@127.0.0.1:{port}"
    finally:
        server.close()
        await guard.hang_up()


class _Guard:
    """Serves the connections of one proxy."""

    def __init__(self, backend: GuardedBackend) -> None:
        self.password = secrets.token_urlsafe(24)
        token = base64.b64encode(f"footnoted:{self.password}".encode())
        self._expected = b"basic " + token
        self._backend = backend
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            with suppress(ConnectionError, TimeoutError, httpcore.NetworkError):
                await self._serve(reader, writer)
        finally:
            writer.close()

    async def hang_up(self) -> None:
        """End every connection."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_S):
                head = await reader.readuntil(b"\r\n\r\n")
            if not self._is_ours(head):
                answer = "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic"
                return await _say(writer, answer)
            asked = _parse(head)
            stream = await self._backend.connect_tcp(asked.host, asked.port, _CONNECT_S)
        except WebRefusedError:
            return await _say(writer, f"403 {REFUSED_PHRASE}")
        except (httpcore.ConnectError, httpcore.TimeoutException):
            return await _say(writer, "502 Bad Gateway")
        except (_MalformedError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return await _say(writer, "400 Bad Request")
        try:
            if asked.is_tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await stream.write(asked.head, _IDLE_S)
            await _join(reader, writer, stream)
        finally:
            await stream.aclose()
        return None

    def _is_ours(self, head: bytes) -> bool:
        """Return whether a request carries the password."""
        prefix = b"proxy-authorization:"
        lines = [line for line in head.split(b"\r\n") if line.lower().startswith(prefix)]
        given = lines[0][len(prefix) :].strip() if lines else b""
        scheme, _, token = given.partition(b" ")
        return secrets.compare_digest(scheme.lower() + b" " + token.strip(), self._expected)


def _parse(head: bytes) -> _Asked:
    """Return where a request wants to go. Raises _MalformedError."""
    first, *lines = head.split(b"\r\n")
    try:
        method, target, version = first.decode("ascii").split(" ")
        if method == "CONNECT":  # some leave out the brackets of an IPv6 address
            host, _, port = target.rpartition(":")
            return _Asked(host.strip("[]"), _port(port), is_tunnel=True)
        split = urlsplit(target)
        to = _Asked(split.hostname or "", split.port or _HTTP_PORT, is_tunnel=False)
    except ValueError:
        raise _MalformedError from None
    if split.scheme != "http" or not to.host:
        raise _MalformedError
    path = split._replace(scheme="", netloc="", fragment="").geturl() or "/"
    kept = [line for line in lines if not line.lower().startswith(_NOT_PASSED_ON)]
    start = f"{method} {path} {version}".encode("ascii")
    rest = b"\r\n".join([start, b"Connection: close", *kept])
    return replace(to, head=rest)


def _port(digits: str) -> int:
    """Return a port. Raises ValueError."""
    port = int(digits)
    if not 0 < port <= _LARGEST_PORT:
        raise ValueError(port)
    return port


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    stream: httpcore.AsyncNetworkStream,
) -> None:
    """Pass bytes both ways until the far end has no more, or nothing moves for long."""
    up = asyncio.create_task(_pass_up(reader, stream))
    try:
        while data := await stream.read(_CHUNK_BYTES, _IDLE_S):
            writer.write(data)
            await writer.drain()
    finally:
        up.cancel()
        await asyncio.wait([up])
        if not up.cancelled():
            up.exception()  # that the near end went away first is no news


async def _pass_up(reader: asyncio.StreamReader, stream: httpcore.AsyncNetworkStream) -> None:
    while data := await reader.read(_CHUNK_BYTES):
        await stream.write(data, _IDLE_S)


async def _say(writer: asyncio.StreamWriter, answer: str) -> None:
    writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
