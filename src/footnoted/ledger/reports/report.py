"""What calls cost, as one value: lines of one grouping, their total, and the caps of now.

An answered call is spent at its cost. One on its way is reserved at its worst case, and one whose
answer was lost stays held at that as unknown. What was released costs nothing and is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, computed_field


class Grouping(StrEnum):
    """What a line is about. Days and months are UTC; `video` is any item, page groups too."""

    DAY = "day"
    MONTH = "month"
    MODEL = "model"
    STAGE = "stage"
    SOURCE = "source"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class CostQuery:
    """Which calls count, by when they were reserved (`since` <= at < `until`), and how."""

    grouping: Grouping
    limit: int
    since: datetime | None = None
    until: datetime | None = None


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Tokens(_Value):
    """Tokens of answered calls by class; `thinking` is a part of `output`.

    `speech_ms` is the length of what was recognised, which has no tokens.
    """

    input: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int
    output: int
    thinking: int
    speech_ms: int = 0


class Spending(_Value):
    """What some calls cost and hold (USD); those that cost or hold anything are paid calls."""

    calls: int
    paid_calls: int
    spent_usd: Decimal
    reserved_usd: Decimal
    unknown_usd: Decimal
    tokens: Tokens


class CostLine(Spending):
    """The spending of one day, model or the like.

    `key` is None for calls that belong to no source; `title` is what a source or an item is called,
    None when it is gone.
    """

    key: str | None
    title: str | None


class CapLine(_Value):
    """A cap beside what is spent and held of it (USD); without a cap there is no end."""

    scope: str
    key: str
    cap_usd: Decimal | None
    spent_usd: Decimal
    held_usd: Decimal

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated properties (its issue 1362)
    @property
    def left_usd(self) -> Decimal | None:
        """Return what can still be reserved: none where a cap was lowered below what is held."""
        if self.cap_usd is None:
            return None
        return max(Decimal(0), self.cap_usd - self.spent_usd - self.held_usd)


class CostReport(_Value):
    """The spending as of `at`: most of it first, or the newest day; `hidden` lines are left out."""

    at: datetime
    by: Grouping
    since: datetime | None
    until: datetime | None
    lines: tuple[CostLine, ...]
    hidden: int
    total: Spending
    caps: tuple[CapLine, ...]
