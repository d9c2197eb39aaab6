"""A line of a plan for what is counted otherwise than in calls that can be named already."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from footnoted.reprocess.money import Money


class Service(StrEnum):
    """What is bought.

    Minutes of sound recognised, tokens of texts embedded, or calls about words nobody has yet.
    """

    SPEECH = "speech"
    EMBEDDING = "embedding"
    CALLS = "calls"


@dataclass(frozen=True, slots=True)
class Amount:
    """So many recordings or texts, of so many minutes, tokens or calls, and what they cost."""

    items: int = 0
    size: float = 0.0
    money: Money = field(default_factory=Money)

    def __add__(self, other: Amount) -> Amount:
        """Return both together."""
        return Amount(self.items + other.items, self.size + other.size, self.money + other.money)


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """What one model of a service is asked for, or one profile will ask models for: its `name`.

    `may_follow` is what comes on top where it turns out to be needed: where no captions come, or
    answers are other than last time. `replayed` was paid for before (minutes). `unpriced` are
    recordings whose length nobody knows.
    """

    service: Service
    name: str
    sure: Amount
    may_follow: Amount
    replayed: float = 0.0
    unpriced: int = 0
    is_exact: bool = False
