"""The port to a provider that takes batches; everything it raises is a CallFailedError."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read by tools
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the same
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from footnoted.ledger.faults import Fault
    from footnoted.llm.port import RawAnswer


@dataclass(frozen=True, slots=True)
class Post:
    """One call as it goes out: its name in the batch, and the request in the provider's form."""

    custom_id: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """A batch as its provider tells of it; `requests` counts all of them, done or not."""

    id: str
    requests: int
    has_ended: bool
    expires_at: datetime | None = None


class Verdict(StrEnum):
    """What became of one call of a batch; only what succeeded is billed."""

    SUCCEEDED = "succeeded"
    ERRORED = "errored"
    CANCELED = "canceled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a call: an answer where it succeeded, a fault where it erred or is unreadable.

    A result that succeeded and can't be read has a fault, and was billed.
    """

    custom_id: str
    verdict: Verdict
    answer: RawAnswer | None = None
    fault: Fault | None = None


class BatchProvider(Protocol):
    """Whoever makes batches."""

    @property
    def name(self) -> str:
        """Return what the books know this provider by."""
        ...

    async def create(self, posts: Sequence[Post]) -> Standing:
        """Return the batch that was made of these; never asked twice for the same."""
        ...

    async def look(self, batch_id: str) -> Standing | None:
        """Return how a batch stands; None when the provider knows of none (yet, or any more)."""
        ...

    def newest_first(self) -> AsyncGenerator[Standing]:
        """Return every batch under this key, the newest first."""
        ...

    def results(self, batch_id: str) -> AsyncGenerator[Result]:
        """Return the results of a batch that has ended, one at a time, in any order."""
        ...

    async def cancel(self, batch_id: str) -> Standing | None:
        """Ask for a batch to end early; what is answered by then stays answered."""
        ...
