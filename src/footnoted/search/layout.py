"""What the points of an index hold: words always, and a vector for each dense channel it has.

An index has one layout for its whole life: another model, or other dimensions, is another index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from footnoted.errors import FootnotedError
from footnoted.search.terms import ANALYSIS_VERSION

if TYPE_CHECKING:
    from uuid import UUID

    from footnoted.search.port import Document

Vector = Sequence[float]
Vectors = Mapping[str, Vector]
"""The vectors of one document by channel; a channel that has none for it is absent."""


class WrongDimensionsError(FootnotedError):
    """A vector has not as many dimensions as its channel; nothing of its batch was written."""

    code = "wrong_dimensions"


@dataclass(frozen=True, slots=True)
class Layout:
    """The name of a spec, which every point carries, and (channel, dimensions) of what is dense."""

    spec: str
    dense: tuple[tuple[str, int], ...] = ()

    def require(self, vectors: Vectors) -> None:
        """Raise WrongDimensionsError unless every vector fits its channel."""
        dimensions = dict(self.dense)
        for channel, vector in vectors.items():
            if len(vector) != dimensions.get(channel):
                message = (
                    f"a vector of {len(vector)} dimensions came for the channel {channel!r},"
                    f" which has {dimensions.get(channel, 'none')}"
                )
                raise WrongDimensionsError(message, concerns=self.spec)

    def dumped(self) -> str:
        """Return it as text, for another process."""
        return json.dumps([self.spec, self.dense])

    @classmethod
    def loaded(cls, text: str) -> Layout:
        """Return what `dumped` gave."""
        spec, dense = json.loads(text)
        return cls(spec, tuple((name, size) for name, size in dense))


WORDS_ONLY: Final = Layout(f"lexical-{ANALYSIS_VERSION}")
"""The layout of an index without any embedder."""


class VectorSource(Protocol):
    """Where an index gets the vectors of what it is about to write."""

    async def vectors_of(self, documents: Sequence[Document]) -> Mapping[UUID, Vectors]:
        """Return what vectors there are, by document; one that has none yet may be absent."""
        ...


class NoVectors:
    """The source of an index of words."""

    async def vectors_of(self, documents: Sequence[Document]) -> Mapping[UUID, Vectors]:
        """Return nothing."""
        del documents
        return {}
