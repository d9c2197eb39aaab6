"""Embedding servers over HTTP: OpenAI's protocol, which many speak, and Voyage's, which is close.

    POST {base}/embeddings  {model, input: [...]}  ->  {data: [{index, embedding}], usage}

OpenAI's reference of the endpoint, and Voyage AI's. What differs is what a request says of its
purpose and of its dimensions; answers are read alike.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from footnoted.fetch.web.addresses import is_this_machine
from footnoted.ledger.faults import CallFailedError, FaultKind
from footnoted.ledger.service_faults import ServiceFaults
from footnoted.search.embedding.dimensions import usual_dimensions
from footnoted.search.embedding.port import Embedded

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from footnoted.ledger.embedding_prices import EmbeddingPrices, EmbeddingPriceTable
    from footnoted.ledger.faults import Fault
    from footnoted.search.embedding.port import EmbeddingRequest

_CONNECT_TIMEOUT_S = 10.0
_PROBE_TIMEOUT_S = 10.0
_MOST_BYTES = 256 * 2**20
_FAULTS = ServiceFaults("the embedding server")


class _Datum(BaseModel):
    index: int
    embedding: list[float]


class _Usage(BaseModel):
    total_tokens: int | None = None
    prompt_tokens: int | None = None


class _Answer(BaseModel):
    data: list[_Datum]
    model: str | None = None
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class Protocol:
    """What tells one kind of server from another."""

    maker: str
    vendors_own: str
    most_texts: int
    fields: Callable[[EmbeddingRequest], dict[str, Any]]


def _openai_fields(request: EmbeddingRequest) -> dict[str, Any]:
    """Return the fields of OpenAI's protocol; a server that may not know one is not told it."""
    fields: dict[str, Any] = {"encoding_format": "float"}
    if request.dimensions != usual_dimensions(OPENAI.maker, request.model) and is_shrinkable(
        request.model
    ):
        fields["dimensions"] = request.dimensions
    return fields


def _voyage_fields(request: EmbeddingRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {"input_type": request.purpose.value, "truncation": True}
    if request.dimensions != usual_dimensions(VOYAGE.maker, request.model):
        fields["output_dimension"] = request.dimensions
    return fields


def is_shrinkable(model: str) -> bool:
    """Return whether a model of OpenAI's protocol is known to take a number of dimensions."""
    return model.startswith("text-embedding-3")


OPENAI = Protocol("openai", "https://api.openai.com/v1", 128, _openai_fields)
VOYAGE = Protocol("voyage", "https://api.voyageai.com/v1", 128, _voyage_fields)


class EmbeddingServer:
    """An Embedder: one server, with one key, which is in no message."""

    def __init__(
        self, protocol: Protocol, base_url: str | None, key: str, prices: EmbeddingPriceTable
    ) -> None:
        """Ask the server at `base_url`, or the vendor's own; without a key where it is empty."""
        self._protocol = protocol
        self._url = (base_url or protocol.vendors_own).rstrip("/")
        self._key = key
        self._prices = prices
        is_here = is_this_machine(urlsplit(self._url).hostname or "")
        self._client = httpx.AsyncClient(
            headers={"authorization": f"Bearer {key}"} if key else {},
            follow_redirects=False,
            trust_env=not is_here,  # a proxy is used as by every program, though not to oneself
        )

    @property
    def maker(self) -> str:
        """Return the protocol it speaks."""
        return self._protocol.maker

    @property
    def base_url(self) -> str | None:
        """Return its address; None for the vendor's own."""
        return None if self._url == self._protocol.vendors_own else self._url

    @property
    def provider(self) -> str:
        """Return its address."""
        return self._url

    @property
    def key_sha256(self) -> str | None:
        """Return the hash of the key."""
        return hashlib.sha256(self._key.encode()).hexdigest() if self._key else None

    @property
    def most_texts(self) -> int:
        """Return how many texts one request may have."""
        return self._protocol.most_texts

    def prices_at(self, model: str, at: datetime) -> EmbeddingPrices:
        """Return what tokens cost then. Raises ConfigurationError when nobody said."""
        return self._prices.prices_of(model, at)

    async def embed(self, request: EmbeddingRequest, *, timeout_s: float) -> Embedded:
        """Return the vectors of the texts. Raises CallFailedError."""
        posted = self._client.build_request(
            "POST",
            f"{self._url}/embeddings",
            json={
                "model": request.model,
                "input": list(request.texts),
                **self._protocol.fields(request),
            },
        )
        body, headers = await self._sent(posted, timeout_s)
        try:
            embedded = read_answer(body, len(request.texts))
        except (ValueError, RecursionError) as error:
            raise CallFailedError(_FAULTS.unreadable(_first_line(error), headers)) from None
        return replace(embedded, provider_request_id=headers.get("x-request-id"))

    async def probe(self) -> Fault | None:
        """Return what asking for a list of models says of the server and the key.

        A server at home may not know the address: then it is there, and that is all it can tell.
        """
        request = self._client.build_request("GET", f"{self._url}/models")
        try:
            await self._sent(request, _PROBE_TIMEOUT_S)
        except CallFailedError as error:
            return None if error.fault.kind is FaultKind.REJECTED else error.fault
        return None

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _sent(self, request: httpx.Request, timeout_s: float) -> tuple[str, httpx.Headers]:
        connect_s = min(_CONNECT_TIMEOUT_S, timeout_s)
        request.extensions["timeout"] = httpx.Timeout(timeout_s, connect=connect_s).as_dict()
        try:
            response = await self._client.send(request, stream=True)
            try:
                body = await _bounded_body(response)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            raise self._failed(_FAULTS.of_transport(error)) from None
        if not response.is_success:
            raise self._failed(_FAULTS.of_status(response.status_code, response.headers, body))
        return body, response.headers

    def _failed(self, fault: Fault) -> CallFailedError:
        message = fault.message.replace(self._key, "[key]") if self._key else fault.message
        return CallFailedError(replace(fault, message=message))


def read_answer(body: str, expected: int) -> Embedded:
    """Return the vectors of an answer in the order of their texts.

    Raises ValueError unless there is one for each of the `expected` texts.
    """
    answer = _Answer.model_validate(cast("object", json.loads(body)))
    by_index = {datum.index: tuple(datum.embedding) for datum in answer.data}
    if len(answer.data) != expected or set(by_index) != set(range(expected)):
        message = f"{len(answer.data)} vectors came for {expected} texts"
        raise ValueError(message)
    usage = answer.usage or _Usage()
    tokens = usage.total_tokens if usage.prompt_tokens is None else usage.prompt_tokens
    vectors = tuple(by_index[index] for index in range(expected))
    return Embedded(vectors, tokens, answer.model)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error).partition("\n")[0]


async def _bounded_body(response: httpx.Response) -> str:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > _MOST_BYTES:
            raise CallFailedError(_FAULTS.unreadable("it does not end", response.headers))
        parts.append(part)
    return b"".join(parts).decode("utf-8", errors="replace")
