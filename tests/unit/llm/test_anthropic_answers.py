"""Answers in one piece and in events, whole, broken, and of servers that tell less."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from pydantic import ValidationError

from footnoted.llm.anthropic_answers import StreamedMessage, read_message
from footnoted.llm.anthropic_client import _Call, _streamed
from footnoted.llm.anthropic_errors import AnswerUnfinishedError, StreamFailedError
from footnoted.llm.json_texts import unwrapped
from footnoted.llm.port import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

START = {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 7}}}
TEXT = {
    "type": "content_block_start",
    "index": 1,
    "content_block": {"type": "text", "text": ""},
}
THOUGHT = {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking"}}
END = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn"},
    "usage": {"output_tokens": 5, "cache_read_input_tokens": None},
}
STOP = {"type": "message_stop"}


def said(text: str) -> dict[str, Any]:
    """Return an event with a piece of text."""
    delta = {"type": "text_delta", "text": text}
    return {"type": "content_block_delta", "index": 1, "delta": delta}


class Broken(httpx2.AsyncByteStream):
    """A stream of events after which the connection is cut."""

    def __init__(self, *events: dict[str, Any], cut: bool) -> None:
        """Send `events`, then end or break."""
        self._events, self._cut = events, cut

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the events as bytes."""
        for event in self._events:
            yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
        yield b"data: [DONE]\n\n"
        if self._cut:
            message = "cut"
            raise httpx2.RemoteProtocolError(message)


async def read(*events: dict[str, Any], cut: bool = False) -> tuple[str, str, int]:
    """Return text, stop reason and output tokens of a stream."""
    response = httpx2.Response(200, stream=Broken(*events, cut=cut))
    message = await _streamed(response, _Call(), None)
    return message.text, str(message.stop_reason), message.usage.output_tokens


async def test_a_stream_adds_up() -> None:
    """Thoughts are no text, pings are nothing, and the last usage counts."""
    ping = {"type": "ping"}
    events = (START, THOUGHT, ping, TEXT, said("a"), said("b"), END, STOP)
    assert await read(*events) == ("ab", "end_turn", 5)


async def test_a_stream_that_breaks_after_its_last_word_is_an_answer() -> None:
    """Stop reason and bill are there: nothing of it is bought again."""
    assert await read(START, TEXT, said("a"), END, cut=True) == ("a", "end_turn", 5)
    with pytest.raises(httpx2.RemoteProtocolError):
        await read(START, TEXT, said("a"), cut=True)


async def test_a_stream_without_its_end_is_no_answer() -> None:
    """However clean it ends."""
    for events in ((), (START,), (START, TEXT, said("a"), STOP)):
        with pytest.raises(AnswerUnfinishedError):
            await read(*events)


async def test_the_first_byte_is_what_is_no_ping() -> None:
    """Told once, when the answer begins, and not by an error."""
    told: list[str] = []
    response = httpx2.Response(200, stream=Broken({"type": "ping"}, START, TEXT, END, cut=False))
    await _streamed(response, _Call(), lambda: told.append("first"))
    assert told == ["first"]
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "no"}}
    response = httpx2.Response(200, stream=Broken(error, cut=False))
    with pytest.raises(StreamFailedError):
        await _streamed(response, _Call(), lambda: told.append("again"))
    assert told == ["first"]


def test_an_event_that_makes_no_sense_is_refused() -> None:
    """It is not skipped: what it stood for is missing."""
    for data in ("{", "[]", '{"index": 1}', '{"type": "message_start", "message": {"usage": 3}}'):
        with pytest.raises(ValidationError):
            StreamedMessage().add(data)


def body(**changes: Any) -> str:
    """Return an answer in one piece."""
    whole: dict[str, Any] = {
        "model": "m",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 7, "output_tokens": 5},
    }
    return json.dumps({**whole, **changes})


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({}, Usage(input_tokens=7, output_tokens=5)),
        (
            {"cache_creation_input_tokens": 9, "cache_read_input_tokens": 3},
            Usage(input_tokens=7, output_tokens=5, cache_creation_5m_tokens=9, cache_read_tokens=3),
        ),
        (
            {
                "cache_creation_input_tokens": 9,
                "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 5},
                "output_tokens_details": {"thinking_tokens": 2},
            },
            Usage(
                input_tokens=7,
                output_tokens=5,
                cache_creation_5m_tokens=4,
                cache_creation_1h_tokens=5,
                thinking_tokens=2,
            ),
        ),
    ],
)
def test_usage_is_told_by_class(usage: dict[str, Any], expected: Usage) -> None:
    """Servers that know no classes tell two numbers."""
    counts = {"input_tokens": 7, "output_tokens": 5, **usage}
    message = read_message(body(usage=counts, news={"of": "tomorrow"}))
    assert (message.text, message.usage.by_class()) == ("a", expected)


@pytest.mark.parametrize(
    "changes",
    [
        {"usage": None},
        {"usage": {"input_tokens": 7}},
        {"usage": {"input_tokens": -1}},
        {"content": 3},
    ],
)
def test_an_answer_without_its_bill_is_none(changes: dict[str, Any]) -> None:
    """It would be booked as free."""
    with pytest.raises(ValidationError):
        read_message(body(**changes))


def test_an_answer_that_does_not_say_why_it_stopped_is_unfinished() -> None:
    """Null or absent."""
    with pytest.raises(AnswerUnfinishedError):
        read_message(body(stop_reason=None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', '{"a": 1}'),
        (' \n{"a": 1}\n', '{"a": 1}'),
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('```\n{"a": 1}\n```', '{"a": 1}'),
        ('Sure:\n```json\n{"a": 1}\n```\nEnjoy.', '{"a": 1}'),
        ('Sure: {"a": {"b": 2}}. Enjoy.', '{"a": {"b": 2}}'),
        ('<think>is it {"a": 0}?</think>\n{"a": 1}', '{"a": 1}'),
        ('{"a": "```"}', '{"a": "```"}'),
    ],
)
def test_json_is_taken_out_of_what_wraps_it(text: str, expected: str) -> None:
    """A fence, prose, thoughts."""
    assert unwrapped(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "[1]",
        '{"a": 1',
        '{"a": 1} or {"a": 2}',
        '```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```',
        '```json\n{"a": 1\n```',
        "}{",
        "{" * 5_000,
    ],
)
def test_what_is_not_certain_stays_as_it_is(text: str) -> None:
    """Whoever validates it says what is wrong."""
    assert unwrapped(text) == text
