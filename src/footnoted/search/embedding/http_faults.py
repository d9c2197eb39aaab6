"""The one table from what an embedding server answers, or fails to, to what that means for us.

A refusal (4xx) is not billed, nor is what was never sent; everything else may have been worked on
before it was lost.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import httpx

from footnoted.ledger.faults import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_MESSAGE = 300
_LONGEST_WAIT_S = 31_536_000.0
_TOO_MANY = 429
_FIRST_SERVER_ERROR = 500
_FIRST_REFUSAL = 400
_NO_CREDIT_WORDS = ("insufficient_quota", "billing_hard_limit", "insufficient_credits")


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: FaultKind
    code: str
    may_be_billed: bool = False


_BY_STATUS = {
    401: _Meaning(FaultKind.STOPPED, "key_refused"),
    402: _Meaning(FaultKind.STOPPED, "credit_missing"),
    403: _Meaning(FaultKind.STOPPED, "key_forbidden"),
    408: _Meaning(FaultKind.UNAVAILABLE, "request_timeout"),
    409: _Meaning(FaultKind.UNAVAILABLE, "conflict"),
    413: _Meaning(FaultKind.TOO_LARGE, "request_too_large"),
    425: _Meaning(FaultKind.UNAVAILABLE, "too_early"),
    429: _Meaning(FaultKind.RATE_LIMITED, "rate_limited"),
    501: _Meaning(FaultKind.REJECTED, "not_implemented"),
}
_NO_CREDIT = _Meaning(FaultKind.STOPPED, "credit_missing")
_REFUSED = _Meaning(FaultKind.REJECTED, "request_rejected")
_SERVER_ERROR = _Meaning(FaultKind.UNAVAILABLE, "server_error", may_be_billed=True)
_UNEXPECTED = _Meaning(FaultKind.UNAVAILABLE, "unexpected_status", may_be_billed=True)
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def status_fault(status: int, headers: Mapping[str, str], body: str) -> Fault:
    """Return what an answer that is no success means."""
    meaning = _of_status(status, body)
    return Fault(
        kind=meaning.kind,
        code=meaning.code,
        message=_short(f"the embedding server answered {status}: {_told(body)}"),
        may_be_billed=meaning.may_be_billed,
        retry_after_s=_retry_after_s(headers),
        provider_request_id=headers.get("x-request-id"),
    )


def transport_fault(error: Exception) -> Fault:
    """Return what a failed connection means."""
    match error:
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return _fault(FaultKind.REJECTED, "address_invalid", f"the address is wrong: {error}")
        case _ if isinstance(error, _UNSENT):
            text = f"the embedding server cannot be reached: {_named(error)}"
            return _fault(FaultKind.UNAVAILABLE, "unreachable", text)
        case httpx.TimeoutException() | TimeoutError():
            text = "the embedding server gave no answer in time"
            return _fault(FaultKind.UNAVAILABLE, "timed_out", text, may_be_billed=True)
        case _:
            text = f"the connection to the embedding server broke: {_named(error)}"
            return _fault(FaultKind.BROKEN, "answer_cut", text, may_be_billed=True)


def unreadable_fault(why: str) -> Fault:
    """Return that an answer came that makes no sense; the work behind it may be billed."""
    text = f"the answer of the embedding server makes no sense: {why}"
    return _fault(FaultKind.BROKEN, "answer_unreadable", text, may_be_billed=True)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds the server wants us to stay away; None when it doesn't say."""
    try:
        wait_s = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(max(wait_s, 0.0), _LONGEST_WAIT_S) if math.isfinite(wait_s) else None


def _of_status(status: int, body: str) -> _Meaning:
    if status == _TOO_MANY and any(word in body for word in _NO_CREDIT_WORDS):
        return _NO_CREDIT
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= _FIRST_SERVER_ERROR:
        return _SERVER_ERROR
    return _REFUSED if status >= _FIRST_REFUSAL else _UNEXPECTED


def _fault(kind: FaultKind, code: str, text: str, *, may_be_billed: bool = False) -> Fault:
    return Fault(kind, code, _short(text), may_be_billed)


def _named(error: Exception) -> str:
    return str(error) or type(error).__name__


def _told(body: str) -> str:
    """Return the server's own words, or the start of a page that a proxy sent instead."""
    try:
        document = cast("object", json.loads(body))
    except (ValueError, RecursionError):
        return " ".join(body.split())
    match document:
        case {"error": {"message": str(text)}}:
            return text
        case {"error": str(text)} | {"message": str(text)} | {"detail": str(text)}:
            return text
        case _:
            return " ".join(body.split())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[: _LONGEST_MESSAGE - 3]}..."
