"""Serves the API beside the loop, on a unix socket that only the data directory's owner may use."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from footnoted.api.application import build_application
from footnoted.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator
    from pathlib import Path

    from footnoted.app import App

_OWNER_ONLY = 0o600
_OWNED_FOLDER = 0o700


class _QuietServer(uvicorn.Server):
    """Leaves the signals to the daemon, which has its own order of going down."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Be not up yet."""
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture nothing."""
        yield


@asynccontextmanager
async def serve(app: App) -> AsyncGenerator[None]:
    """Serve the API of `app` on its unix socket until the context ends."""
    listener = _listen(app.storage.settings.socket_path)
    config = uvicorn.Config(
        build_application(app), log_config=None, access_log=False, lifespan="off"
    )
    server = _QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.is_up.wait()
        yield
    finally:
        server.should_exit = True
        await task
        app.storage.settings.socket_path.unlink(missing_ok=True)


def _listen(path: Path) -> socket.socket:
    """Return a listening socket at `path`; a socket that a dead daemon left is replaced."""
    path.parent.mkdir(mode=_OWNED_FOLDER, parents=True, exist_ok=True)
    if path.parent.stat().st_uid != os.geteuid():
        message = f"{path.parent}, the folder of the daemon's socket, belongs to somebody else"
        raise ConfigurationError(message)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(_OWNER_ONLY)
    return listener
