"""POST /v1/messages, as the SDK sees it: JSON, streams, structured output, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anthropic
import pytest

from tests.emulator_conformance.asking import HAIKU, SCHEMA, SONNET, asked, formatted, marked, says

if TYPE_CHECKING:
    from tests.emulator.running import Emulator


async def test_an_answer_is_a_valid_message_with_its_usage(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Input is ceil(bytes/3.2) + 4 a message; output is the text's tokens."""
    emulator.configure(answers=says("x" * 32))
    message = await client.messages.create(**asked("y" * 32))
    assert [(block.type, block.text) for block in message.content] == [("text", "x" * 32)]
    assert (message.usage.input_tokens, message.usage.output_tokens) == (14, 10)
    assert (message.stop_reason, message.model) == ("end_turn", HAIKU)


async def test_a_stream_ends_in_the_same_message_as_json(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The events add up to what a JSON answer says, usage included."""
    emulator.configure(answers=says("a longer text " * 20, thinking_tokens=30))
    whole = await client.messages.create(**asked())
    async with client.messages.stream(**asked()) as stream:
        streamed = await stream.get_final_message()
    assert streamed.content[-1].text == whole.content[-1].text
    assert streamed.content[0].type == "thinking"
    assert streamed.usage.output_tokens == whole.usage.output_tokens
    assert streamed.stop_reason == "end_turn"


async def test_a_raw_stream_has_the_documented_events_in_order(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """message_start, a block, message_delta with the usage, message_stop."""
    emulator.configure(answers=says("short"))
    kinds = [event.type async for event in await client.messages.create(**asked(), stream=True)]
    assert kinds == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


async def test_structured_output_satisfies_its_schema(client: anthropic.AsyncAnthropic) -> None:
    """The generic responder answers any schema with the least data."""
    message = await client.messages.create(**formatted())
    answer = {"kind": "Tool", "count": 0, "notes": ["text"]}
    assert json.loads(message.content[0].text) == answer


async def test_a_forced_tool_is_called(client: anthropic.AsyncAnthropic) -> None:
    """Haiku may be forced; the input satisfies the tool's schema."""
    tool = {"name": "note", "description": "notes", "input_schema": SCHEMA}
    choice = {"type": "tool", "name": "note"}
    message = await client.messages.create(**asked(tools=[tool], tool_choice=choice))
    assert message.stop_reason == "tool_use"
    assert message.content[0].input == {"kind": "Tool", "count": 0, "notes": ["text"]}


async def test_a_long_answer_is_cut_in_the_middle(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """max_tokens stops the text where it is, and bills exactly that many."""
    emulator.configure(answers=says("z" * 320))
    message = await client.messages.create(**asked(max_tokens=25))
    assert message.stop_reason == "max_tokens"
    assert (len(message.content[0].text), message.usage.output_tokens) == (80, 25)


async def test_thinking_eats_max_tokens_first(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """With too small a ceiling nothing visible is left."""
    emulator.configure(answers=says("z" * 320, thinking_tokens=500))
    message = await client.messages.create(**asked(max_tokens=100))
    assert [block.type for block in message.content] == ["thinking"]
    details = message.usage.output_tokens_details
    assert details is not None
    assert (message.usage.output_tokens, details.thinking_tokens) == (100, 100)


async def test_effort_decides_how_much_is_thought(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """High effort thinks 1.5 tokens for each it shows; low effort none."""
    emulator.configure(answers=says("z" * 32))
    low = await client.messages.create(**asked())
    high = await client.messages.create(**asked(output_config={"effort": "high"}))
    assert (low.usage.output_tokens, high.usage.output_tokens) == (10, 25)


async def test_answers_can_depend_on_prompt_header_and_turn(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Rules are tried in order; `nth` picks a call, `answers` come in turn."""
    rules = [
        {"match": {"system_contains": "judge"}, "answers": [{"text": "guilty"}]},
        {"match": {"header": {"X-Stage": "merge"}}, "answers": [{"text": "merged"}]},
        {"nth": [2], "answers": [{"text": "second"}]},
        {"answers": [{"text": "one"}, {"text": "two"}]},
    ]
    emulator.configure(answers=rules)
    calls: list[dict[str, Any]] = [
        {"system": "You judge."},
        {"extra_headers": {"X-Stage": "merge"}},
        *({} for _ in range(3)),
    ]
    texts = [(await client.messages.create(**asked(**more))).content[0].text for more in calls]
    assert texts == ["guilty", "merged", "one", "second", "two"]


async def test_a_prewarm_call_writes_the_cache_and_says_nothing(
    client: anthropic.AsyncAnthropic,
) -> None:
    """max_tokens=0: no content, stop_reason max_tokens, prompt billed as a write."""
    message = await client.messages.create(**asked(system=[marked(600)], max_tokens=0))
    assert (message.content, message.stop_reason) == ([], "max_tokens")
    assert message.usage.cache_creation_input_tokens == 600
    assert message.usage.output_tokens == 0


async def test_the_same_seed_gives_the_same_lengths(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """Drawn output lengths repeat after a reset, and differ from call to call."""
    lengths = []
    for _ in range(2):
        emulator.reset()
        emulator.configure(output={"median_tokens": 200})
        run = [await client.messages.create(**asked()) for _ in range(3)]
        lengths.append([message.usage.output_tokens for message in run])
    assert lengths[0] == lengths[1]
    assert len(set(lengths[0])) == 3


async def test_requests_are_found_by_their_headers(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """The books keep a test's own headers and the SDK's attempt number, never the key."""
    await client.messages.create(**asked(), extra_headers={"X-Attempt": "call-3"})
    row = emulator.rows()[0]
    assert (row["headers"]["x-attempt"], row["retry_count"]) == ("call-3", "0")
    assert "emulated" not in json.dumps(row["headers"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"extra_body": {"temperature": 0.5}}, "temperature"),
        ({"extra_body": {"colour": "red"}}, "Extra inputs"),
        ({"max_tokens": 999_999, "timeout": 9}, "max_tokens"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]},
         "prefill"),
        ({"system": [marked(9, letter=c) for c in "abcde"]}, "maximum of 4 blocks"),
        ({"system": [marked(9), marked(9, "1h")]}, "must not come after"),
        ({"thinking": {"type": "enabled", "budget_tokens": 99}}, "enabled"),
        ({"model": SONNET, "thinking": {"type": "disabled"}}, "disabled"),
        ({"model": SONNET, "tool_choice": {"type": "any"},
          "tools": [{"name": "t", "input_schema": SCHEMA}]}, "forcing a tool"),
        ({"messages": [{"role": "user", "content": "x" * 3_300_000}]}, "prompt is too long"),
    ],
)  # fmt: skip
async def test_an_invalid_request_is_refused_and_free(
    emulator: Emulator,
    client: anthropic.AsyncAnthropic,
    changes: dict[str, Any],
    message: str,
) -> None:
    """Each documented 400, with the envelope and a request id, and no row in the books."""
    with pytest.raises(anthropic.BadRequestError, match=message) as refused:
        await client.messages.create(**asked(**changes))
    assert refused.value.type == "invalid_request_error"
    assert (refused.value.request_id or "").startswith("req_")
    assert emulator.totals()["calls"] == 0


def _nested(depth: int) -> dict[str, Any]:
    names = [f"p{number}" for number in range(depth)]
    properties = {name: {"type": "string"} for name in names}
    return {"type": "object", "properties": properties, "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (_nested(25), "optional"),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"],
          "additionalProperties": False}, "recursive"),
        ({"type": "object", "properties": {}}, "additionalProperties"),
        ({"type": "array", "items": {"type": "integer", "minimum": 1}}, "minimum"),
        ({"type": "object", "additionalProperties": False,
          "required": [f"p{n}" for n in range(17)],
          "properties": {f"p{n}": {"anyOf": [{"type": "string"}, {"type": "null"}]}
                         for n in range(17)}}, "union"),
    ],
)  # fmt: skip
async def test_a_schema_beyond_the_limits_is_refused(
    client: anthropic.AsyncAnthropic, schema: dict[str, Any], message: str
) -> None:
    """At most 24 optional and 16 union fields, closed objects, no recursion, no ranges."""
    wanted = {"format": {"type": "json_schema", "schema": schema}}
    with pytest.raises(anthropic.BadRequestError, match=message):
        await client.messages.create(**asked(output_config=wanted))


async def test_citations_exclude_a_format(client: anthropic.AsyncAnthropic) -> None:
    """A document with citations and structured output cannot go together."""
    source = {"type": "text", "media_type": "text/plain", "data": "a text"}
    document = {"type": "document", "source": source, "citations": {"enabled": True}}
    messages = [{"role": "user", "content": [document]}]
    with pytest.raises(anthropic.BadRequestError, match="citations"):
        await client.messages.create(**formatted(messages=messages))


async def test_an_unknown_key_model_or_size_has_its_own_status(
    emulator: Emulator, client: anthropic.AsyncAnthropic
) -> None:
    """401, 404 and 413 are the SDK's own classes; the wrong key names no limits of ours."""
    emulator.configure(api_keys=["another"])
    with pytest.raises(anthropic.AuthenticationError):
        await client.messages.create(**asked())
    emulator.configure(api_keys=["emulated"])
    with pytest.raises(anthropic.NotFoundError, match="claude-none"):
        await client.messages.create(**asked(model="claude-none"))
    with pytest.raises(anthropic.RequestTooLargeError):
        await client.messages.create(**asked("x" * (33 * 1024 * 1024)))


async def test_the_version_header_is_required(client: anthropic.AsyncAnthropic) -> None:
    """Without it, or with one that never was, nothing is served."""
    for headers in ({"anthropic-version": anthropic.Omit()}, {"anthropic-version": "2020-01-01"}):
        with pytest.raises(anthropic.BadRequestError, match="anthropic-version"):
            await client.messages.create(**asked(), extra_headers=headers)


async def test_an_older_version_still_takes_sampling(client: anthropic.AsyncAnthropic) -> None:
    """2026-10-21 refuses temperature; 2023-06-01 does not."""
    message = await client.messages.create(
        **asked(),
        extra_body={"temperature": 0.1},
        extra_headers={"anthropic-version": "2023-06-01"},
    )
    assert message.stop_reason == "end_turn"
