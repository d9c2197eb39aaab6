"""An answer as the Messages API gives it, in one piece or as a stream of events.

Read with our own types, not the SDK's: a field or a stop reason that is new must not lose an answer
that was paid for, and what a bill is made of must be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from footnoted.llm.anthropic_errors import AnswerUnfinishedError, StreamFailedError
from footnoted.llm.port import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping


class _CacheCreation(BaseModel):
    ephemeral_5m_input_tokens: int = Field(default=0, ge=0)
    ephemeral_1h_input_tokens: int = Field(default=0, ge=0)


class _OutputDetails(BaseModel):
    thinking_tokens: int | None = Field(default=None, ge=0)


class _WireUsage(BaseModel):
    """The two counts that every server gives, and the classes that only some know."""

    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    cache_creation_input_tokens: int | None = Field(default=None, ge=0)
    cache_read_input_tokens: int | None = Field(default=None, ge=0)
    cache_creation: _CacheCreation | None = None
    output_tokens_details: _OutputDetails | None = None

    def by_class(self) -> Usage:
        """Return the tokens by class; writes whose lifetime isn't told are of five minutes."""
        split = self.cache_creation or _CacheCreation()
        written_1h = split.ephemeral_1h_input_tokens
        written_5m = max(
            split.ephemeral_5m_input_tokens, (self.cache_creation_input_tokens or 0) - written_1h
        )
        details = self.output_tokens_details or _OutputDetails()
        return Usage(
            input_tokens=self.input_tokens,
            cache_creation_5m_tokens=written_5m,
            cache_creation_1h_tokens=written_1h,
            cache_read_tokens=self.cache_read_input_tokens or 0,
            output_tokens=self.output_tokens,
            thinking_tokens=details.thinking_tokens or 0,
        )


class _Block(BaseModel):
    type: str
    text: str | None = None


class Message(BaseModel):
    """A whole answer; the first block may be thinking, so blocks are chosen by type."""

    id: str | None = None
    model: str = ""
    content: tuple[_Block, ...]
    stop_reason: str | None = None
    usage: _WireUsage

    @property
    def text(self) -> str:
        """Return what was said, without what was thought."""
        return "".join(block.text or "" for block in self.content if block.type == "text")


def read_message(body: str) -> Message:
    """Return the answer in a body of JSON.

    Raises AnswerUnfinishedError without a stop reason, ValidationError for what is no answer.
    """
    return _whole(Message.model_validate_json(body))


def _whole(message: Message) -> Message:
    if message.stop_reason is None:
        reason = "it names no reason why it stopped"
        raise AnswerUnfinishedError(reason)
    return message


class _Delta(BaseModel):
    type: str | None = None
    text: str | None = None
    stop_reason: str | None = None


class _Error(BaseModel):
    type: str = "unknown"
    message: str = ""


class _Start(BaseModel):
    model: str = ""
    usage: dict[str, Any] = {}


class _Event(BaseModel):
    type: str
    index: int = 0
    message: _Start | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: dict[str, Any] | None = None
    error: _Error | None = None


class StreamedMessage:
    """The answer that a stream's events add up to; usage is cumulative, the last word counts."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._model = ""
        self._blocks: dict[int, _Block] = {}
        self._usage: dict[str, Any] = {}
        self._stop_reason: str | None = None
        self.is_complete = False

    def add(self, data: str) -> bool:
        """Take one event's data; return whether the answer has begun by it.

        Raises StreamFailedError for an error event, ValidationError for nonsense.
        """
        event = _Event.model_validate_json(data)
        match event:
            case _Event(type="message_start", message=_Start() as start):
                self._model = start.model
                self._add_usage(start.usage)
            case _Event(type="content_block_start", content_block=_Block() as block):
                self._blocks[event.index] = block
            case _Event(type="content_block_delta", delta=_Delta(type="text_delta") as delta):
                self._add_text(event.index, delta.text or "")
            case _Event(type="message_delta"):
                self._add_usage(event.usage or {})
                self._stop_reason = event.delta.stop_reason if event.delta else None
                self.is_complete = self._stop_reason is not None and event.usage is not None
            case _Event(type="error"):
                error = event.error or _Error()
                raise StreamFailedError(error.type, error.message)
            case _:
                pass  # pings, ends of blocks, parts of thoughts, and kinds that are new
        return event.type != "ping"

    def whole(self) -> Message:
        """Return the answer; raise AnswerUnfinishedError when the end of the stream is missing."""
        if self._stop_reason is None:
            reason = "its end is missing"
            raise AnswerUnfinishedError(reason)
        return Message(
            model=self._model,
            content=tuple(block for _, block in sorted(self._blocks.items())),
            stop_reason=self._stop_reason,
            usage=_WireUsage.model_validate(self._usage),
        )

    def _add_text(self, index: int, text: str) -> None:
        block = self._blocks.get(index) or _Block(type="text")
        self._blocks[index] = _Block(type=block.type, text=(block.text or "") + text)

    def _add_usage(self, usage: Mapping[str, Any]) -> None:
        self._usage |= {name: value for name, value in usage.items() if value is not None}
