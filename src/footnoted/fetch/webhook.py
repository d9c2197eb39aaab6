"""An address that messages are posted to as JSON."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from footnoted.errors import ConfigurationError
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

LIMIT_S = 10.0
_SHORTEST_SECRET = 4
_REFUSED = "is not an http:// or https:// address"


class Webhook:
    """Posts a message, and says in words without the address what became of it."""

    def __init__(self, address: SecretStr, limit_s: float = LIMIT_S) -> None:
        """Post to `address`. Raises ConfigurationError when it is none."""
        self.name = variable("alert_url")
        self._address, self._limit_s = address, limit_s
        _require_address(self.name, address.get_secret_value())

    async def deliver(self, message: Mapping[str, object]) -> str | None:
        """Return None when the receiver answered 2xx, else why not. Redirects are not followed."""
        import httpx  # noqa: PLC0415 - heavy, and most daemons never post anything

        try:
            async with (
                asyncio.timeout(self._limit_s),
                httpx.AsyncClient(timeout=self._limit_s, follow_redirects=False) as client,
                client.stream("POST", self._address.get_secret_value(), json=message) as answer,
            ):
                code, is_taken, is_elsewhere = (
                    answer.status_code,
                    answer.is_success,
                    answer.is_redirect,
                )
        except (TimeoutError, httpx.TimeoutException):
            return f"it did not answer within {self._limit_s:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return f"it cannot be reached: {self._without_address(error)}"
        if is_taken:
            return None
        return f"it answered {code}{', a redirect, which is not followed' if is_elsewhere else ''}"

    def _without_address(self, error: Exception) -> str:
        """Return the words of an error in which no part of the address stands."""
        words = str(error)
        told = words.casefold()
        if any(part.casefold() in told for part in _parts(self._address.get_secret_value())):
            return type(error).__name__
        return words or type(error).__name__


def _parts(address: str) -> list[str]:
    """Return whatever of an address may be secret: all but its scheme."""
    split = urlsplit(address)
    parts = [address, split.netloc, split.path, split.query, split.hostname, split.password]
    named = [part for part in parts if part]
    whole = [*named, *(unquote(part) for part in named), *split.path.split("/")]
    return [part for part in whole if len(part) >= _SHORTEST_SECRET]


def _require_address(name: str, address: str) -> None:
    message = f"{name} {_REFUSED}"
    try:
        split = urlsplit(address)
        is_one = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
    except ValueError:
        raise ConfigurationError(message) from None
    if not is_one or any(char.isspace() for char in address):
        raise ConfigurationError(message)
