"""The entrance: who asks, in which version, with how large a body, and is it JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.emulator.errors import Refusal, RefusedError, invalid
from tests.emulator.validation import VERSIONS

if TYPE_CHECKING:
    from starlette.requests import Request

MEBIBYTE = 1024 * 1024
MAX_BODY = 32 * MEBIBYTE
MAX_BATCH_BODY = 256 * MEBIBYTE


def check_key(request: Request, keys: tuple[str, ...] | None) -> None:
    """Let a request with a known key pass. Raises RefusedError (401)."""
    bearer = request.headers.get("authorization", "")
    key = bearer.removeprefix("Bearer ") if bearer.startswith("Bearer ") else ""
    key = key or request.headers.get("x-api-key", "")
    if not key or (keys is not None and key not in keys):
        raise RefusedError(Refusal(401, "invalid x-api-key", should_retry=False))


def version_of(request: Request) -> str:
    """Return the API version asked for. Raises RefusedError (400)."""
    version = request.headers.get("anthropic-version")
    if version is None:
        message = "anthropic-version: header is required"
        raise invalid(message)
    if version not in VERSIONS:
        message = f"anthropic-version: {version!r} is not a valid version"
        raise invalid(message)
    return version


async def json_body(request: Request, limit: int) -> dict[str, Any]:
    """Return the body as an object. Raises RefusedError (400, 413)."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise RefusedError(Refusal(413, "Request exceeds the maximum size"))
    try:
        body = json.loads(bytes(content))
    except ValueError:
        message = "The request body is not valid JSON"
        raise invalid(message) from None
    if not isinstance(body, dict):
        message = "The request body must be an object"
        raise invalid(message)
    return body
