"""A line of a plan for a service that is billed otherwise than models are."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from footnoted.reprocess.money import Money


class Service(StrEnum):
    """What is bought: minutes of sound recognised, or tokens of texts embedded."""

    SPEECH = "speech"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class Amount:
    """So many recordings or texts, of so many minutes or tokens, and what they cost."""

    items: int = 0
    size: float = 0.0
    money: Money = field(default_factory=Money)

    def __add__(self, other: Amount) -> Amount:
        """Return both together."""
        return Amount(self.items + other.items, self.size + other.size, self.money + other.money)


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """What one model of a service is asked for.

    `may_follow` is what comes on top where it turns out to be needed: where no captions come, or
    answers are other than last time. `replayed` was paid for before (minutes). `unpriced` are
    recordings whose length nobody knows.
    """

    service: Service
    model: str
    sure: Amount
    may_follow: Amount
    replayed: float = 0.0
    unpriced: int = 0
    is_exact: bool = False
