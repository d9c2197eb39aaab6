"""One service over HTTP, asked with one key: a connection pool whose answers are bounded."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import httpx

from footnoted.fetch.web.addresses import is_this_machine

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONNECT_TIMEOUT_S = 10.0


class ServiceAnswer(NamedTuple):
    """A whole answer as it came, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: str


class NoAnswerError(Exception):
    """The client has no answer: `cause` is its own failure."""

    def __init__(self, cause: Exception) -> None:
        """Carry the failure."""
        super().__init__(str(cause))
        self.cause = cause


class EndlessAnswerError(Exception):
    """The answer is longer than any answer may be; its headers are known."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Carry the headers."""
        super().__init__("it does not end")
        self.headers = headers


class ServiceClient:
    """Asks one server; what it raises may have the key in it, `hushed` takes that out."""

    def __init__(self, base_url: str, authorization: str | None, *, most_bytes: int) -> None:
        """Connect to nothing yet; `authorization` is the whole header."""
        self.base_url = base_url.rstrip("/")
        self._secret = authorization.partition(" ")[2] if authorization else ""
        self._most_bytes = most_bytes
        is_here = is_this_machine(urlsplit(self.base_url).hostname or "")
        self._client = httpx.AsyncClient(
            headers={"authorization": authorization} if authorization else {},
            follow_redirects=False,
            trust_env=not is_here,  # a proxy is used as by every program, though not to oneself
        )

    @property
    def key_sha256(self) -> str | None:
        """Return the hash of the key."""
        return hashlib.sha256(self._secret.encode()).hexdigest() if self._secret else None

    def request(self, method: str, path: str, **content: Any) -> httpx.Request:  # noqa: ANN401 - httpx's own
        """Return a request for what stands below the server's address."""
        return self._client.build_request(method, f"{self.base_url}/{path}", **content)

    async def send(self, request: httpx.Request, timeout_s: float) -> ServiceAnswer:
        """Return the answer to a request. Raises NoAnswerError and EndlessAnswerError."""
        connect_s = min(_CONNECT_TIMEOUT_S, timeout_s)
        request.extensions["timeout"] = httpx.Timeout(timeout_s, connect=connect_s).as_dict()
        try:
            response = await self._client.send(request, stream=True)
            try:
                body = await self._bounded_body(response)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            raise NoAnswerError(error) from None
        return ServiceAnswer(response.status_code, response.headers, body)

    async def _bounded_body(self, response: httpx.Response) -> str:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._most_bytes:
                raise EndlessAnswerError(response.headers)
            parts.append(part)
        return b"".join(parts).decode("utf-8", errors="replace")

    def hushed(self, message: str) -> str:
        """Return a message without the key."""
        return message.replace(self._secret, "[key]") if self._secret else message

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()
