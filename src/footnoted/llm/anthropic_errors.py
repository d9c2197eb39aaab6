"""The one table from what the SDK, its transport and a stream raise to what a fault means for us.

Looked up from the class of an error to its bases, so a special class always comes before the one
it derives from. Whether a call may be billed: not when it was never sent, or refused with a 4xx,
a 429, or a 529 before any output; everything else may have been processed before it was lost.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anthropic
import httpx2
import pydantic
from anthropic.types.beta_request_body_timeout_error import BetaRequestBodyTimeoutError
from anthropic.types.shared.cmek_key_disabled_error import CMEKKeyDisabledError
from anthropic.types.shared.cmek_key_network_blocked_error import CMEKKeyNetworkBlockedError
from anthropic.types.shared.contract_spend_limit_reached_error import ContractSpendLimitReachedError
from anthropic.types.shared.enforced_spend_limit_reached_error import EnforcedSpendLimitReachedError
from anthropic.types.shared.organization_on_hold_error import OrganizationOnHoldError
from anthropic.types.shared.ramp_limit_exceeded_error import RampLimitExceededError

from footnoted.ledger.faults import Fault, FaultKind
from footnoted.llm.anthropic_headers import allowances_of, request_id_of, retry_after_s

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_MESSAGE = 300
_STREAM_STATUS = 200


class StreamFailedError(Exception):
    """The stream of an answer carried an error event, of status 200 and a type of its own."""

    def __init__(self, error_type: str, message: str) -> None:
        """Keep the type, which is all there is to tell it by."""
        super().__init__(message)
        self.error_type = error_type


class AnswerUnfinishedError(Exception):
    """The answer ended without saying why it stopped: some of it is missing."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a failure means: see `Fault`."""

    kind: FaultKind
    code: str
    may_be_billed: bool


def _free(kind: FaultKind, code: str) -> Meaning:
    return Meaning(kind, code, may_be_billed=False)


def _perhaps_billed(kind: FaultKind, code: str) -> Meaning:
    return Meaning(kind, code, may_be_billed=True)


_UNREACHABLE = _free(FaultKind.UNAVAILABLE, "unreachable")
_TIMED_OUT = _perhaps_billed(FaultKind.UNAVAILABLE, "timed_out")
_LOST = _perhaps_billed(FaultKind.UNAVAILABLE, "connection_lost")
_CUT = _perhaps_billed(FaultKind.BROKEN, "answer_cut")
_UNREADABLE = _perhaps_billed(FaultKind.BROKEN, "answer_unreadable")
_NO_KEY = _free(FaultKind.STOPPED, "credentials_missing")
_KEY_REFUSED = _free(FaultKind.STOPPED, "key_refused")
_KEY_FORBIDDEN = _free(FaultKind.STOPPED, "key_forbidden")
_NO_CREDIT = _free(FaultKind.STOPPED, "credit_missing")
_SPEND_LIMIT = _free(FaultKind.STOPPED, "spend_limit_reached")
_REJECTED = _free(FaultKind.REJECTED, "request_rejected")
_ENCRYPTION_KEY = _free(FaultKind.STOPPED, "encryption_key_unavailable")

TABLE: Mapping[type[BaseException], Meaning] = {
    # Refused before anything was processed.
    anthropic.BadRequestError: _REJECTED,
    anthropic.AuthenticationError: _KEY_REFUSED,
    anthropic.PaymentRequiredError: _NO_CREDIT,
    anthropic.PermissionDeniedError: _KEY_FORBIDDEN,
    anthropic.NotFoundError: _free(FaultKind.REJECTED, "model_unknown"),
    anthropic.RequestTimeoutError: _free(FaultKind.UNAVAILABLE, "request_timeout"),
    anthropic.ConflictError: _free(FaultKind.UNAVAILABLE, "conflict"),
    anthropic.PreconditionFailedError: _REJECTED,
    anthropic.ContentTooLargeError: _free(FaultKind.TOO_LARGE, "request_too_large"),
    anthropic.UnprocessableEntityError: _REJECTED,
    anthropic.RateLimitError: _free(FaultKind.RATE_LIMITED, "rate_limited"),
    anthropic.RequestHeaderFieldsTooLargeError: _REJECTED,
    OrganizationOnHoldError: _free(FaultKind.STOPPED, "organization_on_hold"),
    CMEKKeyDisabledError: _ENCRYPTION_KEY,
    CMEKKeyNetworkBlockedError: _ENCRYPTION_KEY,
    BetaRequestBodyTimeoutError: _free(FaultKind.UNAVAILABLE, "request_timeout"),
    EnforcedSpendLimitReachedError: _SPEND_LIMIT,
    ContractSpendLimitReachedError: _SPEND_LIMIT,
    RampLimitExceededError: _free(FaultKind.RAMP_LIMITED, "ramp_limited"),
    # The provider is in trouble; all but 501 and 529 may have come after the work was done.
    anthropic.InternalServerError: _perhaps_billed(FaultKind.UNAVAILABLE, "server_error"),
    anthropic.HTTPNotImplementedError: _free(FaultKind.REJECTED, "not_implemented"),
    anthropic.ServiceUnavailableError: _perhaps_billed(FaultKind.UNAVAILABLE, "server_unavailable"),
    anthropic.GatewayTimeoutError: _perhaps_billed(FaultKind.UNAVAILABLE, "gateway_timeout"),
    anthropic.OverloadedError: _free(FaultKind.OVERLOADED, "overloaded"),
    anthropic.ClientClosedRequestError: _LOST,
    # Statuses that no class is for, such as a redirect or another 4xx of a proxy.
    anthropic.APIStatusError: _perhaps_billed(FaultKind.UNAVAILABLE, "unexpected_status"),
    # No answer at all; what caused it decides (see _UNSENT).
    anthropic.APITimeoutError: _TIMED_OUT,
    anthropic.APIConnectionError: _LOST,
    TimeoutError: _TIMED_OUT,
    # An answer began, and broke off or makes no sense. The SDK lets its transport's errors through.
    httpx2.TimeoutException: _TIMED_OUT,
    httpx2.HTTPError: _CUT,
    httpx2.StreamError: _CUT,
    httpx2.DecodingError: _UNREADABLE,
    httpx2.InvalidURL: _free(FaultKind.REJECTED, "address_invalid"),
    AnswerUnfinishedError: _perhaps_billed(FaultKind.BROKEN, "answer_unfinished"),
    anthropic.APIResponseValidationError: _UNREADABLE,
    anthropic.APIWebhookValidationError: _UNREADABLE,
    json.JSONDecodeError: _UNREADABLE,
    UnicodeDecodeError: _UNREADABLE,
    pydantic.ValidationError: _UNREADABLE,
    AssertionError: _UNREADABLE,
    # What the SDK raises by itself.
    anthropic.CredentialsError: _NO_KEY,
    anthropic.IdentityTokenFileError: _NO_KEY,
    anthropic.RetryableError: _LOST,
    anthropic.APIError: _LOST,
    anthropic.AnthropicError: _LOST,
    StreamFailedError: _perhaps_billed(FaultKind.BROKEN, "stream_failed"),
}

STREAM_TABLE: Mapping[str, Meaning] = {
    "overloaded_error": _perhaps_billed(FaultKind.OVERLOADED, "overloaded"),
    "rate_limit_error": _perhaps_billed(FaultKind.RATE_LIMITED, "rate_limited"),
    "api_error": _perhaps_billed(FaultKind.UNAVAILABLE, "server_error"),
    "timeout_error": _perhaps_billed(FaultKind.UNAVAILABLE, "gateway_timeout"),
    "authentication_error": _perhaps_billed(FaultKind.STOPPED, "key_refused"),
    "permission_error": _perhaps_billed(FaultKind.STOPPED, "key_forbidden"),
    "billing_error": _perhaps_billed(FaultKind.STOPPED, "credit_missing"),
    "invalid_request_error": _perhaps_billed(FaultKind.REJECTED, "request_rejected"),
    "not_found_error": _perhaps_billed(FaultKind.REJECTED, "model_unknown"),
    "request_too_large": _perhaps_billed(FaultKind.TOO_LARGE, "request_too_large"),
    "conflict_error": _perhaps_billed(FaultKind.UNAVAILABLE, "conflict"),
    "memory_precondition_failed_error": _perhaps_billed(FaultKind.BROKEN, "stream_failed"),
    "memory_path_conflict_error": _perhaps_billed(FaultKind.BROKEN, "stream_failed"),
}

# A 400 can mean three more things, and only its words tell them apart; local servers have their own
# words for the third.
_BAD_REQUEST_WORDS: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (re.compile(r"reached your specified .*usage limits", re.IGNORECASE), _SPEND_LIMIT),
    (re.compile(r"credit balance is too low", re.IGNORECASE), _NO_CREDIT),
    (
        re.compile(
            r"prompt is too long|(exceeds?|maximum)\b.{0,40}\bcontext (length|size|window)"
            r"|context (length|size|window)\b.{0,40}\bexceeded",
            re.IGNORECASE,
        ),
        _free(FaultKind.TOO_LARGE, "prompt_too_long"),
    ),
)

_UNSENT = (
    *(httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError),
    *(httpx2.UnsupportedProtocol, httpx2.LocalProtocolError),
)
"""What a connection can fail with before the request was sent whole: DNS, TLS, a full pool."""

CAUGHT = tuple(TABLE)
"""Every class that `fault_of` knows; anything else is a mistake of ours and is not caught."""


def fault_of(error: BaseException, headers: Mapping[str, str] | None = None) -> Fault:
    """Return what `error` means; `headers` are the answer's, where one had begun.

    Raises TypeError for an error that is not of `CAUGHT`.
    """
    meaning = _meaning(error)
    if isinstance(error, anthropic.APIStatusError):
        headers = error.response.headers
    headers = headers or {}
    return Fault(
        kind=meaning.kind,
        code=meaning.code,
        message=_sentence(error, meaning),
        may_be_billed=meaning.may_be_billed,
        retry_after_s=retry_after_s(headers),
        allowances=allowances_of(headers),
        provider_request_id=request_id_of(headers),
    )


def fault_of_result(error_type: str, message: str) -> Fault:
    """Return what it means that a call of a batch erred: the types of a stream, and never billed.

    "Batch processing" of the Messages API: errored, canceled and expired requests are free.
    """
    meaning = STREAM_TABLE.get(error_type, TABLE[StreamFailedError])
    words = f"the provider gave this call of a batch back: {error_type}: {message}"
    return Fault(meaning.kind, meaning.code, words[:_LONGEST_MESSAGE], may_be_billed=False)


def _meaning(error: BaseException) -> Meaning:
    general = next((TABLE[base] for base in type(error).__mro__ if base in TABLE), None)
    if general is None:
        message = f"{type(error).__name__} is no failure of a call"
        raise TypeError(message)
    match error:
        case StreamFailedError():
            return STREAM_TABLE.get(error.error_type, general)
        case anthropic.APIStatusError(status_code=status) if status == _STREAM_STATUS:
            return STREAM_TABLE.get(str(error.type), TABLE[StreamFailedError])
        case anthropic.BadRequestError() if type(error) is anthropic.BadRequestError:
            words = _told(error)
            return next((m for pattern, m in _BAD_REQUEST_WORDS if pattern.search(words)), general)
        case anthropic.APIConnectionError() if isinstance(error.__cause__, _UNSENT):
            return _UNREACHABLE
        case anthropic.APIConnectionError() if isinstance(
            error.__cause__, httpx2.RemoteProtocolError
        ):
            return _CUT
        case _:
            return general


def _sentence(error: BaseException, meaning: Meaning) -> str:
    match error:
        case anthropic.APIStatusError(status_code=status) if status != _STREAM_STATUS:
            text = f"the provider answered {status}: {_told(error)}"
        case anthropic.APIStatusError():
            text = f"the provider broke its answer off: {_told(error)}"
        case StreamFailedError():
            text = f"the provider broke its answer off: {error.error_type}: {error}"
        case anthropic.APITimeoutError() | httpx2.TimeoutException() | TimeoutError():
            text = "the provider gave no answer in time"
        case anthropic.APIConnectionError():
            text = f"the connection to the provider failed: {error.__cause__ or error}"
        case AnswerUnfinishedError() | httpx2.HTTPError() | httpx2.StreamError():
            text = f"the provider's answer broke off: {error}"
        case _ if meaning is _UNREADABLE:
            text = f"the provider's answer makes no sense ({type(error).__name__})"
        case _:
            text = f"the call failed: {type(error).__name__}: {error}"
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[: _LONGEST_MESSAGE - 3]}..."


def _told(error: anthropic.APIStatusError) -> str:
    """Return the provider's own words, or the start of a page that a proxy sent instead."""
    if error.api_message:
        return str(error.api_message)
    match error.body:
        case {"message": str(text)} | {"error": str(text)}:
            return text  # servers that keep to another convention
        case _:
            return error.message
