"""Serves the API beside the loop.

It listens on a unix socket that only the data directory's owner may use, and over TCP where the
settings say so.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from footnoted.api.access import Access, require_token
from footnoted.api.application import build_application
from footnoted.errors import ConfigurationError
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator
    from pathlib import Path

    from pydantic import SecretStr

    from footnoted.api.access import Application
    from footnoted.app import App

_OWNER_ONLY = 0o600
_OWNED_FOLDER = 0o700
_GRACE_S = 5
"""How long requests that are under way may take at the end: an upload may take hours."""


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
    """Serve the API of `app` on its socket, and where the settings say, until the context ends.

    Raises ConfigurationError for a place that cannot be listened at, or not without a token.
    """
    settings = app.storage.settings
    application = build_application(app)
    async with AsyncExitStack() as stack:
        if settings.api_listen is not None:
            listener = _listen_at(settings.api_listen, settings.api_token)
            guarded = Access(application, settings.api_token)
            await stack.enter_async_context(_serving(guarded, listener))
        await stack.enter_async_context(_serving(application, _listen(settings.socket_path)))
        stack.callback(settings.socket_path.unlink, missing_ok=True)
        yield


@asynccontextmanager
async def _serving(application: Application, listener: socket.socket) -> AsyncGenerator[None]:
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.is_up.wait()
        yield
    finally:
        server.should_exit = True
        await task


def _listen_at(place: str, token: SecretStr | None) -> socket.socket:
    """Return a listening socket at `host:port`. Raises ConfigurationError."""
    host, _, port = place.rpartition(":")
    host = host.strip("[]")
    require_token(host, token)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
    except (OSError, OverflowError) as error:
        listener.close()
        why = getattr(error, "strerror", None) or str(error)
        message = f"{variable('api_listen')}={place} cannot be listened at: {why}"
        raise ConfigurationError(message) from None
    return listener


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
