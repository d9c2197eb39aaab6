"""Who may ask over TCP: whoever shows the token; without one, programs of this machine.

A page in a browser of this machine is no such program: it is told by its `Origin`, and a name that
was made to lead here by its `Host` (DNS rebinding). The unix socket needs none of this: its file is
its owner's.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from footnoted.api.refusals import FORBIDDEN, UNAUTHORIZED, refusal
from footnoted.errors import ConfigurationError
from footnoted.fetch.web.addresses import is_this_machine
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from fastapi.responses import JSONResponse
    from pydantic import SecretStr

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Message, Receive, Send], Awaitable[None]]
    """What a server calls for each request (ASGI 3)."""

_OPEN = frozenset({"/healthz"})
_SHORTEST_TOKEN = 16


class Access:
    """Lets requests through to an application, or answers why not."""

    def __init__(self, application: Application, token: SecretStr | None) -> None:
        """Ask for `token`; without one, only what comes from this machine passes."""
        self._application, self._token = application, token

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answer = None if scope["type"] != "http" else self._refusal(scope)
        await (answer or self._application)(scope, receive, send)

    def _refusal(self, scope: Message) -> JSONResponse | None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        if scope["path"] in _OPEN:
            return None
        if self._token is not None:
            shown = headers.get(b"authorization", b"")
            expected = b"Bearer " + self._token.get_secret_value().encode()
            if hmac.compare_digest(shown, expected):
                return None
            return refusal(UNAUTHORIZED, "token_wrong", "the token is missing or another one")
        host, origin = (headers.get(name, b"").decode("latin-1") for name in (b"host", b"origin"))
        if not is_this_machine(_host_of(f"//{host}")):
            return refusal(FORBIDDEN, "host_refused", "this API is for programs of this machine")
        if origin and origin.partition("://")[2] != host:
            return refusal(FORBIDDEN, "origin_refused", "pages of other origins may not ask")
        return None


def require_token(host: str, token: SecretStr | None) -> None:
    """Raise ConfigurationError for a place that others reach without a token worth the name."""
    if token is not None and len(token.get_secret_value()) < _SHORTEST_TOKEN:
        message = f"{variable('api_token')} has {_SHORTEST_TOKEN} characters at least"
        raise ConfigurationError(message)
    if token is None and not is_this_machine(host):
        message = (
            f"{variable('api_listen')} is reached from other machines, so {variable('api_token')}"
            " must be set"
        )
        raise ConfigurationError(message)


def _host_of(netloc: str) -> str:
    try:
        return urlsplit(netloc).hostname or ""
    except ValueError:
        return ""
