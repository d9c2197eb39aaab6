"""The whole program behind its API, asked as a client would: over a socket and over TCP."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr

from footnoted.api.server import serve
from footnoted.app import open_app
from footnoted.pipeline.loop import Loop
from footnoted.pipeline.plan import Mode, RunPlan
from footnoted.settings import Settings
from tests.fakes.machine import rows_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from footnoted.app import App

    Open = Callable[..., AbstractAsyncContextManager["Place"]]


@dataclass
class Place:
    """The program, and a client at its socket."""

    app: App
    client: httpx.AsyncClient
    port: int

    async def drain(self) -> None:
        """Work until nothing is due."""
        await Loop(self.app.deps, RunPlan(Mode.DRAIN)).run()

    async def upload(self, data: bytes, name: str = "talk.vtt", **fields: Any) -> httpx.Response:
        """Bring a file."""
        files = {"file": (name, data)}
        return await self.client.post("/api/v1/uploads", data=fields, files=files)

    async def get(self, path: str) -> httpx.Response:
        """Ask for something of an item."""
        return await self.client.get(f"/api/v1/items/{path}")

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return [tuple(row) for row in await rows_of(self.app.storage.database, query)]


@pytest.fixture
def open_place(database_url: str, short_path: Path) -> Open:
    """Return what opens the program with some settings."""

    @asynccontextmanager
    async def opened(**changes: Any) -> AsyncGenerator[Place]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = Settings(
            data_dir=short_path / "data",
            database_url=SecretStr(database_url),
            api_listen=f"127.0.0.1:{port}",
            **changes,
        )
        async with open_app(settings) as app:
            await app.prepare_index()
            transport = httpx.AsyncHTTPTransport(uds=str(settings.socket_path))
            async with (
                serve(app),
                httpx.AsyncClient(transport=transport, base_url="http://footnoted") as client,
            ):
                yield Place(app, client, port)

    return opened


@pytest.fixture
async def place(open_place: Open) -> AsyncIterator[Place]:
    """Return the program with its usual settings."""
    async with open_place() as opened:
        yield opened
