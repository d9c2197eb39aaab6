"""The body of an answer: unpacked, counted and looked at before anything of it is passed on."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import aclosing
from typing import TYPE_CHECKING

import httpcore

from footnoted.fetch.port import WebRefusedError
from footnoted.fetch.web.answers import ANSWER_WRONG_TYPE, require_kind, require_length, too_large
from footnoted.fetch.web.inflation import Inflater
from footnoted.fetch.web.kinds import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx

    from footnoted.fetch.port import WebRequest

_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


async def checked_body(
    response: httpx.Response, request: WebRequest, host: str
) -> AsyncGenerator[bytes]:
    """Yield the body in pieces, all of it within the limit and of an accepted kind.

    Raises WebRefusedError as soon as one of them is not so, httpcore's errors when it breaks off.
    """
    max_bytes = request.limits.max_bytes
    declared = response.headers.get("content-type")
    require_length(host, response.headers.get("content-length"), max_bytes)
    head, is_known, taken = bytearray(), False, 0
    async with aclosing(_unpacked(response, host, max_bytes)) as pieces:
        async for piece in pieces:
            taken += len(piece)
            if taken > max_bytes:
                raise too_large(host, max_bytes)
            if is_known:
                yield piece
                continue
            head += piece
            if len(head) >= HEAD_BYTES:
                require_kind(host, request.accepts, declared, bytes(head[:HEAD_BYTES]))
                is_known = True
                yield bytes(head)
    if not is_known:
        require_kind(host, request.accepts, declared, bytes(head))
        yield bytes(head)


async def _unpacked(response: httpx.Response, host: str, max_bytes: int) -> AsyncGenerator[bytes]:
    """Yield the body without its coding; a packed one has the same limit as an unpacked one."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        async for part in response.aiter_raw():
            yield part
        return
    if coding not in _CODINGS:
        message = f"{host}: the answer is packed as {coding[:40]!r}, which was not asked for"
        raise WebRefusedError(message, failure_code=ANSWER_WRONG_TYPE)
    inflater, packed = Inflater(coding), 0
    try:
        async for part in response.aiter_raw():
            packed += len(part)
            if packed > max_bytes:
                raise too_large(host, max_bytes)
            for piece in inflater.feed(part):
                yield piece
                await asyncio.sleep(0)  # a small part may unpack to thousands of pieces
    except zlib.error as error:
        message = f"{host}: the answer is not packed as it says ({coding}): {error}"
        raise WebRefusedError(message, failure_code=ANSWER_WRONG_TYPE) from error
    if not inflater.is_complete:
        message = "the answer broke off"
        raise httpcore.RemoteProtocolError(message)
