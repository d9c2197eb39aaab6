"""The guard that goes where programs go that ask the net themselves."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from footnoted.clock import SystemClock
from footnoted.fetch.web.addresses import REFUSED_PHRASE
from footnoted.fetch.web.connections import GuardedBackend
from footnoted.fetch.web.gate import HostGate
from footnoted.fetch.web.hosts import HostPace, HostPaces
from footnoted.fetch.web.proxy import guarding_proxy
from footnoted.fetch.ytdlp.faults import FaultKind
from footnoted.fetch.ytdlp.program import Place, YtDlpProgram
from tests.fakes.hosts import FakeHostBook
from tests.fakes.web_server import FakeResolver, Page, WebServer, serving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

PUBLIC = "93.184.215.14"
READ = "import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1]).read())"


@asynccontextmanager
async def guarded(edge: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """Give a client that has no other way out than the proxy, and resolves nothing itself."""
    backend = GuardedBackend(edge.resolver, allow_private=False, opener=edge.detour)
    async with (
        guarding_proxy(backend) as address,
        httpx.AsyncClient(
            proxy=address, verify=edge.trust, follow_redirects=True, timeout=5
        ) as client,
    ):
        yield client


async def test_a_public_page_comes_through_as_it_is(edge: Any) -> None:
    """Its host is told the path, and nothing of the proxy."""
    async with guarded(edge) as client:
        answer = await client.get(edge.server.url("/?a=b", "a.example"))
    assert (answer.status_code, answer.text) == (404, "not here")
    asked = edge.server.asked[0]
    assert (asked.path, asked.headers["host"]) == ("/?a=b", f"a.example:{edge.server.port}")
    assert "proxy-authorization" not in asked.headers
    assert edge.detour.addresses == [PUBLIC]


async def test_a_redirect_that_leads_inside_ends_at_the_proxy(edge: Any) -> None:
    """Whatever the program would have done; the inner server is never asked."""
    inner = edge.server.url("/secret", "127.0.0.1")
    edge.server.pages["/go"] = Page(status="302 Found", headers=(f"Location: {inner}",))
    async with guarded(edge) as client:
        answer = await client.get(edge.server.url("/go", "a.example"))
    assert (answer.status_code, answer.reason_phrase) == (403, REFUSED_PHRASE)
    assert [asked.path for asked in edge.server.asked] == ["/go"]
    assert edge.detour.addresses == [PUBLIC]


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "in.example"])
async def test_a_tunnel_leads_nowhere_inside(edge: Any, host: str) -> None:
    """By address or by name."""
    edge.resolver = FakeResolver(in_example=[["10.0.0.1"]])
    async with guarded(edge) as client:
        with pytest.raises(httpx.ProxyError, match=REFUSED_PHRASE):
            await client.get(f"https://{host}/")
    assert edge.detour.addresses == []


async def test_a_tunnel_carries_bytes_both_ways(edge: Any) -> None:
    """As many as there are."""
    body = bytes(range(256)) * 20_000

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(len(body)))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    backend = GuardedBackend(edge.resolver, allow_private=False, opener=edge.detour)
    async with guarding_proxy(backend) as address:
        reader, writer = await connect(address)
        writer.write(f"CONNECT a.example:{port} HTTP/1.1\r\n{auth(address)}\r\n\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        writer.write(body)
        assert await reader.read(-1) == body
        writer.close()
    server.close()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET http://a.example/ HTTP/1.1", b"407"),
        ("GET http://a.example/ HTTP/1.1\r\nProxy-Authorization: Basic eDp5", b"407"),
        ("GET / HTTP/1.1\r\n{auth}", b"400"),
        ("GET https://a.example/ HTTP/1.1\r\n{auth}", b"400"),
        ("CONNECT a.example HTTP/1.1\r\n{auth}", b"400"),
        ("CONNECT a.example:99999 HTTP/1.1\r\n{auth}", b"400"),
        ("nonsense\r\n{auth}", b"400"),
        ("GET http://a.example/ HTTP/1.1\r\nX: " + "x" * 70_000, b"400"),
        ("CONNECT nowhere.example:1 HTTP/1.1\r\n{auth}", b"502"),
    ],
)
async def test_what_it_cannot_serve_is_told_by_its_number(
    edge: Any, head: str, status: bytes
) -> None:
    """Without the password nothing at all is served."""
    edge.resolver = FakeResolver(nowhere_example=[[]])
    backend = GuardedBackend(edge.resolver, allow_private=False, opener=edge.detour)
    async with guarding_proxy(backend) as address:
        reader, writer = await connect(address)
        writer.write(head.replace("{auth}", auth(address)).encode() + b"\r\n\r\n")
        assert (await reader.read(-1)).split(b" ")[1] == status
        writer.close()
    assert edge.detour.addresses == []


async def test_its_end_ends_every_connection(edge: Any) -> None:
    """Nobody is waited for."""
    backend = GuardedBackend(edge.resolver, allow_private=False, opener=edge.detour)
    async with guarding_proxy(backend) as address:
        reader, _writer = await connect(address)
        await asyncio.sleep(0.05)
    assert await reader.read(-1) == b""
    with pytest.raises(OSError):  # noqa: PT011 - refused, by whatever name
        await connect(address)


async def test_a_program_is_kept_to_it_by_its_environment(tmp_path: Path) -> None:
    """As yt-dlp is: it asks what Python's own library asks."""
    async with serving(WebServer({"/": Page(b"hello")})) as server:
        resolver = FakeResolver(a_example=[["127.0.0.1"]])
        backend = GuardedBackend(resolver, allow_private=True)
        async with guarding_proxy(backend) as address:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", READ, server.url("/", "a.example"),
                env={"http_proxy": address, "https_proxy": address, "HOME": str(tmp_path)},
                stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            output, _ = await process.communicate()
    assert output == b"hello"
    assert resolver.asked == ["a.example"]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_yt_dlp_does_not_follow_a_redirect_inside(
    edge: Any, tmp_path: Path, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real one: its own proxies count for nothing, and the fault is the item's."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "*")
    inner = edge.server.url("/secret", "127.0.0.1", scheme)
    edge.server.pages["/go"] = Page(status="302 Found", headers=(f"Location: {inner}",))
    edge.server.pages["/talk.mp3"] = Page(b"ID3", headers=("Content-Type: audio/mpeg",))
    backend = GuardedBackend(edge.resolver, allow_private=False, opener=edge.detour)
    gate = HostGate(FakeHostBook(), SystemClock(), paces=HostPaces(HostPace(0)))
    program = YtDlpProgram(Place(tmp_path), gate, guard=lambda: guarding_proxy(backend))
    refused = await program.describe(edge.server.url("/go", "a.example"))
    assert refused.fault is not None
    assert (refused.fault.kind, REFUSED_PHRASE in refused.fault.message) == (
        FaultKind.UNSUPPORTED_URL,
        True,
    )
    found = await program.describe(edge.server.url("/talk.mp3", "a.example"))
    assert (found.fault, found.info["ext"]) == (None, "mp3")
    assert {asked.path for asked in edge.server.asked} == {"/go", "/talk.mp3"}


async def connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a connection to the proxy."""
    return await asyncio.open_connection("127.0.0.1", urlsplit(address).port)


def auth(address: str) -> str:
    """Return the header with the password of the proxy."""
    split = urlsplit(address)
    headers = httpx.Headers()
    request = httpx.Request("GET", "http://x/", headers=headers)
    flow = httpx.BasicAuth(split.username or "", split.password or "").auth_flow(request)
    return f"Proxy-Authorization: {next(flow).headers['authorization']}"
