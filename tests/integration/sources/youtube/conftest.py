"""The program in a world: YouTube is a server on loopback, and the time is what the world says."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from footnoted.clock import SystemClock
from footnoted.settings import Settings
from footnoted.sources import assembly
from tests.timeline import server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from footnoted.app import App
    from footnoted.fetch.port import Download, WebAnswer, WebRequest
    from footnoted.fetch.web.client import HttpWeb
    from tests.timeline.world import World

    LivingIn = Callable[..., AbstractContextManager[Settings]]

YOUTUBE = "https://www.youtube.com"


class WorldClock(SystemClock):
    """Tells the time of a world; only the test turns it. Pauses are real."""

    def __init__(self, world: World) -> None:
        """Take the world."""
        super().__init__()
        self._world = world

    def now(self) -> datetime:
        """Return the time there."""
        return self._world.now

    def jitter(self) -> float:
        """Return none: the trace is exact."""
        return 0.0


@dataclass(frozen=True)
class Detour:
    """A web in which YouTube's feeds are served by the world; the rest is the real one."""

    web: HttpWeb
    base: str

    async def get(self, request: WebRequest) -> WebAnswer:
        """Return the answer of the world where YouTube is asked."""
        return await self.web.get(self._led(request))

    async def download(self, request: WebRequest, into: Path) -> Download:
        """Do so for a file."""
        return await self.web.download(self._led(request), into)

    async def aclose(self) -> None:
        """Close the real one."""
        await self.web.aclose()

    def _led(self, request: WebRequest) -> WebRequest:
        return replace(request, url=request.url.replace(YOUTUBE, self.base))


@asynccontextmanager
async def nobody(app: App) -> AsyncGenerator[None]:
    """Serve no requests."""
    del app
    yield


@pytest.fixture
def living_in(database_url: str, short_path: Path, monkeypatch: pytest.MonkeyPatch) -> LivingIn:
    """Return what opens a world, and gives the settings of a program in it."""
    make_web = assembly.make_web

    @contextmanager
    def opened(world: World, **changes: Any) -> Generator[Settings]:
        with server.started(world) as base:
            monkeypatch.setattr("footnoted.db.storage.SystemClock", lambda: WorldClock(world))
            monkeypatch.setattr(assembly, "make_web", lambda *args: Detour(make_web(*args), base))
            yield Settings(
                data_dir=short_path / "data",
                database_url=SecretStr(database_url),
                allow_private_addresses=True,
                host_gap_s=0.0,
                drain_wait_s=0.0,
                backup_every_h=0.0,
                ytdlp_command=server.command(base),
                **changes,
            )

    return opened
