"""Every way the emulator can fail, and the fault that comes of it, in one piece and as a stream."""

from __future__ import annotations

import asyncio
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from footnoted.ledger.faults import CallFailedError, FaultKind
from footnoted.llm.anthropic_client import AnthropicClient, AnthropicModel
from footnoted.llm.port import CallOptions
from tests.contract.anthropic.conftest import HAIKU, KEY, QUICK, Asking, question, says
from tests.emulator.faults import Kind

if TYPE_CHECKING:
    from tests.emulator.running import Emulator

F = FaultKind


@dataclass(frozen=True)
class Case:
    """A fault rule, and the fault it must become: kind, code, may be billed."""

    rule: dict[str, Any]
    expected: tuple[FaultKind, str, bool]
    streams: bool = False
    timeout_s: float = 10

    @property
    def options(self) -> CallOptions:
        """Return how the call is made."""
        first = (lambda: None) if self.streams else None
        return CallOptions(timeout_s=self.timeout_s, on_first_byte=first)


def status(code: int, kind: FaultKind, name: str, *, billed: bool) -> Case:
    """Return the case of an error response."""
    return Case({"kind": "status", "status": code}, (kind, name, billed))


def coded(error_code: str, kind: FaultKind, name: str) -> Case:
    """Return the case of a 429 with an error code."""
    rule = {"kind": "status", "status": 429, "error_code": error_code}
    return Case(rule, (kind, name, False))


CASES = [
    status(400, F.REJECTED, "request_rejected", billed=False),
    status(401, F.STOPPED, "key_refused", billed=False),
    status(402, F.STOPPED, "credit_missing", billed=False),
    status(403, F.STOPPED, "key_forbidden", billed=False),
    status(404, F.REJECTED, "model_unknown", billed=False),
    status(408, F.UNAVAILABLE, "request_timeout", billed=False),
    status(409, F.UNAVAILABLE, "conflict", billed=False),
    status(413, F.TOO_LARGE, "request_too_large", billed=False),
    status(429, F.RATE_LIMITED, "rate_limited", billed=False),
    coded("ramp_limit_exceeded", F.RAMP_LIMITED, "ramp_limited"),
    coded("enforced_spend_limit_reached", F.STOPPED, "spend_limit_reached"),
    coded("contract_spend_limit_reached", F.STOPPED, "spend_limit_reached"),
    coded("a_code_of_tomorrow", F.RATE_LIMITED, "rate_limited"),
    status(500, F.UNAVAILABLE, "server_error", billed=True),
    status(502, F.UNAVAILABLE, "server_error", billed=True),
    status(503, F.UNAVAILABLE, "server_unavailable", billed=True),
    status(504, F.UNAVAILABLE, "gateway_timeout", billed=True),
    status(529, F.OVERLOADED, "overloaded", billed=False),
    Case({"kind": "status", "status": 429}, (F.RATE_LIMITED, "rate_limited", False), streams=True),
    Case({"kind": "status_after", "status": 500}, (F.UNAVAILABLE, "server_error", True)),
    Case({"kind": "status_after", "status": 504}, (F.UNAVAILABLE, "gateway_timeout", True)),
    Case({"kind": "reset_before"}, (F.UNAVAILABLE, "connection_lost", True)),
    Case({"kind": "reset_after"}, (F.UNAVAILABLE, "connection_lost", True)),
    Case({"kind": "reset_after"}, (F.UNAVAILABLE, "connection_lost", True), streams=True),
    Case({"kind": "timeout_before"}, (F.UNAVAILABLE, "timed_out", True), timeout_s=0.2),
    Case({"kind": "timeout_after"}, (F.UNAVAILABLE, "timed_out", True), timeout_s=0.2),
    Case({"kind": "html_502"}, (F.UNAVAILABLE, "server_error", True)),
    Case({"kind": "malformed_json"}, (F.BROKEN, "answer_unreadable", True)),
    Case({"kind": "body_cut"}, (F.BROKEN, "answer_cut", True)),
    Case({"kind": "stream_error"}, (F.OVERLOADED, "overloaded", True), streams=True),
    Case({"kind": "stream_cut"}, (F.BROKEN, "answer_cut", True), streams=True),
    Case({"kind": "stream_early_end"}, (F.BROKEN, "answer_unfinished", True), streams=True),
    Case(
        {"kind": "stream_early_end", "after_fraction": 0.0},
        (F.BROKEN, "answer_unfinished", True),
        streams=True,
    ),
    Case({"kind": "slow_drip"}, (F.UNAVAILABLE, "timed_out", True), timeout_s=0.2),
    Case({"kind": "slow_drip"}, (F.UNAVAILABLE, "timed_out", True), streams=True, timeout_s=0.2),
]
ANSWERS = {
    *("refusal", "refusal_mid", "wrong_case_enum", "schema_violation"),
    *("extra_fields", "unknown_stop_reason", "duplicate"),
}
"""What is an answer all the same; see test_answers.py."""
OF_BATCHES = {"batch_accepted_500"}


def named(case: Case) -> str:
    """Return a name for a case."""
    words = [case.rule["kind"], case.rule.get("status", ""), case.rule.get("error_code", "")]
    return "-".join(str(word) for word in [*words, "stream" if case.streams else ""] if word)


@pytest.mark.parametrize("case", CASES, ids=named)
async def test_a_failure_becomes_its_fault(asking: Asking, case: Case) -> None:
    """Kind, code and whether it may be billed; and never the other way than the books say."""
    asking.emulator.configure(answers=says("word " * 200))
    asking.emulator.break_with({**case.rule, "nth": [1]})
    fault = await asking.fault(case.options)
    assert (fault.kind, fault.code, fault.may_be_billed) == case.expected
    assert fault.may_be_billed or not any(asking.billed())
    assert asking.emulator.struck() == [1]


def test_every_kind_of_the_emulator_is_tried() -> None:
    """A kind that is added there must be judged here."""
    tried = {case.rule["kind"] for case in CASES}
    assert tried | ANSWERS | OF_BATCHES == set(typing.get_args(Kind))


async def test_a_wait_and_the_limits_are_told(asking: Asking) -> None:
    """What the headers say comes along with the fault, and so does the request's id."""
    asking.emulator.configure(default_limits={"rpm": 1})
    await asking.answer()
    fault = await asking.fault()
    assert (fault.kind, fault.retry_after_s) == (F.RATE_LIMITED, 60.0)
    assert fault.provider_request_id
    assert fault.allowances
    assert fault.allowances.requests
    assert (fault.allowances.requests.limit, fault.allowances.requests.remaining) == (1, 0)


@pytest.mark.parametrize("limit", ["own_limit_usd", "workspace_limit_usd"])
async def test_a_spend_limit_of_ones_own_comes_as_a_400_and_stops(
    asking: Asking, limit: str
) -> None:
    """Only its words tell it from a bad request."""
    asking.emulator.configure(spend={limit: "0"})
    fault = await asking.fault()
    assert (fault.kind, fault.code) == (F.STOPPED, "spend_limit_reached")
    assert "usage limits" in fault.message


async def test_a_prompt_beyond_the_window_is_too_large(asking: Asking) -> None:
    """It can be divided, which a bad request can't."""
    prompt = question().prompt
    huge = type(prompt)(prompt.system, "word " * 700_000, prompt.sha256)
    fault = await asking.fault(prompt=huge)
    assert (fault.kind, fault.code) == (F.TOO_LARGE, "prompt_too_long")


async def test_a_server_that_is_not_there_was_asked_for_free() -> None:
    """A refused connection and a name that doesn't exist: nothing was sent."""
    for address in ("http://127.0.0.1:9", "http://nowhere.invalid"):
        client = AnthropicClient(KEY, address)
        with pytest.raises(CallFailedError) as failed:
            await AnthropicModel(client, HAIKU).answer(question(), QUICK)
        await client.close()
        fault = failed.value.fault
        assert (fault.kind, fault.code, fault.may_be_billed) == (
            F.UNAVAILABLE,
            "unreachable",
            False,
        )


async def test_a_cancelled_call_is_no_fault(asking: Asking) -> None:
    """Cancellation goes through as it came."""
    asking.emulator.break_with({"kind": "timeout_before"})
    task = asyncio.create_task(asking.answer())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_no_variable_changes_who_is_asked(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the address, nor the key, nor a header comes from the environment."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another-key")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "a-token")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "Authorization: Bearer stolen\nx-other: 1")
    emulator.configure(api_keys=[KEY])
    client = AnthropicClient(KEY, emulator.base_url)
    assert "x-other" not in client.sdk.default_headers
    answer = await AnthropicModel(client, HAIKU).answer(question(), QUICK)
    await client.close()
    assert answer.stop_reason == "end_turn"
