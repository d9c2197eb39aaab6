"""One speech service over HTTP: a connection pool, a key, and its failures as faults."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import httpx

from footnoted.fetch.web.addresses import is_this_machine
from footnoted.ledger.faults import CallFailedError, FaultKind
from footnoted.ledger.service_faults import ServiceFaults

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from footnoted.ledger.faults import Fault

_CONNECT_TIMEOUT_S = 10.0
_PROBE_TIMEOUT_S = 10.0
_MOST_BYTES = 64 * 2**20

FAULTS = ServiceFaults("the speech service")


class ServiceAnswer(NamedTuple):
    """A body as it came with status 200, and its headers."""

    body: str
    headers: Mapping[str, str]


class SpeechService:
    """Posts to one server with one key, which is in no message."""

    def __init__(self, base_url: str, authorization: str | None) -> None:
        """Connect to nothing yet; `authorization` is the whole header."""
        self.base_url = base_url.rstrip("/")
        self._secret = authorization.partition(" ")[2] if authorization else ""
        headers = {"authorization": authorization} if authorization else {}
        is_here = is_this_machine(urlsplit(self.base_url).hostname or "")
        self._client = httpx.AsyncClient(
            headers=headers,
            follow_redirects=False,
            trust_env=not is_here,  # a proxy is used as by every program, though not to oneself
        )

    async def send(self, request: httpx.Request, timeout_s: float) -> ServiceAnswer:
        """Return the answer to a request made by `build`. Raises CallFailedError."""
        connect_s = min(_CONNECT_TIMEOUT_S, timeout_s)
        timeout = httpx.Timeout(timeout_s, connect=connect_s)
        request.extensions["timeout"] = timeout.as_dict()
        with self._translated():
            response = await self._client.send(request, stream=True)
            try:
                body = await _bounded_body(response)
            finally:
                await response.aclose()
        if not response.is_success:
            fault = FAULTS.of_status(response.status_code, response.headers, body)
            raise CallFailedError(replace(fault, message=self._hushed(fault.message)))
        return ServiceAnswer(body, response.headers)

    async def probe(self, url: str) -> Fault | None:
        """Return what a GET that bills nothing says of the server and the key; None: nothing bad.

        A server at home may not know the address: then it is there, and that is all it can tell.
        """
        try:
            await self.send(self._client.build_request("GET", url), _PROBE_TIMEOUT_S)
        except CallFailedError as error:
            is_unknown = error.fault.kind is FaultKind.REJECTED
            return None if is_unknown else error.fault
        return None

    @property
    def key_sha256(self) -> str | None:
        """Return the hash of the key."""
        return hashlib.sha256(self._secret.encode()).hexdigest() if self._secret else None

    @property
    def client(self) -> httpx.AsyncClient:
        """Return the client that requests are built with."""
        return self._client

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            fault = FAULTS.of_transport(error)
            raise CallFailedError(replace(fault, message=self._hushed(fault.message))) from None

    def _hushed(self, message: str) -> str:
        return message.replace(self._secret, "[key]") if self._secret else message


async def _bounded_body(response: httpx.Response) -> str:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > _MOST_BYTES:
            raise CallFailedError(FAULTS.unreadable("it does not end", response.headers))
        parts.append(part)
    return b"".join(parts).decode("utf-8", errors="replace")
