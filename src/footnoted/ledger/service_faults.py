"""The one table from what a paid service over HTTP answers, or fails to, to what it means for us.

Of speech and of embeddings; language models have the table of their SDK. A refusal (4xx, 429) is
not billed, nor is what was never sent; everything else may have been worked on before it was lost.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, cast

from footnoted.fetch.failures import NoAnswer, no_answer_of
from footnoted.ledger.faults import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_MESSAGE = 300
_LONGEST_WAIT_S = 31_536_000.0
_TOO_MANY = 429
_FIRST_SERVER_ERROR = 500
_FIRST_REFUSAL = 400


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
    503: _Meaning(FaultKind.UNAVAILABLE, "server_unavailable", may_be_billed=True),
    504: _Meaning(FaultKind.UNAVAILABLE, "gateway_timeout", may_be_billed=True),
}
_REFUSED = _Meaning(FaultKind.REJECTED, "request_rejected")
_SERVER_ERROR = _Meaning(FaultKind.UNAVAILABLE, "server_error", may_be_billed=True)
_UNEXPECTED = _Meaning(FaultKind.UNAVAILABLE, "unexpected_status", may_be_billed=True)
_NO_CREDIT = _Meaning(FaultKind.STOPPED, "credit_missing")
_NO_CREDIT_WORDS = ("insufficient_quota", "billing_hard_limit", "insufficient_credits")


class ServiceFaults:
    """The faults of one kind of service, which messages call by its name."""

    def __init__(self, name: str) -> None:
        """Name the service as a sentence does, such as `the speech service`."""
        self._name = name

    def of_status(self, status: int, headers: Mapping[str, str], body: str) -> Fault:
        """Return what an answer that is no success means."""
        meaning = _of_status(status, body)
        return Fault(
            kind=meaning.kind,
            code=meaning.code,
            message=_short(f"{self._name} answered {status}: {_told(body)}"),
            may_be_billed=meaning.may_be_billed,
            retry_after_s=retry_after_s(headers),
            provider_request_id=request_id_of(headers),
        )

    def of_transport(self, error: Exception) -> Fault:
        """Return what a failed connection means."""
        told = str(error) or type(error).__name__
        match no_answer_of(error):
            case NoAnswer.WRONG_ADDRESS:
                text = f"the address is wrong: {told}"
                return _fault(FaultKind.REJECTED, "address_invalid", text)
            case NoAnswer.UNSENT:
                text = f"{self._name} cannot be reached: {told}"
                return _fault(FaultKind.UNAVAILABLE, "unreachable", text)
            case NoAnswer.TOO_LATE:
                text = f"{self._name} gave no answer in time"
                return _fault(FaultKind.UNAVAILABLE, "timed_out", text, may_be_billed=True)
            case NoAnswer.CUT:
                text = f"the connection to {self._name} broke: {told}"
                return _fault(FaultKind.BROKEN, "answer_cut", text, may_be_billed=True)

    def unreadable(self, why: str, headers: Mapping[str, str]) -> Fault:
        """Return that an answer came that makes no sense; the work behind it may be billed."""
        text = f"the answer of {self._name} makes no sense: {why}"
        fault = _fault(FaultKind.BROKEN, "answer_unreadable", text, may_be_billed=True)
        return replace(fault, provider_request_id=request_id_of(headers))


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """Return the provider's id of the request: OpenAI's header, or Deepgram's."""
    return headers.get("x-request-id") or headers.get("dg-request-id")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the service wants us to stay away (RFC 9110); None when it doesn't say.

    A date counts from the answer's own `date`, so that our clock doesn't matter.
    """
    text = headers.get("retry-after", "")
    try:
        wait_s = float(text)
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
            wait_s = (until - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
        except (ValueError, TypeError, OverflowError):
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


def _told(body: str) -> str:
    """Return the service's own words, or the start of a page that a proxy sent instead."""
    try:
        document = cast("object", json.loads(body))
    except (ValueError, RecursionError):
        return " ".join(body.split())
    match document:
        case {"error": {"message": str(text)}}:
            return text
        case {"error": str(text)} | {"message": str(text)} | {"err_msg": str(text)}:
            return text
        case {"detail": str(text)}:
            return text
        case _:
            return " ".join(body.split())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[: _LONGEST_MESSAGE - 3]}..."
