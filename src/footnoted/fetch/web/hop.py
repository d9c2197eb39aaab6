"""One request to one host: its headers, and what came of it as a value."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import httpcore
import httpx

from footnoted import __version__
from footnoted.fetch.web.bodies import checked_body
from footnoted.fetch.web.rests import UNREACHABLE
from footnoted.fetch.web.route import is_redirect
from footnoted.fetch.web.verdicts import Fate, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from footnoted.fetch.port import WebRequest
    from footnoted.fetch.web.route import Route

USER_AGENT = f"footnoted/{__version__}"
_CONNECT_S = 10.0
_LONGEST_VALIDATOR = 1024
_KEPT_AT_HOME = frozenset({"authorization", "cookie", "proxy-authorization"})
_OURS = frozenset({"host", "connection", "transfer-encoding", "content-length", "accept-encoding"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Redirect:
    """The answer only says where to ask."""

    status: int
    location: str | None


@dataclass(frozen=True, slots=True)
class Arrival(Generic[T]):
    """The answer is there; `taken` is what was made of its body, None where nothing changed."""

    status: int
    headers: httpx.Headers
    taken: T | None


@dataclass(frozen=True, slots=True)
class Take(Generic[T]):
    """What is asked for: how it may be packed, and what is made of its body."""

    request: WebRequest
    codings: str
    consume: Callable[[AsyncIterator[bytes]], Awaitable[T]]


async def ask(
    transport: httpx.AsyncBaseTransport, route: Route, take: Take[T], left_s: float, now: datetime
) -> Redirect | Arrival[T] | tuple[int | None, Verdict]:
    """Return what came of asking once, in `left_s` at most; a verdict has its status, if any.

    Raises WebRefusedError for an address or a body that is not acceptable, and what `consume`
    raises.
    """
    patience = {"connect": min(left_s, _CONNECT_S), "read": left_s, "write": left_s, "pool": left_s}
    headers = headers_of(take.request, take.codings, is_elsewhere=route.is_elsewhere)
    sent = httpx.Request("GET", route.url, headers=headers, extensions={"timeout": patience})
    try:
        async with asyncio.timeout(left_s), _answer(transport, sent) as response:
            return await _receive(response, route.host, take, now)
    except (TimeoutError, httpcore.TimeoutException):
        limit_s = take.request.limits.timeout_s
        why = f"it did not answer in full within the limit of {limit_s:g} s"
    except (httpcore.NetworkError, httpcore.RemoteProtocolError, ssl.SSLError) as error:
        why = f"it cannot be reached: {str(error) or type(error).__name__}"
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
        return None, Verdict(Fate.REFUSED, f"it cannot be asked like that: {error}")
    return None, Verdict(Fate.LATER, why, UNREACHABLE)


async def _receive(
    response: httpx.Response, host: str, take: Take[T], now: datetime
) -> Redirect | Arrival[T] | tuple[int | None, Verdict]:
    status, headers = response.status_code, response.headers
    if is_redirect(status):
        return Redirect(status, headers.get("location"))
    request = take.request
    is_conditional = request.etag is not None or request.last_modified is not None
    verdict = judge(status, headers, now, is_conditional=is_conditional)
    if verdict.fate is Fate.UNCHANGED:
        return Arrival(status, headers, None)
    if verdict.fate is not Fate.TAKEN:
        return status, verdict
    async with aclosing(checked_body(response, request, host)) as pieces:
        return Arrival(status, headers, await take.consume(pieces))


@asynccontextmanager
async def _answer(
    transport: httpx.AsyncBaseTransport, sent: httpx.Request
) -> AsyncGenerator[httpx.Response]:
    response = await transport.handle_async_request(sent)
    try:
        yield response
    finally:
        await response.aclose()


def headers_of(request: WebRequest, codings: str, *, is_elsewhere: bool) -> dict[str, str]:
    """Return the headers of a request; what proves who asks is for the first origin only."""
    refused = _OURS | _KEPT_AT_HOME if is_elsewhere else _OURS
    given = {name: told for name, told in request.headers.items() if name.lower() not in refused}
    accepts = ", ".join(
        one if one.partition("/")[2] else f"{one.rstrip('/')}/*" for one in request.accepts
    )
    conditions = {
        "If-None-Match": validator(request.etag),
        "If-Modified-Since": validator(request.last_modified),
    }
    return {
        "User-Agent": USER_AGENT,
        "Accept": f"{accepts}, */*;q=0.1" if accepts else "*/*",
        **given,
        **{name: value for name, value in conditions.items() if value is not None},
        "Accept-Encoding": codings,
        "Connection": "close",
    }


def validator(value: str | None) -> str | None:
    """Return a validator of an answer that can be kept and sent back, or None."""
    is_sound = value is not None and value.isascii() and value.isprintable()
    return value if is_sound and value and len(value) <= _LONGEST_VALIDATOR else None
