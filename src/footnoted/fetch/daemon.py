"""Asking the running daemon over its unix socket, for what only it may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from footnoted.errors import DependencyDownError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TIMEOUT_S = 30.0
_BAD_REQUEST = 400
_SERVER_ERROR = 500


async def ask_daemon(
    socket_path: Path, path: str, parameters: Mapping[str, str | int] | None = None
) -> dict[str, Any] | None:
    """Return the daemon's answer to GET `path`, or None when no daemon listens there.

    Raises UsageError with the daemon's own sentence for a request it refuses, and
    DependencyDownError when it answers that it cannot serve now.
    """
    transport = httpx.AsyncHTTPTransport(uds=str(socket_path))
    try:
        async with httpx.AsyncClient(transport=transport, timeout=_TIMEOUT_S) as client:
            response = await client.get(f"http://footnoted{path}", params=dict(parameters or {}))
    except httpx.ConnectError:
        return None
    except httpx.HTTPError as error:
        message = f"the daemon at {socket_path} does not answer: {error or type(error).__name__}"
        raise DependencyDownError(message) from error
    answer: dict[str, Any] = response.json()
    if response.status_code >= _SERVER_ERROR:
        raise DependencyDownError(str(answer.get("detail", answer)))
    if response.status_code >= _BAD_REQUEST:
        raise UsageError(str(answer.get("detail", answer)))
    return answer
