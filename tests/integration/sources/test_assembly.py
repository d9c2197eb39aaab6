"""The ways to the net as the settings want them: what may be asked holds for all of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.errors import FootnotedError, PermanentError
from footnoted.fetch.port import OfflineError, WebRequest
from footnoted.settings import Settings
from footnoted.sources.assembly import make_net
from tests.fakes.web_server import Page, WebServer, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PAGES = {"/talk.mp3": Page(b"ID3", headers=("Content-Type: audio/mpeg",))}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Return a database of one's own."""
    engine = make_engine(database_url, application_name="test")
    yield Database(engine)
    await engine.dispose()


@pytest.mark.parametrize("is_allowed", [True, False])
async def test_ones_own_network_is_asked_where_the_settings_allow_it(
    database: Database, tmp_path: Path, *, is_allowed: bool
) -> None:
    """By us and by yt-dlp alike; else both refuse by the same name, and nothing is asked."""
    settings = Settings(data_dir=tmp_path, allow_private_addresses=is_allowed, host_gap_s=0)
    net = make_net(settings, database, SystemClock())
    async with serving(WebServer(PAGES)) as server:
        url = server.url("/talk.mp3")
        if is_allowed:
            assert (await net.web.get(WebRequest(url))).body == b"ID3"
            assert (await net.ytdlp.describe(url)).info["ext"] == "mp3"
        else:
            with pytest.raises(PermanentError) as ours:
                await net.web.get(WebRequest(url))
            with pytest.raises(PermanentError) as theirs:
                await net.ytdlp.describe(url)
            codes = {ours.value.failure_code, theirs.value.failure_code}
            assert codes == {"address_refused"}
        assert bool(server.asked) == is_allowed
    await net.close()


async def test_offline_nothing_elsewhere_is_asked_by_anybody(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by us nor by yt-dlp, nor where a page of this machine leads; not even for a name."""
    names: list[object] = []
    real = asyncio.get_running_loop().getaddrinfo

    async def look_up(host: Any, *rest: Any, **named: Any) -> Any:
        names.append(host)
        return await real(host, *rest, **named)

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    settings = Settings(data_dir=tmp_path, allow_private_addresses=True, host_gap_s=0, offline=True)
    net = make_net(settings, database, SystemClock())
    away = Page(status="302 Found", headers=("Location: http://pod.example/feed",))
    async with serving(WebServer({**PAGES, "/away": away})) as server:
        assert (await net.web.get(WebRequest(server.url("/talk.mp3")))).body == b"ID3"
        for address in ("https://pod.example/feed", server.url("/away")):
            with pytest.raises(OfflineError, match=r"pod\.example is not asked"):
                await net.web.get(WebRequest(address))
        with pytest.raises(OfflineError, match=r"pod\.example is not asked"):
            await net.ytdlp.describe("https://pod.example/watch")
        with pytest.raises(FootnotedError):
            await net.ytdlp.describe(server.url("/away"))
    assert "pod.example" not in names
    await net.close()
