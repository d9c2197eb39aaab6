"""A web server on this machine that answers as a test says, and counts who is there at once."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence

    Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Page:
    """An answer; with a `script`, that writes the body, and no length is declared."""

    body: bytes = b""
    status: str = "200 OK"
    headers: tuple[str, ...] = ()
    script: Script | None = None

    def head(self) -> bytes:
        """Return the status and headers as they are sent."""
        names = {header.partition(":")[0].lower() for header in self.headers}
        length = (
            ()
            if self.script or "content-length" in names
            else (f"Content-Length: {len(self.body)}",)
        )
        lines = (f"HTTP/1.1 {self.status}", *self.headers, *length, "Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was seen."""

    path: str
    headers: dict[str, str]


@dataclass
class WebServer:
    """Serves `pages` by path; what is not there is a 404. `delay_s` is before each answer."""

    pages: dict[str, Page] = field(default_factory=dict[str, Page])
    delay_s: float = 0.0
    port: int = 0
    asked: list[Asked] = field(default_factory=list[Asked])
    most_at_once: Counter[str] = field(default_factory=Counter[str])
    _now: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Return the address of a page."""
        return f"{scheme}://{host}:{self.port}{path}"

    def page_for(self, path: str, headers: Mapping[str, str]) -> Page | None:
        """Return the page of a path; a test may look at the headers too."""
        del headers
        return self.pages.get(path)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection once, and close it."""
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                asked = await _read(reader)
                self.asked.append(asked)
                with self._counted(asked.headers["host"]):
                    await self._answer(asked, writer)
        finally:
            writer.close()

    @contextmanager
    def _counted(self, host: str) -> Generator[None]:
        self._now[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._now[host])
        yield
        self._now[host] -= 1

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.delay_s)
        page = self.page_for(asked.path, asked.headers) or Page(b"not here", "404 Not Found")
        writer.write(page.head() + page.body)
        await writer.drain()
        if page.script is not None:
            await page.script(writer)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    return Asked(head[0].split(" ")[1], {name.lower(): value for name, value in pairs})


@asynccontextmanager
async def serving(
    server: WebServer, ssl_context: ssl.SSLContext | None = None
) -> AsyncGenerator[WebServer]:
    """Serve at a free port of this machine."""
    listener = await asyncio.start_server(
        server.serve, "127.0.0.1", 0, ssl=ssl_context, backlog=600
    )
    try:
        server.port = listener.sockets[0].getsockname()[1]
        yield server
    finally:
        listener.close()


class FakeResolver:
    """Knows the addresses a test gives to names; each look-up takes the next of several answers."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        """Answer for `names` (`a_example` is a.example); the last answer is repeated."""
        self._names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Return the next answer; an address is its own."""
        assert port > 0
        self.asked.append(host)
        answers = self._names.get(host, [[host]])
        return answers.pop(0) if len(answers) > 1 else answers[0]
