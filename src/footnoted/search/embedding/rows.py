"""The rows of embedding specs as values: what each is for, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read by tools
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from footnoted.search.embedding.spec import Spec  # noqa: TC001 - as above


class SpecState(StrEnum):
    """Where a spec stands: built beside, whole, asked by searches, kept to go back to, or gone."""

    BUILDING = "building"
    READY = "ready"
    SERVING = "serving"
    RETIRED = "retired"
    DROPPED = "dropped"


class Recall(BaseModel):
    """How much of what is nearest in one channel the index finds, over so many samples."""

    model_config = ConfigDict(frozen=True)

    channel: str
    samples: int
    share: float


class Parity(BaseModel):
    """What was seen of an index before it may serve; `problems` are sentences, none when well."""

    model_config = ConfigDict(frozen=True)

    documents: int
    indexed: int
    recalls: tuple[Recall, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecRow:
    """One spec with its state; `wait_reason` says what its embedding waits for, until when."""

    spec: Spec
    state: SpecState
    switches: bool
    created_at: datetime
    filled_at: datetime | None = None
    served_at: datetime | None = None
    retired_at: datetime | None = None
    parity: Parity | None = None
    wait_reason: str | None = None
    wait_detail: str | None = None
    not_before: datetime | None = None

    @property
    def sha256(self) -> str:
        """Return the hash of the spec."""
        return self.spec.sha256

    @property
    def is_whole(self) -> bool:
        """Return whether its index has every document and gets every change."""
        return self.filled_at is not None

    def shares(self, spec: Spec) -> bool:
        """Return whether it is kept, and vectors of `spec` are vectors of it too."""
        ours = {channel.sha256 for channel in self.spec.dense}
        is_kept = self.state is not SpecState.DROPPED
        return is_kept and not ours.isdisjoint(channel.sha256 for channel in spec.dense)
