r"""The Anthropic adapter: a model behind the Messages API, here or on a server that speaks it.

    request -> body -> POST -> body kept as text -> read -> RawAnswer
                         \-> whatever is raised -> fault (anthropic_errors) -> CallFailedError

The SDK's retries are off: who asks again, and when, is decided where the money is. Only the
composition root imports this module, when there is a key: the SDK takes a second to load.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
from pydantic import AwareDatetime, BaseModel

from footnoted.errors import ConfigurationError
from footnoted.ledger.faults import CallFailedError
from footnoted.llm.anthropic_answers import Message, StreamedMessage, read_message
from footnoted.llm.anthropic_errors import CAUGHT, fault_of
from footnoted.llm.anthropic_headers import allowances_of, request_id_of
from footnoted.llm.anthropic_requests import LONGEST_UNSTREAMED, Manner
from footnoted.llm.json_texts import unwrapped
from footnoted.llm.key_check import KeyCheck, Lifecycle, ModelStanding
from footnoted.llm.lacks import Lack
from footnoted.llm.model_facts import EFFORTS, facts_of
from footnoted.llm.port import RawAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from footnoted.llm.port import CallOptions, ModelRequest
    from footnoted.prompting import Prompt

DEFAULT_BASE_URL = "https://api.anthropic.com"
_CONNECT_TIMEOUT_S = 10.0
_FREE_CALL_TIMEOUT_S = 30.0
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")


class AnthropicClient:
    """One connection pool to one server with one key; every model on that server shares it."""

    def __init__(
        self, api_key: str, base_url: str | None = None, lacks: frozenset[str] = frozenset()
    ) -> None:
        """Connect to nothing yet; None is Anthropic's own server.

        Raises ConfigurationError for a key that no header can carry, or an address that ends in
        `/v1`, which the SDK adds.
        """
        if not _VISIBLE_ASCII.fullmatch(api_key):
            message = "FOOTNOTED_ANTHROPIC_API_KEY: a key is visible ASCII characters, no spaces"
            raise ConfigurationError(message)
        self.base_url = (base_url or DEFAULT_BASE_URL).rstrip("/")
        if self.base_url.endswith("/v1"):
            message = "FOOTNOTED_ANTHROPIC_BASE_URL: leave /v1 out, it is added to every address"
            raise ConfigurationError(message)
        self.lacks = lacks
        self.sdk = _Sdk(api_key, self.base_url)
        self._api_key = api_key

    @property
    def key_sha256(self) -> str:
        """Return the hash of the key, to know it again by."""
        return hashlib.sha256(self._api_key.encode()).hexdigest()

    @property
    def is_anthropics_own(self) -> bool:
        """Return whether the server is Anthropic's."""
        return self.base_url == DEFAULT_BASE_URL

    async def close(self) -> None:
        """Close every connection; the client is of no use after it."""
        await self.sdk.close()

    async def check(self, models: Sequence[str]) -> KeyCheck:
        """Return what free calls say about the key and these models; raises nothing."""
        try:
            with self.translated():
                if not models:
                    await self.sdk.models.with_raw_response.list(timeout=_FREE_CALL_TIMEOUT_S)
                return KeyCheck(None, tuple([await self._standing(model) for model in models]))
        except CallFailedError as error:
            return KeyCheck(error.fault)

    @contextmanager
    def translated(self, call: _Call | None = None) -> Generator[None]:
        """Raise CallFailedError for whatever can go wrong with a call; the key is in no message."""
        try:
            yield
        except CAUGHT as error:
            fault = fault_of(error, call.headers if call else None)
            hushed = fault.message.replace(self._api_key, "[key]")
            raise CallFailedError(replace(fault, message=hushed)) from None

    async def _standing(self, model: str) -> ModelStanding:
        """Return where a model stands; what a local server's catalogue lacks, a count may know."""
        retrieve = self.sdk.models.with_raw_response.retrieve
        try:
            answer = await retrieve(model, timeout=_FREE_CALL_TIMEOUT_S)
        except anthropic.NotFoundError:
            if self.is_anthropics_own:
                return ModelStanding(model, Lifecycle.UNKNOWN)
            return await self._counted_standing(model)
        if not self.is_anthropics_own and not _is_catalogue_entry(await answer.text()):
            return ModelStanding(model, Lifecycle.UNTOLD)
        entry = _CatalogueEntry.model_validate_json(await answer.text())
        return ModelStanding(model, entry.lifecycle, entry.retires_at)

    async def _counted_standing(self, model: str) -> ModelStanding:
        if Lack.COUNT_TOKENS in self.lacks:
            return ModelStanding(model, Lifecycle.UNTOLD)
        try:
            await self.sdk.messages.with_raw_response.count_tokens(
                model=model,
                messages=[{"role": "user", "content": "1"}],
                timeout=_FREE_CALL_TIMEOUT_S,
            )
        except anthropic.NotFoundError:
            return ModelStanding(model, Lifecycle.UNKNOWN)
        return ModelStanding(model, Lifecycle.UNTOLD)


class _Sdk(anthropic.AsyncAnthropic):
    """The SDK's client, told everything, so that no ANTHROPIC_* variable tells it anything else.

    A proxy that the environment names is used, as by every other program.
    """

    def __init__(self, api_key: str, base_url: str) -> None:
        super().__init__(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=anthropic.Timeout(_FREE_CALL_TIMEOUT_S, connect=_CONNECT_TIMEOUT_S),
            open_telemetry=False,
        )
        self._custom_headers = {}  # there is no argument against ANTHROPIC_CUSTOM_HEADERS


class _CatalogueEntry(BaseModel):
    lifecycle: Lifecycle
    retires_at: AwareDatetime | None = None


def _is_catalogue_entry(body: str) -> bool:
    try:
        _CatalogueEntry.model_validate_json(body)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class _Call:
    """What is known of a call while it is made: the answer's headers, and its body so far."""

    headers: Mapping[str, str] | None = None
    body: list[str] = field(default_factory=list[str])


class AnthropicModel:
    """A `Model` on an `AnthropicClient`'s server, asked at one effort."""

    def __init__(
        self,
        client: AnthropicClient,
        name: str,
        *,
        effort: str | None = None,
        schema_prompt: Prompt | None = None,
        is_free: bool = False,
    ) -> None:
        """Ask `name`; `schema_prompt` is needed where the server lacks structured output.

        An effort that the server or the model doesn't know is not sent; see `parameters`. Raises
        ConfigurationError for an effort that no model knows, or without that prompt.
        """
        if effort is not None and effort not in EFFORTS:
            message = f"{effort!r} is no effort; there is {', '.join(EFFORTS)}"
            raise ConfigurationError(message)
        in_words = Lack.STRUCTURED_OUTPUT in client.lacks
        if in_words and schema_prompt is None:
            message = f"{name}: a server without structured output needs the prompt shared/schema"
            raise ConfigurationError(message)
        facts = facts_of(name)
        self._client = client
        self._is_free = is_free
        self._manner = Manner(
            facts=facts,
            effort=None if Lack.EFFORT in client.lacks else facts.effort_for(effort),
            thinking=facts.thinking_for(effort),
            schema_prompt=schema_prompt if in_words else None,
        )

    @property
    def name(self) -> str:
        """Return the model's id as the provider knows it."""
        return self._manner.facts.name

    @property
    def is_free(self) -> bool:
        """Return whether whoever made this said that its calls cost nothing."""
        return self._is_free

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return what of its set-up changes its answers; `default` is left to the model."""
        manner, prompt = self._manner, self._manner.schema_prompt
        told = {
            "effort": manner.effort or "default",
            "thinking": manner.thinking or "default",
            "format": "schema" if prompt is None else "prompt",
        }
        if prompt is not None:
            told["schema_prompt"] = prompt.sha256
        if not self._client.is_anthropics_own:
            told["base_url"] = self._client.base_url
        return told

    async def answer(self, request: ModelRequest[BaseModel], options: CallOptions) -> RawAnswer:
        """Return the raw answer; a refusal or a truncated one is an answer too.

        `options.on_first_byte` is called when the answer begins, or not at all when none does.
        Raises CallFailedError when none came whole, within `options.timeout_s`.
        """
        call = _Call()
        with self._client.translated(call):
            async with asyncio.timeout(options.timeout_s):
                message = await self._ask(request, options, call)
        text = message.text
        return RawAnswer(
            text=text if self._manner.schema_prompt is None else unwrapped(text),
            stop_reason=message.stop_reason,
            usage=message.usage.by_class(),
            model=message.model or self.name,
            provider_request_id=request_id_of(call.headers or {}),
            body="".join(call.body),
            allowances=allowances_of(call.headers or {}),
        )

    async def count_input(self, request: ModelRequest[BaseModel]) -> int | None:
        """Return the tokens of the prompt as the server counts them; None when it doesn't."""
        if Lack.COUNT_TOKENS in self._client.lacks:
            return None
        try:
            with self._client.translated():
                counted = await self._client.sdk.messages.with_raw_response.count_tokens(
                    **self._manner.body(request), timeout=_FREE_CALL_TIMEOUT_S
                )
                return _Count.model_validate_json(await counted.text()).input_tokens
        except CallFailedError:
            return None

    def batch_params(
        self, request: ModelRequest[BaseModel], *, caches_system: bool = False
    ) -> Mapping[str, Any] | None:
        """Return the body of the request; None without batches."""
        if Lack.BATCHES in self._client.lacks:
            return None
        body = self._manner.body(request, caches_system=self._may_cache(caches_system))
        return {**body, "max_tokens": self._manner.max_tokens(request)}

    def _may_cache(self, wanted: bool) -> bool:  # noqa: FBT001 - the one thing it is asked
        return wanted and Lack.PROMPT_CACHE not in self._client.lacks

    async def _ask(
        self, request: ModelRequest[BaseModel], options: CallOptions, call: _Call
    ) -> Message:
        body = self._manner.body(request, caches_system=self._may_cache(options.caches_system))
        max_tokens = self._manner.max_tokens(request)
        streams = options.on_first_byte is not None or max_tokens > LONGEST_UNSTREAMED
        connect_s = min(_CONNECT_TIMEOUT_S, options.timeout_s)
        async with self._client.sdk.messages.with_streaming_response.create(
            **body,
            max_tokens=max_tokens,
            stream=streams,
            timeout=anthropic.Timeout(options.timeout_s, connect=connect_s),
        ) as response:
            call.headers = response.headers
            if streams:
                return await _streamed(response.http_response, call, options.on_first_byte)
            call.body.append(await response.text())
            return read_message(call.body[0])


async def _streamed(
    response: httpx2.Response, call: _Call, on_first_byte: Callable[[], None] | None
) -> Message:
    """Return the answer of a stream; one that breaks after its last word is whole."""
    message = StreamedMessage()
    try:
        async for event in anthropic.AsyncStream.raw_events(response):
            call.body.append("\n".join([*event.raw, "", ""]))
            if event.event is None or not event.data:
                continue  # such as the end mark of servers that speak two protocols
            if message.add(event.data) and on_first_byte is not None:
                on_first_byte()
                on_first_byte = None
    except httpx2.HTTPError:
        if not message.is_complete:
            raise
    return message.whole()


class _Count(BaseModel):
    input_tokens: int
