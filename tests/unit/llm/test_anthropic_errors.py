"""One table for everything that the SDK, its transport and a stream can raise."""

from __future__ import annotations

import functools
import importlib
import json
import typing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic.types.shared.error_type import ErrorType

from footnoted.ledger.faults import FaultKind
from footnoted.llm.anthropic_errors import (
    CAUGHT,
    STREAM_TABLE,
    TABLE,
    AnswerUnfinishedError,
    StreamFailedError,
    fault_of,
)

REQUEST = httpx2.Request("POST", "https://models.example/v1/messages")

AS_THEIR_STATUS = {
    "already_member",
    "available_tools_limit_exceeded",
    "bundle_attachment_not_supported",
    "bundle_on_call",
    "cannot_invite_emails_with_unverified_domains",
    "cannot_remove_last_member",
    "cannot_sign_out_primary_owner",
    "cannot_sign_out_self",
    "claude_code_key_creator_not_member",
    "claude_code_version_too_old",
    "cmek_feature_unsupported",
    "compaction_block_ambiguous",
    "compaction_block_misplaced",
    "compaction_content_mismatch",
    "compaction_incomplete_turn",
    "compaction_nothing_to_summarize",
    "compaction_signature_invalid",
    "compaction_too_many_tool_references",
    "compaction_tool_changes_mismatch",
    "email_domain_not_allowed",
    "environment_archived",
    "external_key_in_workspace_policy",
    "external_key_validation_failed",
    "external_key_validation_timed_out",
    "file_not_downloadable",
    "image_dimensions_too_large",
    "invalid_config_type_change",
    "invalid_metadata",
    "invite_already_exists",
    "key_profile_mismatch",
    "org_api_key_limit_exceeded",
    "org_member_limit_exceeded",
    "organization_not_enrolled_in_beta",
    "organization_type_not_supported",
    "parent_organization_required",
    "rbac_group_grants_owner_access",
    "rbac_group_order_limit_exceeded",
    "rbac_group_owner_access_unconfirmed",
    "request_body_encoding_invalid",
    "request_body_encoding_unsupported",
    "scan_failed",
    "settings_document_limit_exceeded",
    "settings_history_limit_exceeded",
    "slack_channel_set_up_settings_refused",
    "storage_quota_exceeded",
    "thread_already_continued",
    "thread_continue_in_flight",
    "thread_fingerprint_mismatch",
    "thread_unsupported_request",
    "tool_name_conflict",
    "tool_reference_unresolved",
    "unsupported_charset",
    "user_profile_not_found",
    "user_profile_required",
    "workspace_api_key_limit_exceeded",
    "workspace_member_limit_exceeded",
    "workspace_policy_violation",
    "linked_organization_billing_unavailable",
    "linked_organization_spend_limit_reached",
    "api_key_scope_missing",
    "cannot_sign_out_managed_member",
    "cannot_sign_out_membership_admin",
    "cannot_sign_out_owner",
    "cannot_sign_out_privileged_member",
    "claude_tag_writes_not_enabled",
    "compliance_configuration_restricted",
    "environment_create_disabled",
    "environment_update_disabled",
    "organization_level_scoped_api_key_required",
    "sandbox_egress_restricted",
    "spend_limits_admin_api_writes_not_enabled",
    "user_profile_billing_not_authorized",
    "user_profile_not_billable",
    "environment_not_found",
    "file_expired",
    "rbac_group_managed_settings_not_found",
    "rbac_group_not_found",
    "rbac_role_not_found",
    "slack_channel_set_up_environment_not_found",
    "thread_not_found",
    "concurrent_membership_change",
    "external_key_changed",
    "plugin_name_taken",
    "scan_pending",
    "skill_name_taken",
    "skill_read_blocked_undecryptable",
    "slack_channel_set_up_settings_conflict",
    "heartbeat_precondition_failed",
    "request_body_too_large_after_decoding",
    "cmek_context_unavailable",
    "cmek_key_unreachable",
    "registration_pending",
    "compaction_unavailable",
}
"""Error codes that were looked at: what they say of a call of ours is what their status says."""

OF_UNUSED_PARTS = {
    *("StreamAlreadyConsumed", "WorkloadIdentityError", "MutuallyExclusiveAuthError"),
    *("MissingDependencyError", "ToolsetUsageError", "ToolsetConfigError", "ToolsetContractError"),
    *("ToolsetClosedError", "ToolsetsFixedError"),
}
"""Raised by parts of the SDK that no call of ours uses; were one raised, its base would tell."""


@functools.cache
def sdk() -> anthropic.AsyncAnthropic:
    """Return the SDK's client, which takes a moment to make and asks nobody here."""
    return anthropic.AsyncAnthropic(api_key="none", base_url="https://models.example")


def status_error(status: int, body: Any = None, **headers: str) -> anthropic.APIStatusError:
    """Return the error that the SDK makes of a response."""
    text = body if isinstance(body, str) else json.dumps(body or {})
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx2.Response(status, headers=names, text=text, request=REQUEST)
    return sdk()._make_status_error_from_response(response)


def told(message: str, kind: str = "invalid_request_error", **details: str) -> dict[str, Any]:
    """Return an error's body."""
    error = {"type": kind, "message": message} | ({"details": details} if details else {})
    return {"type": "error", "error": error}


def connection_error(cause: Exception) -> anthropic.APIConnectionError:
    """Return a failed connection with what it failed by."""
    is_timeout = isinstance(cause, httpx2.TimeoutException)
    kind: Any = anthropic.APITimeoutError if is_timeout else anthropic.APIConnectionError
    error: anthropic.APIConnectionError = kind(request=REQUEST)
    error.__cause__ = cause
    return error


def sdk_errors() -> list[type[BaseException]]:
    """Return every exception class that the SDK's own modules define."""
    for name in ("_error_classes", "lib.credentials"):  # which import all there is
        importlib.import_module(f"anthropic.{name}")
    classes: list[type[BaseException]] = [anthropic.AnthropicError]
    for one in classes:
        classes += [sub for sub in one.__subclasses__() if sub not in classes]
    return [one for one in classes if one.__module__.startswith("anthropic")]


def test_every_error_of_the_sdk_is_in_the_table() -> None:
    """By its class, or as a code that was judged; a new class fails here until somebody does."""
    missing = []
    for one in sdk_errors():
        codes = typing.get_args(vars(one).get("__annotations__", {}).get("error_code"))
        is_judged = any(code in AS_THEIR_STATUS for code in codes)
        if one not in TABLE and not is_judged and one.__name__ not in OF_UNUSED_PARTS:
            missing.append(one.__name__)
    assert missing == []
    assert len(sdk_errors()) > 100


def test_every_type_of_a_streamed_error_is_in_its_table() -> None:
    """Those that the SDK knows, and the one that only the API does."""
    assert set(typing.get_args(ErrorType)) | {"request_too_large"} == set(STREAM_TABLE)


def test_every_error_of_the_transport_is_caught() -> None:
    """The SDK lets them through once headers are in."""
    names = [getattr(httpx2, name) for name in httpx2.__all__]
    errors = [one for one in names if isinstance(one, type) and issubclass(one, Exception)]
    apart = {"CookieConflict", "HTTPXDeprecationWarning", "WebSocketException"}
    missed = [
        one.__name__
        for one in errors
        if not issubclass(one, (*CAUGHT, Warning))
        and one.__name__ not in apart
        and "WebSocket" not in one.__name__
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("message", "kind", "code"),
    [
        ("temperature: not supported", FaultKind.REJECTED, "request_rejected"),
        (
            "You have reached your specified API usage limits. You will regain access on X.",
            FaultKind.STOPPED,
            "spend_limit_reached",
        ),
        (
            "You have reached your specified workspace API usage limits.",
            FaultKind.STOPPED,
            "spend_limit_reached",
        ),
        ("Your credit balance is too low", FaultKind.STOPPED, "credit_missing"),
        ("prompt is too long: 9 tokens > 8 maximum", FaultKind.TOO_LARGE, "prompt_too_long"),
        ("This model's maximum context length is 8", FaultKind.TOO_LARGE, "prompt_too_long"),
        (
            "the request exceeds the available context size, try increasing it",
            FaultKind.TOO_LARGE,
            "prompt_too_long",
        ),
    ],
)
def test_the_words_of_a_400_decide(message: str, kind: FaultKind, code: str) -> None:
    """The same class and the same type stand for four things; none was billed."""
    for body in (told(message), {"error": message}, {"message": message}):
        fault = fault_of(status_error(400, body))
        assert (fault.kind, fault.code, fault.may_be_billed) == (kind, code, False)


@pytest.mark.parametrize(
    ("status", "error_code", "kind"),
    [
        (400, "organization_on_hold", FaultKind.STOPPED),
        (400, "cmek_key_disabled", FaultKind.STOPPED),
        (400, "request_body_timeout", FaultKind.UNAVAILABLE),
        (402, "linked_organization_spend_limit_reached", FaultKind.STOPPED),
        (429, "enforced_spend_limit_reached", FaultKind.STOPPED),
        (429, "contract_spend_limit_reached", FaultKind.STOPPED),
        (429, "ramp_limit_exceeded", FaultKind.RAMP_LIMITED),
        (429, "not_known_yet", FaultKind.RATE_LIMITED),
    ],
)
def test_a_code_says_more_than_its_status(status: int, error_code: str, kind: FaultKind) -> None:
    """What derives from a rate limit is not one."""
    error = status_error(status, told("no", error_code=error_code))
    assert fault_of(error).kind == kind


@pytest.mark.parametrize("status", [302, 418])
def test_a_status_that_nobody_expects_may_have_cost_something(status: int) -> None:
    """A proxy can answer anything."""
    fault = fault_of(status_error(status, "<html>teapot</html>"))
    assert (fault.kind, fault.code, fault.may_be_billed) == (
        FaultKind.UNAVAILABLE,
        "unexpected_status",
        True,
    )
    assert "teapot" in fault.message


@pytest.mark.parametrize(
    ("cause", "code", "billed"),
    [
        (httpx2.ConnectError("no such name"), "unreachable", False),
        (httpx2.ConnectTimeout("slow"), "unreachable", False),
        (httpx2.PoolTimeout("full"), "unreachable", False),
        (httpx2.ProxyError("refused"), "unreachable", False),
        (httpx2.ReadTimeout("slow"), "timed_out", True),
        (httpx2.WriteTimeout("slow"), "timed_out", True),
        (httpx2.ReadError("reset"), "connection_lost", True),
        (httpx2.WriteError("reset"), "connection_lost", True),
        (httpx2.RemoteProtocolError("cut"), "answer_cut", True),
    ],
)
def test_only_what_was_never_sent_is_free(cause: Exception, code: str, *, billed: bool) -> None:
    """Everything else may have been processed."""
    fault = fault_of(connection_error(cause))
    assert (fault.code, fault.may_be_billed) == (code, billed)


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (TimeoutError(), FaultKind.UNAVAILABLE, "timed_out"),
        (httpx2.ReadTimeout("mid-stream"), FaultKind.UNAVAILABLE, "timed_out"),
        (httpx2.RemoteProtocolError("mid-stream"), FaultKind.BROKEN, "answer_cut"),
        (httpx2.DecodingError("gzip"), FaultKind.BROKEN, "answer_unreadable"),
        (AssertionError(), FaultKind.BROKEN, "answer_unreadable"),
        (json.JSONDecodeError("no", "", 0), FaultKind.BROKEN, "answer_unreadable"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), FaultKind.BROKEN, "answer_unreadable"),
        (AnswerUnfinishedError("no end"), FaultKind.BROKEN, "answer_unfinished"),
        (StreamFailedError("overloaded_error", "no"), FaultKind.OVERLOADED, "overloaded"),
        (StreamFailedError("an_error_of_tomorrow", "no"), FaultKind.BROKEN, "stream_failed"),
        (status_error(200, told("no", "overloaded_error")), FaultKind.OVERLOADED, "overloaded"),
        (status_error(200, told("no", "new_error")), FaultKind.BROKEN, "stream_failed"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_answer_that_began_may_be_billed(error: Exception, kind: FaultKind, code: str) -> None:
    """In whatever way it was lost."""
    fault = fault_of(error, {"request-id": "req_1"})
    assert (fault.kind, fault.code, fault.may_be_billed) == (kind, code, True)


def test_a_fault_carries_what_the_headers_say() -> None:
    """The wait, as a date too, the limits, and the id."""
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    until = format_datetime(now + timedelta(minutes=2), usegmt=True)
    error = status_error(
        429, told("slow"), retry_after=until, date=format_datetime(now, usegmt=True), request_id="r"
    )
    fault = fault_of(error)
    assert (fault.retry_after_s, fault.provider_request_id) == (120.0, "r")
    assert fault.message == "the provider answered 429: slow"


def test_a_message_is_bounded() -> None:
    """A proxy's page does not fill a log."""
    assert len(fault_of(status_error(502, "x" * 10_000)).message) == 300


def test_a_mistake_of_ours_is_no_fault() -> None:
    """It must be seen as what it is."""
    with pytest.raises(TypeError, match="KeyError is no failure of a call"):
        fault_of(KeyError("a bug"))
    assert not issubclass(KeyError, CAUGHT)
