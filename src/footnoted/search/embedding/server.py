"""Embedding servers over HTTP: OpenAI's protocol, which many speak, and Voyage's, which is close.

    POST {base}/embeddings  {model, input: [...]}  ->  {data: [{index, embedding}], usage}

OpenAI's reference of the endpoint, and Voyage AI's. What differs is what a request says of its
purpose and of its dimensions; answers are read alike.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ValidationError

from footnoted.fetch.service import ServiceClient
from footnoted.ledger.service import PaidService
from footnoted.ledger.service_faults import ServiceFaults
from footnoted.search.embedding.dimensions import usual_dimensions
from footnoted.search.embedding.port import Embedded

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from footnoted.ledger.embedding_prices import EmbeddingPrices, EmbeddingPriceTable
    from footnoted.ledger.faults import Fault
    from footnoted.search.embedding.port import EmbeddingRequest

_MOST_BYTES = 256 * 2**20


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
        self._protocol, self._prices = protocol, prices
        authorization = f"Bearer {key}" if key else None
        url = base_url or protocol.vendors_own
        client = ServiceClient(url, authorization, most_bytes=_MOST_BYTES)
        self._service = PaidService(client, ServiceFaults("the embedding server"))

    @property
    def maker(self) -> str:
        """Return the protocol it speaks."""
        return self._protocol.maker

    @property
    def base_url(self) -> str | None:
        """Return its address; None for the vendor's own."""
        return None if self.provider == self._protocol.vendors_own else self.provider

    @property
    def provider(self) -> str:
        """Return its address."""
        return self._service.base_url

    @property
    def key_sha256(self) -> str | None:
        """Return the hash of the key."""
        return self._service.key_sha256

    @property
    def most_texts(self) -> int:
        """Return how many texts one request may have."""
        return self._protocol.most_texts

    def prices_at(self, model: str, at: datetime) -> EmbeddingPrices:
        """Return what tokens cost then. Raises ConfigurationError when nobody said."""
        return self._prices.prices_of(model, at)

    async def embed(self, request: EmbeddingRequest, *, timeout_s: float) -> Embedded:
        """Return the vectors of the texts. Raises CallFailedError."""
        asked = {"model": request.model, "input": list(request.texts)}
        fields = {**asked, **self._protocol.fields(request)}
        posted = self._service.request("POST", "embeddings", json=fields)
        answer = await self._service.send(posted, timeout_s)
        try:
            embedded = read_answer(answer.body, len(request.texts))
        except (ValueError, RecursionError) as error:
            raise self._service.unreadable(_first_line(error), answer.headers) from None
        return replace(embedded, provider_request_id=answer.headers.get("x-request-id"))

    async def probe(self) -> Fault | None:
        """Return what asking for a list of models says of the server and the key."""
        return await self._service.probe("models")

    async def close(self) -> None:
        """Close every connection."""
        await self._service.close()


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
