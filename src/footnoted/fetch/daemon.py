"""Asking the running daemon over its unix socket, for what only it may touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from footnoted.errors import DependencyDownError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TIMEOUT_S = 30.0
_PATIENCE_S = 3.0
_BAD_REQUEST = 400
_SERVER_ERROR = 500


async def is_daemon_running(socket_path: Path) -> bool:
    """Return whether a daemon listens there, though it may be too busy to answer."""
    try:
        answer = await ask_daemon(socket_path, "/healthz", timeout_s=_PATIENCE_S)
    except DependencyDownError:
        return True
    return answer is not None


async def ask_daemon(
    socket_path: Path,
    path: str,
    parameters: Mapping[str, str | int] | None = None,
    *,
    method: str = "GET",
    timeout_s: float = _TIMEOUT_S,
) -> dict[str, Any] | None:
    """Return the daemon's answer to a request for `path`, or None when no daemon listens there.

    Raises UsageError with the daemon's own sentence for a request it refuses, and
    DependencyDownError when it answers that it cannot serve now.
    """
    import httpx  # noqa: PLC0415 - heavy, and the daemon itself never asks

    transport = httpx.AsyncHTTPTransport(uds=str(socket_path))
    try:
        async with httpx.AsyncClient(transport=transport, timeout=timeout_s) as client:
            url = f"http://footnoted{path}"
            response = await client.request(method, url, params=dict(parameters or {}))
    except httpx.ConnectError:
        return None
    except httpx.HTTPError as error:
        why = f"within {timeout_s:g} s" if isinstance(error, httpx.TimeoutException) else str(error)
        message = f"the daemon at {socket_path} does not answer {why or type(error).__name__}"
        raise DependencyDownError(message) from error
    answer: dict[str, Any] = response.json()
    if response.status_code >= _SERVER_ERROR:
        raise DependencyDownError(_sentence(answer))
    if response.status_code >= _BAD_REQUEST:
        raise UsageError(_sentence(answer))
    return answer


def _sentence(answer: Mapping[str, Any]) -> str:
    """Return why the daemon refused: its detail, else what its parts say that are not well."""
    if "detail" in answer:
        return str(answer["detail"])
    parts = [f"{part} {why}" for part, why in answer.items() if part != "ready" and why != "ok"]
    return f"the daemon is not ready: {'; '.join(parts)}"
