"""Message batches behind the Messages API: made, listed, looked at, cancelled, and read.

Read with our own types, line by line: a field that is new, or one line that makes no sense, must
not lose the answers beside it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anthropic
from pydantic import AwareDatetime, BaseModel, ValidationError

from footnoted.ledger.faults import Fault, FaultKind
from footnoted.llm.anthropic_answers import read_message
from footnoted.llm.anthropic_errors import AnswerUnfinishedError, fault_of_result
from footnoted.llm.batches.port import Result, Standing, Verdict
from footnoted.llm.json_texts import unwrapped
from footnoted.llm.lacks import Lack
from footnoted.llm.port import RawAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from footnoted.llm.anthropic_client import AnthropicClient
    from footnoted.llm.batches.port import Post

_LOOK_TIMEOUT_S = 30.0
CREATE_TIMEOUT_S = 120.0
"""How long making a batch may take: tens of megabytes go out."""
_READ_TIMEOUT_S = 300.0
_PAGE, _PAGES = 100, 50


class AnthropicBatches:
    """A `BatchProvider` on an `AnthropicClient`'s server."""

    def __init__(self, client: AnthropicClient) -> None:
        """Use the connections and the key of `client`."""
        self._client = client
        self._batches = client.sdk.messages.batches

    @property
    def name(self) -> str:
        """Return the address of the server."""
        return self._client.base_url

    async def create(self, posts: Sequence[Post]) -> Standing:
        """Return the batch that was made. Raises CallFailedError; it may exist all the same."""
        requests: Any = [{"custom_id": post.custom_id, "params": post.params} for post in posts]
        with self._client.translated():
            answer = await self._batches.with_raw_response.create(
                requests=requests, timeout=CREATE_TIMEOUT_S
            )
            return _standing(await answer.text())

    async def look(self, batch_id: str) -> Standing | None:
        """Return how a batch stands; None for a 404. Raises CallFailedError."""
        with self._client.translated():
            try:
                answer = await self._batches.with_raw_response.retrieve(
                    batch_id, timeout=_LOOK_TIMEOUT_S
                )
            except anthropic.NotFoundError:
                return None
            return _standing(await answer.text())

    async def newest_first(self) -> AsyncGenerator[Standing]:
        """Yield the batches under this key, at most 5,000. Raises CallFailedError."""
        after: str | None = None
        for _ in range(_PAGES):
            page = await self._page(after)
            for batch in page.data:
                yield batch.standing()
            if not page.has_more or page.last_id is None:
                return
            after = page.last_id

    async def _page(self, after: str | None) -> _Page:
        with self._client.translated():
            answer = await self._batches.with_raw_response.list(
                limit=_PAGE,
                after_id=anthropic.omit if after is None else after,
                timeout=_LOOK_TIMEOUT_S,
            )
            return _Page.model_validate_json(await answer.text())

    async def results(self, batch_id: str) -> AsyncGenerator[Result]:
        """Yield the results as they come in. Raises CallFailedError, also halfway."""
        with self._client.translated():
            async with self._batches.with_streaming_response.results(
                batch_id, timeout=_READ_TIMEOUT_S
            ) as response:
                async for line in response.iter_lines():
                    if line.strip() and (result := self._result(line)) is not None:
                        yield result

    async def cancel(self, batch_id: str) -> Standing | None:
        """Return the batch, on its way to its end; None when there is nothing to cancel."""
        with self._client.translated():
            try:
                answer = await self._batches.with_raw_response.cancel(
                    batch_id, timeout=_LOOK_TIMEOUT_S
                )
            except (anthropic.NotFoundError, anthropic.BadRequestError):
                return None  # it is gone, or has ended by itself
            return _standing(await answer.text())

    def _result(self, line: str) -> Result | None:
        """Return the result in a line; None for one that is no result, or of a kind that is new."""
        try:
            read = _Line.model_validate_json(line)
        except ValidationError:
            return None
        match read.result.type:
            case Verdict.SUCCEEDED:
                return self._succeeded(read)
            case Verdict.ERRORED:
                error = (read.result.error or _Envelope()).error
                fault = fault_of_result(error.type, error.message)
                return Result(read.custom_id, Verdict.ERRORED, fault=fault)
            case verdict:
                return Result(read.custom_id, verdict)

    def _succeeded(self, line: _Line) -> Result:
        body = json.dumps(line.result.message, ensure_ascii=False)
        try:
            message = read_message(body)
        except (ValidationError, AnswerUnfinishedError) as error:
            told = f"the answer in the batch makes no sense ({type(error).__name__})"
            fault = Fault(FaultKind.BROKEN, "answer_unreadable", told, may_be_billed=True)
            return Result(line.custom_id, Verdict.SUCCEEDED, fault=fault)
        text = message.text
        lacks = Lack.STRUCTURED_OUTPUT in self._client.lacks
        answer = RawAnswer(
            text=unwrapped(text) if lacks else text,
            stop_reason=message.stop_reason,
            usage=message.usage.by_class(),
            model=message.model,
            provider_request_id=message.id,
            body=body,
        )
        return Result(line.custom_id, Verdict.SUCCEEDED, answer)


class _Counts(BaseModel):
    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    canceled: int = 0
    expired: int = 0


class _Batch(BaseModel):
    id: str
    processing_status: str
    request_counts: _Counts
    expires_at: AwareDatetime | None = None

    def standing(self) -> Standing:
        counts = self.request_counts
        done = counts.succeeded + counts.errored + counts.canceled + counts.expired
        has_ended = self.processing_status == "ended"
        return Standing(self.id, counts.processing + done, has_ended, self.expires_at)


def _standing(body: str) -> Standing:
    return _Batch.model_validate_json(body).standing()


class _Page(BaseModel):
    data: tuple[_Batch, ...]
    has_more: bool = False
    last_id: str | None = None


class _Error(BaseModel):
    type: str = "unknown"
    message: str = ""


class _Envelope(BaseModel):
    error: _Error = _Error()


class _Result(BaseModel):
    type: Verdict
    message: dict[str, Any] | None = None
    error: _Envelope | None = None


class _Line(BaseModel):
    custom_id: str
    result: _Result
