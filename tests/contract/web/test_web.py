"""What both the real web and the fake one do: an answer, an unchanged one, a move, a refusal."""

from __future__ import annotations

import hashlib
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from footnoted.clock import SystemClock
from footnoted.fetch.port import WebLimits, WebRefusedError, WebRequest
from footnoted.fetch.web.client import HttpWeb
from footnoted.fetch.web.connections import GuardedBackend, SystemResolver
from footnoted.fetch.web.gate import HostGate
from footnoted.fetch.web.hosts import HostPace, HostPaces
from footnoted.fetch.web.transport import GuardedTransport
from tests.fakes.hosts import FakeHostBook
from tests.fakes.web import FakePage, FakeWeb
from tests.fakes.web_server import Page, WebServer, serving

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping
    from pathlib import Path

    from footnoted.fetch.port import Web

FEED = b"<?xml version='1.0'?><rss version='2.0'></rss>"
PAGES = {
    "/feed": FakePage(FEED, "application/rss+xml", etag='"v1"', last_modified="yesterday"),
    "/page": FakePage(b"<!doctype html><p>Sorry", "application/rss+xml"),
    "/old": FakePage(moved_to="/newer"),
    "/newer": FakePage(moved_to="/feed"),
    "/loop": FakePage(moved_to="/loop"),
    "/out": FakePage(moved_to="file:///etc/passwd"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A web, and where its pages are."""

    web: Web
    root: str


@asynccontextmanager
async def fake(pages: Mapping[str, FakePage]) -> AsyncGenerator[Place]:
    """Give the fake one."""
    root = "http://127.0.0.1:9"
    yield Place(FakeWeb({root + path: page for path, page in pages.items()}), root)


@asynccontextmanager
async def real(pages: Mapping[str, FakePage]) -> AsyncGenerator[Place]:
    """Give the real one, and a server of the pages."""
    server = ConditionalServer({path: _served(page) for path, page in pages.items()})
    backend = GuardedBackend(SystemResolver(), allow_private=True)
    transport = GuardedTransport(backend, ssl.create_default_context())
    clock = SystemClock()
    gate = HostGate(FakeHostBook(), clock, paces=HostPaces(HostPace(0)))
    async with serving(server):
        yield Place(HttpWeb(gate, transport, clock), server.url(""))
    await transport.aclose()


class ConditionalServer(WebServer):
    """Answers 304 to who knows the validator of a page."""

    def page_for(self, path: str, headers: Mapping[str, str]) -> Page | None:
        """Return the page, or that it is unchanged."""
        page = self.pages.get(path)
        given = headers.get("if-none-match"), headers.get("if-modified-since")
        has = page is not None and any(
            one and f": {one}" in " ".join(page.headers) for one in given
        )
        return Page(status="304 Not Modified") if has else page


def _served(page: FakePage) -> Page:
    if page.moved_to is not None:
        return Page(status="301 Moved Permanently", headers=(f"Location: {page.moved_to}",))
    named = {
        "Content-Type": page.content_type,
        "ETag": page.etag,
        "Last-Modified": page.last_modified,
    }
    return Page(page.body, headers=tuple(f"{k}: {v}" for k, v in named.items() if v is not None))


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return [path.name for path in folder.iterdir()]


@pytest.fixture(params=[fake, real], ids=["fake", "real"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """Return each web in turn."""
    async with request.param(PAGES) as opened:
        yield opened


async def test_an_answer_has_its_body_and_what_to_ask_with_again(place: Place) -> None:
    """Where it came from, its type and its validators."""
    answer = await place.web.get(WebRequest(place.root + "/feed", accepts=("application/rss+xml",)))
    assert (answer.status, answer.body, answer.url) == (200, FEED, place.root + "/feed")
    assert (answer.content_type, answer.etag) == ("application/rss+xml", '"v1"')
    assert (answer.last_modified, answer.moved_to) == ("yesterday", None)
    assert answer.is_unchanged is False


@pytest.mark.parametrize("known", [{"etag": '"v1"'}, {"last_modified": "yesterday"}])
async def test_an_unchanged_answer_is_empty_and_keeps_its_validators(
    place: Place, known: dict[str, str]
) -> None:
    """By either of them."""
    answer = await place.web.get(WebRequest(place.root + "/feed", **known))  # type: ignore[arg-type] - passed through
    assert (answer.is_unchanged, answer.body, answer.status) == (True, b"", 304)
    assert known.items() <= {"etag": answer.etag, "last_modified": answer.last_modified}.items()


async def test_a_move_for_good_is_told(place: Place) -> None:
    """Through all its steps."""
    answer = await place.web.get(WebRequest(place.root + "/old"))
    assert (answer.url, answer.moved_to) == (place.root + "/feed", place.root + "/feed")


@pytest.mark.parametrize(
    ("path", "limits", "accepts", "code"),
    [
        ("/nowhere", WebLimits(), (), "web_gone"),
        ("/loop", WebLimits(max_redirects=3), (), "too_many_redirects"),
        ("/old", WebLimits(max_redirects=1), (), "too_many_redirects"),
        ("/out", WebLimits(), (), "address_malformed"),
        ("/feed", WebLimits(max_bytes=10), (), "answer_too_large"),
        ("/page", WebLimits(), ("application/rss+xml",), "answer_wrong_type"),
    ],
)
async def test_what_is_not_acceptable_is_refused_by_name(
    place: Place, tmp_path: Path, path: str, limits: WebLimits, accepts: tuple[str, ...], code: str
) -> None:
    """In memory and on disk, where nothing is left behind."""
    request = WebRequest(place.root + path, accepts=accepts, limits=limits)
    with pytest.raises(WebRefusedError) as caught:
        await place.web.get(request)
    with pytest.raises(WebRefusedError) as again:
        await place.web.download(request, tmp_path / "file")
    assert (caught.value.failure_code, again.value.failure_code) == (code, code)
    if code == "web_gone":
        shown = f"{place.root.partition('://')[2]}/nowhere"
        assert caught.value.message == f"{shown}: nothing is there (404)"
    assert names(tmp_path) == []


async def test_a_download_is_a_file_with_its_hash(place: Place, tmp_path: Path) -> None:
    """And nothing beside it."""
    into = tmp_path / "feed.xml"
    found = await place.web.download(WebRequest(place.root + "/old"), into)
    assert into.read_bytes() == FEED
    assert (found.path, found.size_bytes, found.url) == (into, len(FEED), place.root + "/feed")
    assert found.sha256 == hashlib.sha256(FEED).hexdigest()
    assert found.content_type == "application/rss+xml"
    assert names(tmp_path) == ["feed.xml"]
