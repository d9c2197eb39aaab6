"""A web that is a table of pages: the port `Web` without a network, for whoever reads from it."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.fetch.port import Download, WebAnswer, WebRefusedError
from footnoted.fetch.web.answers import require_kind, too_large
from footnoted.fetch.web.route import Route, shown_address

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.fetch.port import WebRequest


@dataclass(frozen=True, slots=True)
class FakePage:
    """What is at an address; `moved_to` makes it a move for good, `fault` is raised instead."""

    body: bytes = b""
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    fault: Exception | None = None


@dataclass
class FakeWeb:
    """Answers from `pages` by address; remembers what it was asked."""

    pages: dict[str, FakePage] = field(default_factory=dict[str, FakePage])
    asked: list[WebRequest] = field(default_factory=list["WebRequest"])

    async def get(self, request: WebRequest) -> WebAnswer:
        """Return a page. Raises what it says, or WebRefusedError as the real one does."""
        route, page = self._find(request)
        known = (request.etag, page.etag), (request.last_modified, page.last_modified)
        is_unchanged = any(ours is not None and ours == theirs for ours, theirs in known)
        return WebAnswer(
            url=str(route.url),
            status=304 if is_unchanged else 200,
            body=b"" if is_unchanged else _body(route, page, request),
            content_type=page.content_type,
            etag=page.etag,
            last_modified=page.last_modified,
            moved_to=route.moved_to,
            is_unchanged=is_unchanged,
        )

    async def download(self, request: WebRequest, into: Path) -> Download:
        """Write a page to `into`. Raises as `get` does."""
        route, page = self._find(request)
        body = _body(route, page, request)
        await asyncio.to_thread(into.write_bytes, body)
        sha256 = hashlib.sha256(body).hexdigest()
        return Download(str(route.url), into, len(body), sha256, page.content_type)

    def _find(self, request: WebRequest) -> tuple[Route, FakePage]:
        self.asked.append(request)
        route = Route(request.url)
        for _ in range(request.limits.max_redirects + 1):
            page = self.pages.get(str(route.url))
            if page is None:
                message = f"{shown_address(route.url)}: nothing is there (404)"
                raise WebRefusedError(message, failure_code="web_gone", status=404)
            if page.fault is not None:
                raise page.fault
            if page.moved_to is None:
                return route, page
            route.follow(301, page.moved_to)
        message = f"{route.host}: there are more than {request.limits.max_redirects} redirects"
        raise WebRefusedError(message, failure_code="too_many_redirects")


def _body(route: Route, page: FakePage, request: WebRequest) -> bytes:
    if len(page.body) > request.limits.max_bytes:
        raise too_large(route.host, request.limits.max_bytes)
    require_kind(route.host, request.accepts, page.content_type, page.body)
    return page.body
