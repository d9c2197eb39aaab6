"""An embedding server on loopback: OpenAI's protocol and Voyage's, with faults on demand.

The vector of a text is made of its words, so texts that share words are near each other, and equal
texts have equal vectors. It keeps its own books: what it worked on, it bills.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable


_SHORT = 3
"""Letters of words that mean nothing."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with a status and a body, and embed nothing."""

    status: int
    body: str = '{"error": {"message": "no"}}'
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reset:
    """Embed, bill, and break the connection."""


@dataclass(frozen=True, slots=True)
class Say:
    """Answer 200 with this body."""

    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer, as without a script."""


@dataclass(slots=True)
class EmbeddingServer:
    """The service. `next` holds what becomes of coming requests; `dimensions` is what it gives.

    `poison` are words whose texts it refuses; `meaning` maps a word to the one it stands for.
    """

    dimensions: int = 32
    key: str | None = None
    base_url: str = ""
    delay_s: float = 0.0
    poison: frozenset[str] = frozenset()
    meaning: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    next: deque[Refuse | Reset | Say | Answer] = field(
        default_factory=deque[Refuse | Reset | Say | Answer]
    )
    on_request: Callable[[], None] | None = None
    billed_tokens: int = 0

    @property
    def texts(self) -> list[str]:
        """Return every text that was asked for, in order, repetitions too."""
        return [text for one in self.asked for text in one["input"]]

    def vector(self, text: str) -> list[float]:
        """Return the vector of a text: the sum of what its words stand for."""
        total = [0.0] * self.dimensions
        for word in (word for word in text.casefold().split() if len(word) > _SHORT):
            stem = word.strip(".,!?")
            for at, value in enumerate(self._word(self.meaning.get(stem, stem))):
                total[at] += value
        length = math.sqrt(sum(value * value for value in total)) or 1.0
        return [value / length for value in total]

    def _word(self, word: str) -> list[float]:
        numbers = b"".join(
            hashlib.sha256(f"{word}/{block}".encode()).digest()
            for block in range(-(-self.dimensions // 16))
        )
        return [
            int.from_bytes(numbers[2 * at : 2 * at + 2]) / 32_768 - 1
            for at in range(self.dimensions)
        ]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if self.key is not None and headers.get("authorization") != f"Bearer {self.key}":
            await _write(writer, 401, '{"error": {"message": "no such key"}}')
            return True
        if not first.startswith("POST") or not first.split(" ")[1].endswith("/embeddings"):
            await _write(writer, 404, '{"error": {"message": "no such place"}}')
            return True
        return await self._embed(json.loads(body), writer)

    async def _embed(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        self.asked.append(asked)
        if self.on_request is not None:
            self.on_request()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        told = self.next.popleft() if self.next else Answer()
        texts: list[str] = asked["input"]
        if any(word in text for word in self.poison for text in texts):
            told = Refuse(400, '{"error": {"message": "one of the inputs is invalid"}}')
        if isinstance(told, Refuse):
            await _write(writer, told.status, told.body, told.headers)
            return True
        if isinstance(told, Say):
            await _write(writer, 200, told.body)
            return True
        tokens = sum(len(text.split()) for text in texts)
        self.billed_tokens += tokens
        if isinstance(told, Reset):
            writer.transport.abort()
            return False
        data = [
            {"object": "embedding", "index": at, "embedding": self.vector(text)}
            for at, text in enumerate(texts)
        ]
        data.reverse()  # their place is told by their index
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        document = {"object": "list", "data": data, "model": asked["model"], "usage": usage}
        await _write(writer, 200, json.dumps(document), (("x-request-id", "emb-1"),))
        return True


@asynccontextmanager
async def serving(**kwargs: Any) -> AsyncGenerator[EmbeddingServer]:
    """Yield a service that listens on loopback; `base_url` is what clients are told."""
    service = EmbeddingServer(**kwargs)
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, limit=2**26)
    port = server.sockets[0].getsockname()[1]
    service.base_url = f"http://127.0.0.1:{port}/v1"
    try:
        yield service
    finally:
        server.close()


async def _write(
    writer: asyncio.StreamWriter,
    status: int,
    body: str,
    headers: tuple[tuple[str, str], ...] = (),
) -> None:
    data = body.encode()
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(data)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    writer.write("\r\n".join([*lines, "", ""]).encode() + data)
    await writer.drain()
