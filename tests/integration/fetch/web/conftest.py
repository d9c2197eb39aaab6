"""An edge in front of a server on this machine that seems to be in the public internet."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpcore
import pytest

from footnoted.clock import SystemClock
from footnoted.fetch.port import WebLimits, WebRequest
from footnoted.fetch.web.client import HttpWeb
from footnoted.fetch.web.connections import GuardedBackend
from footnoted.fetch.web.gate import HostGate
from footnoted.fetch.web.hosts import HostPace, HostPaces
from footnoted.fetch.web.transport import GuardedTransport
from tests.fakes.hosts import FakeHostBook
from tests.fakes.web_server import FakeResolver, Page, WebServer, serving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from footnoted.fetch.port import WebAnswer

PUBLIC = "93.184.215.14"
SHORT = WebLimits(timeout_s=0.6, max_bytes=1_000_000)


class Detour(httpcore.AsyncNetworkBackend):
    """Notes every address that is connected to, and connects to this machine instead."""

    def __init__(self) -> None:
        """Have connected to nothing."""
        self.addresses: list[str] = []
        self.dead: set[str] = set()
        self._opener: Any = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, *given: Any, **named: Any) -> Any:
        """Return a connection to this machine."""
        self.addresses.append(host)
        if host in self.dead:
            raise httpcore.ConnectError(host)
        return await self._opener.connect_tcp("127.0.0.1", *given, **named)

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        await asyncio.sleep(seconds)


@dataclass
class Edge:
    """The real web, which believes that a.example is at a public address, and its server."""

    server: WebServer
    resolver: FakeResolver
    detour: Detour = field(default_factory=Detour)
    book: FakeHostBook = field(default_factory=FakeHostBook)
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def __post_init__(self) -> None:
        """Join the parts."""
        backend = GuardedBackend(self.resolver, allow_private=False, opener=self.detour)
        self.transport = GuardedTransport(backend, self.trust)
        self.clock = SystemClock()
        self.gate = HostGate(self.book, self.clock, paces=HostPaces(HostPace(0)))
        self.web = HttpWeb(self.gate, self.transport, self.clock)

    def request(self, path: str = "/", host: str = "a.example", **given: Any) -> WebRequest:
        """Return a request for a page, with short limits."""
        return WebRequest(self.server.url(path, host), **({"limits": SHORT} | given))

    async def get(self, path: str = "/", **given: Any) -> WebAnswer:
        """Ask for a page."""
        return await self.web.get(self.request(path, **given))


@asynccontextmanager
async def edge_before(server: WebServer) -> AsyncGenerator[Edge]:
    """Give an edge in front of `server`."""
    async with serving(server):
        edge = Edge(server, FakeResolver(a_example=[[PUBLIC]], b_example=[[PUBLIC]]))
        yield edge
        await edge.web.aclose()


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    """Return an edge; its server has one page, and a test adds others."""
    async with edge_before(WebServer({"/": Page(b"hello")})) as opened:
        yield opened
