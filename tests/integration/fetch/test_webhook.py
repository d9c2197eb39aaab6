"""What becomes of a message that is posted to a real server on this machine."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from footnoted.fetch.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

SECRET = "T0KEN-of-the-hook"  # noqa: S105 - invented
MESSAGE = {"text": "footnoted: this is a test", "alerts": []}


class Hook:
    """Answers every request with `answer`, or never; remembers what was posted."""

    def __init__(self, answer: bytes | None) -> None:
        """Answer with these bytes after the head and body were read."""
        self.answer = answer
        self.port = 0
        self.posted: list[tuple[str, Any]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, and answer it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        (length,) = (
            int(line.split(":")[1])
            for line in head.splitlines()
            if line.lower().startswith("content-length:")
        )
        self.posted.append((head.splitlines()[0], json.loads(await reader.readexactly(length))))
        if self.answer is not None:
            writer.write(self.answer)
            await writer.drain()
            writer.close()
        else:
            await reader.read()  # until the other side gives up


@asynccontextmanager
async def hook(answer: bytes | None) -> AsyncGenerator[Hook]:
    """Yield a hook that listens on 127.0.0.1."""
    served = Hook(answer)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    yield served
    server.close()


async def post(served: Hook, *, limit_s: float = 10.0) -> str | None:
    """Return what became of a message."""
    address = SecretStr(f"http://127.0.0.1:{served.port}/{SECRET}?key={SECRET}")
    return await Webhook(address, limit_s).deliver(MESSAGE)


def answering(status: str, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of an answer."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


async def test_a_message_is_posted_as_json() -> None:
    """To exactly the address that was set."""
    async with hook(answering("204 No Content")) as served:
        why = await post(served)
    assert why is None
    assert served.posted == [(f"POST /{SECRET}?key={SECRET} HTTP/1.1", MESSAGE)]


async def test_a_redirect_is_not_followed() -> None:
    """What an address leads to today need not be what was meant."""
    async with hook(answering("200 OK")) as elsewhere:
        location = f"Location: http://127.0.0.1:{elsewhere.port}/"
        async with hook(answering("307 Temporary Redirect", location)) as served:
            why = await post(served)
    assert why == "it answered 307, a redirect, which is not followed"
    assert elsewhere.posted == []


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "503 Service Unavailable"])
async def test_an_answer_that_is_no_success_is_told_by_its_number(status: str) -> None:
    """Not by its body, which may repeat what was sent."""
    async with hook(answering(status, body=SECRET.encode())) as served:
        assert await post(served) == f"it answered {status[:3]}"


@pytest.mark.parametrize("answer", [None, b"HTTP/1.1 200 OK\r\nX: "])
async def test_a_receiver_that_does_not_answer_is_given_up_in_time(answer: bytes | None) -> None:
    """Silent from the start, or in the middle of its answer."""
    started_s = asyncio.get_running_loop().time()
    async with hook(answer) as served:
        why = await post(served, limit_s=0.3)
    assert asyncio.get_running_loop().time() - started_s < 5
    assert why is not None
    assert SECRET not in why


async def test_no_body_is_waited_for() -> None:
    """An answer without end holds nobody up and fills no memory."""
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + b"x" * 1000
    async with hook(endless) as served:
        assert await post(served, limit_s=5) is None


async def test_an_address_where_nobody_listens_is_not_in_the_words() -> None:
    """Nor is the host, which may name a customer."""
    async with hook(None) as served:
        pass
    why = await post(served)
    assert why is not None
    assert why.startswith("it cannot be reached: ")
    assert SECRET not in why


async def test_words_with_the_host_in_them_become_the_errors_name() -> None:
    """As those of a certificate that is not for it."""
    webhook = Webhook(SecretStr(f"https://hooks.example/{SECRET}"))
    for words in ("not valid for 'HOOKS.example'", f"bad path /{SECRET}"):
        assert webhook._without_address(OSError(words)) == "OSError"
    assert webhook._without_address(OSError("connection refused")) == "connection refused"
