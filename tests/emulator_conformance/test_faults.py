"""What goes wrong on purpose, as the SDK meets it, and what the books say of it."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
import pytest

from tests.emulator_conformance.asking import SONNET, asked, formatted, says

if TYPE_CHECKING:
    from tests.emulator.running import Emulator

Book = list[tuple[str | None, bool | None, bool]]


def _book(emulator: Emulator) -> Book:
    """Return (fault, delivered, billed) of every accepted call."""
    return [
        (row["fault"], row["delivered"], Decimal(row["billed_usd"]) > 0) for row in emulator.rows()
    ]


async def _final(client: anthropic.AsyncAnthropic, **changes: Any) -> anthropic.types.Message:
    async with client.messages.stream(**asked(**changes)) as stream:
        return await stream.get_final_message()


@pytest.mark.parametrize(
    ("status", "kind", "error_type"),
    [
        (403, anthropic.PermissionDeniedError, "permission_error"),
        (429, anthropic.RateLimitError, "rate_limit_error"),
        (500, anthropic.InternalServerError, "api_error"),
        (503, anthropic.ServiceUnavailableError, "api_error"),
        (504, anthropic.GatewayTimeoutError, "timeout_error"),
        (529, anthropic.OverloadedError, "overloaded_error"),
    ],
)
async def test_an_error_before_processing_is_free(
    emulator: Emulator,
    client: anthropic.AsyncAnthropic,
    status: int,
    kind: type[anthropic.APIStatusError],
    error_type: str,
) -> None:
    """The SDK's own class and type; refused once, no row in the books; the next call passes."""
    emulator.break_with({"kind": "status", "status": status, "nth": [1], "retry_after_s": 3})
    with pytest.raises(kind) as failed:
        await client.messages.create(**asked())
    assert failed.value.type == error_type
    assert failed.value.response.headers["retry-after"] == "3"
    assert emulator.totals()["refused"] == {str(status): 1}
    await client.messages.create(**asked())
    assert _book(emulator) == [(None, True, True)]


async def test_an_answer_can_be_billed_and_then_lost_to_a_reset(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The client sees a broken connection; the books say it paid; the next call passes."""
    emulator.break_with({"kind": "reset_after", "nth": [1]})
    with pytest.raises(anthropic.APIConnectionError) as failed:
        await client.messages.create(**asked())
    assert isinstance(failed.value.__cause__, httpx2.ReadError)
    await client.messages.create(**asked())
    assert _book(emulator) == [("reset_after", False, True), (None, True, True)]
    assert emulator.totals()["bought_more_than_once"] == 1


async def test_the_sdks_own_retry_buys_a_lost_answer_again(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """With retries on, one call is two purchases, told apart by the attempt number."""
    emulator.break_with({"kind": "reset_after", "nth": [1]})
    await client.with_options(max_retries=1).messages.create(**asked())
    assert [row["retry_count"] for row in emulator.rows()] == ["0", "1"]
    assert emulator.totals()["bought_more_than_once"] == 1


async def test_a_reset_before_processing_is_free(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The client cannot tell it from the other; only the books can."""
    emulator.break_with({"kind": "reset_before"})
    with pytest.raises(anthropic.APIConnectionError):
        await client.messages.create(**asked())
    assert _book(emulator) == []


@pytest.mark.parametrize(("kind", "calls"), [("timeout_after", 1), ("timeout_before", 0)])
async def test_a_client_that_gives_up_may_have_paid(
    emulator: Emulator, client: anthropic.AsyncAnthropic, kind: str, calls: int
) -> None:
    """The answer never comes; whether it was bought depends on the fault."""
    emulator.break_with({"kind": kind})
    with pytest.raises(anthropic.APITimeoutError):
        await client.messages.create(**asked(), timeout=0.2)
    assert _book(emulator) == [("timeout_after", False, True)] * calls


async def test_a_real_timeout_is_billed_and_undelivered(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Without any fault: the client leaves, the answer is still made and paid."""
    emulator.configure(latency={"base_s": 30})
    with pytest.raises(anthropic.APITimeoutError):
        await client.messages.create(**asked(), timeout=0.2)
    emulator.await_sleepers(1)
    emulator.advance(30)
    assert _book(emulator) == [(None, False, True)]


async def test_a_gateway_timeout_can_come_after_processing(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """504, and paid."""
    emulator.break_with({"kind": "status_after", "status": 504})
    with pytest.raises(anthropic.GatewayTimeoutError):
        await client.messages.create(**asked())
    assert _book(emulator) == [("status_after", False, True)]


async def test_an_error_in_a_stream_has_status_200_and_bills_what_was_made(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The SDK raises a plain APIStatusError, to be told by its type."""
    emulator.configure(answers=says("word " * 200))
    emulator.break_with({"kind": "stream_error"})
    with pytest.raises(anthropic.APIStatusError) as failed:
        await _final(client)
    assert (failed.value.status_code, failed.value.type) == (200, "overloaded_error")
    assert _book(emulator) == [("stream_error", False, True)]
    assert 100 < emulator.rows()[0]["tokens"]["output"] < 200


async def test_a_stream_can_be_cut(emulator: Emulator, client: anthropic.AsyncAnthropic) -> None:
    """The SDK lets the transport's own error through."""
    emulator.configure(answers=says("word " * 200))
    emulator.break_with({"kind": "stream_cut", "after_fraction": 0.2})
    with pytest.raises(httpx2.RemoteProtocolError):
        await _final(client)
    assert emulator.rows()[0]["tokens"]["output"] < 100


async def test_a_stream_can_end_early_and_look_clean(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The SDK returns a message without a stop reason and with one output token."""
    emulator.configure(answers=says("word " * 200))
    emulator.break_with({"kind": "stream_early_end"})
    message = await _final(client)
    assert (message.stop_reason, message.usage.output_tokens) == (None, 1)
    assert emulator.rows()[0]["tokens"]["output"] > 100


async def test_json_can_be_malformed(emulator: Emulator, client: anthropic.AsyncAnthropic) -> None:
    """Status 200, half a body, paid."""
    emulator.break_with({"kind": "malformed_json"})
    with pytest.raises(json.JSONDecodeError):
        await client.messages.create(**asked())
    assert _book(emulator) == [("malformed_json", False, True)]


async def test_a_body_can_be_cut(emulator: Emulator, client: anthropic.AsyncAnthropic) -> None:
    """The connection closes before the announced length."""
    emulator.break_with({"kind": "body_cut"})
    with pytest.raises((anthropic.APIConnectionError, httpx2.RemoteProtocolError)):
        await client.messages.create(**asked())
    assert _book(emulator) == [("body_cut", False, True)]


async def test_a_proxy_may_answer_in_html(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """502 with a page: the SDK's generic server error, no type, free."""
    emulator.break_with({"kind": "html_502"})
    with pytest.raises(anthropic.InternalServerError) as failed:
        await client.messages.create(**asked())
    assert (failed.value.status_code, failed.value.type) == (502, None)
    assert _book(emulator) == []


async def test_a_refusal_before_output_shows_usage_and_is_free(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """HTTP 200, stop_reason refusal with its category; the books bill nothing."""
    emulator.break_with({"kind": "refusal", "category": "bio"})
    for message in (await client.messages.create(**asked()), await _final(client)):
        assert message.stop_reason == "refusal"
        assert message.stop_details is not None
        assert (message.stop_details.category, message.content) == ("bio", [])
        assert message.usage.input_tokens > 0
    assert _book(emulator) == [("refusal", True, False)] * 2


async def test_a_refusal_in_the_middle_is_billed(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Half of the text is there and paid."""
    emulator.configure(answers=says("w" * 320))
    emulator.break_with({"kind": "refusal_mid"})
    message = await _final(client)
    assert (message.stop_reason, message.usage.output_tokens) == ("refusal", 50)
    assert len(message.content[0].text) == 160
    assert _book(emulator) == [("refusal_mid", True, True)]


async def test_a_refusal_may_ignore_the_schema(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Plain text where JSON was asked for."""
    emulator.break_with({"kind": "schema_violation"})
    message = await client.messages.create(**formatted())
    assert message.stop_reason == "refusal"
    with pytest.raises(json.JSONDecodeError):
        json.loads(message.content[0].text)


async def test_an_enum_may_come_in_the_wrong_case(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Capitals are not part of the guarantee; everything else of the answer is."""
    emulator.break_with({"kind": "wrong_case_enum"})
    message = await client.messages.create(**formatted())
    answer = {"kind": "tOOL", "count": 0, "notes": ["text"]}
    assert json.loads(message.content[0].text) == answer


async def test_unknown_fields_are_let_through_by_the_sdk(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """New fields pass strict validation; a new stop reason does not."""
    emulator.break_with({"kind": "extra_fields"})
    message = await client.messages.create(**asked())
    assert (message.model_extra or {})["emulated_extra"] == {"new": True}
    emulator.break_with({"kind": "unknown_stop_reason"})
    with pytest.raises(anthropic.APIResponseValidationError):
        await client.messages.create(**asked())


async def test_an_answer_can_drip(emulator: Emulator, client: anthropic.AsyncAnthropic) -> None:
    """Each event takes its time, and the whole arrives."""
    emulator.configure(answers=says("word " * 20))
    emulator.break_with({"kind": "slow_drip", "drip_s": 20})
    emulator.set_auto(auto=True)
    before_s = emulator.now_s()
    message = await _final(client)
    assert message.content[0].text == "word " * 20
    assert emulator.now_s() - before_s >= 20 * 6


async def test_a_duplicated_request_is_bought_twice(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """One call, one answer, two rows in the books."""
    emulator.break_with({"kind": "duplicate"})
    await client.messages.create(**asked())
    assert _book(emulator) == [("duplicate", False, True), ("duplicate", True, True)]


async def test_rules_strike_only_what_they_match(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """By model, header, prompt and number; `times` ends a rule."""
    emulator.break_with(
        {"kind": "status", "status": 529, "match": {"model": SONNET}},
        {"kind": "status", "status": 503, "match": {"header": {"X-Stage": "merge"}}, "times": 1},
        {"kind": "status", "status": 500, "match": {"prompt_contains": "lathe"}, "nth": [2]},
    )
    calls: list[dict[str, Any]] = [
        {"model": SONNET},
        {"extra_headers": {"X-Stage": "merge"}},
        {"extra_headers": {"X-Stage": "merge"}, "text": "saw"},
        {},
    ]
    raised = await asyncio.gather(
        *(client.messages.create(**asked(**changes)) for changes in calls), return_exceptions=True
    )
    statuses = [getattr(outcome, "status_code", None) for outcome in raised]
    assert emulator.struck()[:2] == [1, 1]
    assert statuses.count(529) == 1
    assert statuses.count(503) == 1


async def test_chance_repeats_with_the_seed(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Half of the calls fail, the same ones after a reset."""
    runs = []
    for _ in range(2):
        emulator.reset()
        emulator.break_with({"kind": "status", "status": 529, "probability": 0.5})
        outcomes = [
            await asyncio.gather(client.messages.create(**asked()), return_exceptions=True)
            for _ in range(20)
        ]
        runs.append([isinstance(outcome[0], Exception) for outcome in outcomes])
    assert runs[0] == runs[1]
    assert 4 <= sum(runs[0]) <= 16
