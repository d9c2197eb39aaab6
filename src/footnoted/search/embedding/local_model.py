"""Models on this machine, through fastembed, which is an extra: `footnoted[fastembed]`.

The library and the model are loaded when they are first needed, in a thread, and stay.
"""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from footnoted.errors import ConfigurationError
from footnoted.ledger.faults import CallFailedError, Fault, FaultKind
from footnoted.search.embedding.port import Embedded
from footnoted.search.embedding.recipes import Purpose
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from footnoted.ledger.embedding_prices import EmbeddingPrices
    from footnoted.search.embedding.port import EmbeddingRequest

_PACKAGE = "fastembed"
_LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Where models lie: `folder` holds one, else they are fetched into `cache` unless `offline`."""

    cache: Path
    folder: Path | None = None
    offline: bool = False

    def check(self) -> None:
        """Raise ConfigurationError for a missing package or folder."""
        if importlib.util.find_spec(_PACKAGE) is None:
            message = (
                f"{variable('embedder')}=fastembed needs the package {_PACKAGE}:"
                " install footnoted[fastembed]"
            )
            raise ConfigurationError(message)
        if self.folder is not None and not self.folder.is_dir():
            message = f"{variable('embedder_model_dir')}: there is no folder {self.folder}"
            raise ConfigurationError(message)


class _Model(Protocol):
    """What fastembed gives for a model."""

    def passage_embed(self, texts: list[str]) -> Iterable[Any]: ...
    def query_embed(self, query: list[str]) -> Iterable[Any]: ...


class LocalEmbedder:
    """An Embedder that computes here, one request at a time, and costs nothing."""

    maker = "fastembed"
    base_url: str | None = None
    provider = "this machine"
    key_sha256: str | None = None
    most_texts = 64

    def __init__(self, place: ModelPlace) -> None:
        """Look for models in `place`; nothing is loaded yet."""
        self._place = place
        self._models: dict[str, _Model] = {}
        self._alone = threading.Lock()

    def prices_at(self, model: str, at: datetime) -> EmbeddingPrices | None:
        """Return that it costs nothing."""
        del model, at
        return None

    async def embed(self, request: EmbeddingRequest, *, timeout_s: float) -> Embedded:
        """Return the vectors of the texts. Raises CallFailedError."""
        del timeout_s  # nobody is waited for
        try:
            vectors = await asyncio.to_thread(self._computed, request)
        except Exception as error:
            # The library raises whatever its own libraries do, and a model that cannot be loaded or
            # fetched should be a wait with its words, not the end of the daemon.
            text = f"{request.model} on this machine: {error}"[:_LONGEST_MESSAGE]
            fault = Fault(FaultKind.UNAVAILABLE, "model_failed", text, may_be_billed=False)
            raise CallFailedError(fault) from error
        return Embedded(vectors, served_by=request.model)

    async def probe(self) -> Fault | None:
        """Return nothing: whether a model works is seen when it is loaded."""
        return None

    async def close(self) -> None:
        """Let go of the models."""
        self._models.clear()

    def _computed(self, request: EmbeddingRequest) -> tuple[tuple[float, ...], ...]:
        with self._alone:
            model = self._model(request.model)
            texts = list(request.texts)
            is_query = request.purpose is Purpose.QUERY
            found = model.query_embed(texts) if is_query else model.passage_embed(texts)
            return tuple(tuple(float(value) for value in vector) for vector in found)

    def _model(self, name: str) -> _Model:
        if name not in self._models:
            from fastembed import (  # pyright: ignore[reportMissingImports]  # noqa: PLC0415 - heavy, optional
                TextEmbedding,  # pyright: ignore[reportUnknownVariableType]
            )

            folder = self._place.folder
            self._models[name] = cast(
                "_Model",
                TextEmbedding(
                    name,
                    cache_dir=str(self._place.cache),
                    local_files_only=self._place.offline,
                    specific_model_path=None if folder is None else str(folder),
                ),
            )
        return self._models[name]
