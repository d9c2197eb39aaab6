"""The port to whatever turns texts into vectors: a server, or a model on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from footnoted.errors import FootnotedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from footnoted.ledger.embedding_prices import EmbeddingPrices
    from footnoted.ledger.faults import Fault
    from footnoted.search.embedding.recipes import Purpose
    from footnoted.search.embedding.spec import Channel


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """Texts to be embedded at once by one model, for one purpose."""

    texts: tuple[str, ...]
    purpose: Purpose
    model: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Embedded:
    """A vector for each text, in their order; `tokens` as they are billed, where that is told."""

    vectors: tuple[tuple[float, ...], ...]
    tokens: int | None = None
    served_by: str | None = None
    provider_request_id: str | None = None


class Embedder(Protocol):
    """Something that embeds; it raises only footnoted's own errors."""

    @property
    def maker(self) -> str:
        """Return its kind, as channels name it."""
        ...

    @property
    def base_url(self) -> str | None:
        """Return its server, as channels name it; None for the vendor's own and this machine."""
        ...

    @property
    def provider(self) -> str:
        """Return whom a refusal of every call is about: the server, or this machine."""
        ...

    @property
    def key_sha256(self) -> str | None:
        """Return the hash of the key, to know it again by."""
        ...

    @property
    def most_texts(self) -> int:
        """Return how many texts one request may have."""
        ...

    def prices_at(self, model: str, at: datetime) -> EmbeddingPrices | None:
        """Return what tokens cost then; None: it is this machine, and costs nothing.

        Raises ConfigurationError when nobody said.
        """
        ...

    async def embed(self, request: EmbeddingRequest, *, timeout_s: float) -> Embedded:
        """Return the vectors; raise CallFailedError when nothing came that can be read."""
        ...

    async def probe(self) -> Fault | None:
        """Return what is in the way of embedding, by what costs nothing; None: nothing seen."""
        ...

    async def close(self) -> None:
        """Let go of connections and models."""
        ...


class NotEmbeddedError(FootnotedError):
    """A text has no vector now, and the message says why: the words of it are searched alone."""

    code = "not_embedded"


class QueryVectors(Protocol):
    """Where the vector of a query comes from."""

    async def of_query(
        self, channels: Sequence[Channel], text: str
    ) -> Mapping[str, Sequence[float]]:
        """Return the vector of a text by channel. Raises NotEmbeddedError when there is none."""
        ...
