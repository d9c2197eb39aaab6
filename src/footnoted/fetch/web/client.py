"""The port `Web`, for real: one request, hop by hop, each through the gate of its host.

    address -> turn at the host -> connection to a checked address -> head -> redirect? once more
    -> verdict on the status -> body, unpacked, counted, looked at -> memory or file

One time limit holds for all hops and the body together; waiting for turns is not counted in it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from footnoted.fetch.port import (
    Download,
    HostRestsError,
    HostUnreachableError,
    WebAnswer,
    WebRefusedError,
)
from footnoted.fetch.web.hop import Arrival, Redirect, Take, ask, validator
from footnoted.fetch.web.partial import open_partial, put_in_place
from footnoted.fetch.web.rests import UNREACHABLE
from footnoted.fetch.web.route import Route, shown_address
from footnoted.fetch.web.verdicts import Fate, Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from footnoted.clock import Clock
    from footnoted.fetch.port import WebRequest
    from footnoted.fetch.web.gate import HostGate

T = TypeVar("T")


class HttpWeb:
    """Asks the net, politely and within limits."""

    def __init__(self, gate: HostGate, transport: httpx.AsyncBaseTransport, clock: Clock) -> None:
        """Pass `gate` before each hop, and send over `transport`."""
        self._gate, self._transport, self._clock = gate, transport, clock

    async def get(self, request: WebRequest) -> WebAnswer:
        """Return the answer in memory.

        Raises HostRestsError, HostUnreachableError or WebRefusedError.
        """
        route = Route(request.url)
        arrival = await self._fetch(route, Take(request, "gzip, deflate", _gather))
        headers, is_unchanged = arrival.headers, arrival.taken is None
        etag, last_modified = (
            validator(headers.get("etag")),
            validator(headers.get("last-modified")),
        )
        return WebAnswer(
            url=str(route.url),
            status=arrival.status,
            body=arrival.taken or b"",
            content_type=headers.get("content-type"),
            etag=request.etag if is_unchanged and etag is None else etag,
            last_modified=request.last_modified
            if is_unchanged and last_modified is None
            else last_modified,
            moved_to=route.moved_to,
            is_unchanged=is_unchanged,
        )

    async def download(self, request: WebRequest, into: Path) -> Download:
        """Stream the answer to the new file `into`, which is gone again when that fails.

        Raises as `get` does, and OSError when the disk refuses.
        """
        route = Route(request.url)
        async with open_partial(into.parent) as (path, partial):

            async def save(pieces: AsyncIterator[bytes]) -> bool:
                async for piece in pieces:
                    await partial.write(piece)
                return True

            arrival = await self._fetch(route, Take(request, "identity", save))
            if arrival.taken is None:
                message = f"{route.host}: nothing has changed, and the whole was asked for"
                raise WebRefusedError(message, failure_code="web_refused", status=arrival.status)
            await put_in_place(path, partial, into)
            content_type = arrival.headers.get("content-type")
            return Download(str(route.url), into, partial.size_bytes, partial.sha256, content_type)

    async def aclose(self) -> None:
        """Close what is open."""
        await self._transport.aclose()

    async def _fetch(self, route: Route, take: Take[T]) -> Arrival[T]:
        limits = take.request.limits
        left_s = limits.timeout_s
        for _ in range(limits.max_redirects + 1):
            host = route.host
            async with self._gate.turn(host):
                began_s = self._clock.monotonic_s()
                outcome = await ask(self._transport, route, take, left_s, self._clock.now())
                left_s -= self._clock.monotonic_s() - began_s
                if not isinstance(outcome, Redirect | Arrival):
                    raise await self._error_of(route, *outcome)
                await self._gate.went_well(host)
            if isinstance(outcome, Arrival):
                return outcome
            route.follow(outcome.status, outcome.location)
        message = f"{route.host}: there are more than {limits.max_redirects} redirects"
        raise WebRefusedError(message, failure_code="too_many_redirects")

    async def _error_of(
        self, route: Route, status: int | None, verdict: Verdict
    ) -> HostRestsError | HostUnreachableError | WebRefusedError:
        """Hold against the host what is to be held, and return what the caller is told."""
        host, why = route.host, verdict.why
        if verdict.held is None:
            until = None
            if status is not None:
                await self._gate.went_well(host)  # it answered; the address is what is wrong
        else:
            until = await self._gate.refused(host, verdict.held, why, verdict.rest_s)
        if until is not None and verdict.held != UNREACHABLE:
            return HostRestsError(host, until, why)
        if verdict.fate is Fate.GONE:
            message = f"{shown_address(route.url)}: {why}"
            return WebRefusedError(message, failure_code="web_gone", status=status)
        if verdict.fate is Fate.REFUSED:
            return WebRefusedError(f"{host}: {why}", failure_code="web_refused", status=status)
        rest = until - self._clock.now() if until is not None else timedelta()
        rest_s = max(verdict.rest_s or 0.0, rest.total_seconds())
        return HostUnreachableError(host, why, retry_after_s=rest_s or None)


async def _gather(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])
