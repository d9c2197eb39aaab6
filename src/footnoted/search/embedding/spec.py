"""What an index is made by, as data: its channels, each with its model, dimensions and version.

A spec has a hash, which every point carries. Equal specs give equal vectors, so a vector is known
by the hash of its channel and of its text, and outlives the index it was made for.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from footnoted.search.layout import WORDS_ONLY, Layout
from footnoted.search.terms import ANALYSIS_VERSION

LEXICAL: Final = "lexical"
"""The channel of words, which every spec has and no embedder makes."""
BM25: Final = "bm25"
MOST_DIMENSIONS = 8_192
_KEY_LENGTH = 16


class Channel(BaseModel):
    """One way in which documents are alike.

    `maker` is who makes its vectors (an embedder's kind), at `base_url` where that is not the
    vendor's own. `version` is raised when the same name would give other vectors than before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    maker: str
    model: str
    dimensions: Annotated[int, Field(ge=1, le=MOST_DIMENSIONS)] | None = None
    version: Annotated[int, Field(ge=1)] = 1
    base_url: str | None = None

    @property
    def sha256(self) -> str:
        """Return the hash of what a vector depends on beside its text; the name is not of it."""
        return _hash(self.model_dump(mode="json", exclude={"name"}))


class Spec(BaseModel):
    """The channels of an index, the one of words first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: tuple[Channel, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> Spec:
        names = [channel.name for channel in self.channels]
        if len(set(names)) < len(names):
            message = "two channels have one name"
            raise ValueError(message)
        if names[:1] != [LEXICAL]:
            message = f"the first channel is {LEXICAL!r}"
            raise ValueError(message)
        for channel in self.dense:
            if channel.dimensions is None:
                message = f"the channel {channel.name!r} has no dimensions"
                raise ValueError(message)
        return self

    @property
    def dense(self) -> tuple[Channel, ...]:
        """Return the channels that have vectors."""
        return self.channels[1:]

    @property
    def sha256(self) -> str:
        """Return the hash of the whole."""
        return _hash(self.model_dump(mode="json"))

    @property
    def key(self) -> str:
        """Return the short name of the spec: in points, in names of indexes, and for people."""
        return self.sha256[:_KEY_LENGTH] if self.dense else WORDS_ONLY.spec

    @property
    def layout(self) -> Layout:
        """Return what an index of this spec holds."""
        if not self.dense:
            return WORDS_ONLY
        return Layout(self.key, tuple((one.name, one.dimensions or 0) for one in self.dense))


def words_spec(*dense: Channel) -> Spec:
    """Return the spec of words as this release matches them, and of these channels beside."""
    words = Channel(name=LEXICAL, maker=BM25, model=BM25, version=ANALYSIS_VERSION)
    return Spec(channels=(words, *dense))


def _hash(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
