"""The Message object and the events of its stream, as the SDK's types describe them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.answers import Answer
    from tests.emulator.prices import Terms, Tokens

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything a response shows."""

    call_id: str
    model: str
    answer: Answer
    tokens: Tokens
    terms: Terms
    extra_fields: bool = False

    def usage(self, output_tokens: int | None = None) -> dict[str, object]:
        """Return the usage object; in a stream the output is what was made so far."""
        tokens = self.tokens
        output = tokens.output if output_tokens is None else output_tokens
        usage: dict[str, object] = {
            "input_tokens": tokens.input,
            "cache_creation_input_tokens": tokens.creation_5m + tokens.creation_1h,
            "cache_read_input_tokens": tokens.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": tokens.creation_5m,
                "ephemeral_1h_input_tokens": tokens.creation_1h,
            },
            "output_tokens": output,
            "output_tokens_details": {"thinking_tokens": min(tokens.thinking, output)},
            "server_tool_use": None,
            "service_tier": "batch" if self.terms.batch else "standard",
            "inference_geo": self.terms.geo or "global",
            "speed": self.terms.speed or "standard",
        }
        return {**usage, "emulated_extra": 1} if self.extra_fields else usage

    def message(self) -> dict[str, object]:
        """Return the finished message."""
        message = self._shell(self.usage())
        message["content"] = self.answer.blocks(self.call_id)
        message["stop_reason"] = self.answer.stop_reason
        message["stop_sequence"] = self.answer.stop_sequence
        message["stop_details"] = self.answer.stop_details()
        return message

    def _shell(self, usage: dict[str, object]) -> dict[str, object]:
        shell: dict[str, object] = {
            "id": f"msg_{self.call_id}",
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "container": None,
            "diagnostics": None,
            "usage": usage,
        }
        return {**shell, "emulated_extra": {"new": True}} if self.extra_fields else shell

    def events(self, chunk_tokens: int) -> Iterator[tuple[int, Event]]:
        """Yield (output tokens made so far, event); `error` and `ping` are not of the message."""
        yield 1, {"type": "message_start", "message": self._shell(self.usage(1))}
        for index, block in enumerate(self.answer.blocks(self.call_id)):
            yield from self._block_events(index, block, chunk_tokens)
        end = self.answer
        delta = {
            "stop_reason": end.stop_reason,
            "stop_sequence": end.stop_sequence,
            "stop_details": end.stop_details(),
            "container": None,
        }
        yield end.output_tokens, {"type": "message_delta", "delta": delta, "usage": self.usage()}
        yield end.output_tokens, {"type": "message_stop"}

    def _block_events(
        self, index: int, block: dict[str, Any], chunk_tokens: int
    ) -> Iterator[tuple[int, Event]]:
        thinking, total = self.answer.thinking_tokens, self.answer.output_tokens
        start = {"type": "content_block_start", "index": index}
        stop = {"type": "content_block_stop", "index": index}
        if block["type"] == "thinking":
            yield 1, {**start, "content_block": {**block, "signature": ""}}
            delta = {"type": "signature_delta", "signature": block["signature"]}
            yield thinking, {"type": "content_block_delta", "index": index, "delta": delta}
            yield thinking, stop
            return
        opened = {**block, "input": {}} if block["type"] == "tool_use" else {**block, "text": ""}
        yield thinking, {**start, "content_block": opened}
        for tokens, part in self._parts(chunk_tokens):
            delta = (
                {"type": "input_json_delta", "partial_json": part}
                if block["type"] == "tool_use"
                else {"type": "text_delta", "text": part}
            )
            yield tokens, {"type": "content_block_delta", "index": index, "delta": delta}
        yield total, stop

    def _parts(self, chunk_tokens: int) -> Iterator[tuple[int, str]]:
        """Yield (tokens so far, text) in chunks of `chunk_tokens`."""
        text, visible = self.answer.text, max(1, self.answer.visible_tokens)
        chunks = max(1, math.ceil(visible / chunk_tokens))
        size = max(1, math.ceil(len(text) / chunks))
        for number, start in enumerate(range(0, len(text), size), start=1):
            made = min(visible, number * chunk_tokens)
            yield self.answer.thinking_tokens + made, text[start : start + size]


def sse(event: Event) -> bytes:
    """Return an event as it goes over the wire."""
    data = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return f"event: {event['type']}\ndata: {data}\n\n".encode()
