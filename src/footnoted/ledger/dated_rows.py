"""Rows of prices that hold from a day on, by model: the newest that has begun is in force."""

from __future__ import annotations

import difflib
from datetime import UTC
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime


class DatedRow(Protocol):
    """A row of a model that holds from a day (UTC) on, until the next of its model."""

    @property
    def model(self) -> str:
        """Return the model's id."""
        ...

    @property
    def effective_from(self) -> date:
        """Return the first day it holds."""
        ...


RowT = TypeVar("RowT", bound=DatedRow)


class DatedRows(Generic[RowT]):
    """The rows of all models."""

    def __init__(self, rows: Iterable[RowT]) -> None:
        """Keep the rows by model, in the order of their days."""
        self._rows: dict[str, list[RowT]] = {}
        for row in sorted(rows, key=lambda row: row.effective_from):
            self._rows.setdefault(row.model, []).append(row)

    def of(self, model: str) -> Sequence[RowT]:
        """Return the rows of a model, oldest first; none for one that nobody knows."""
        return self._rows.get(model, ())

    def why_none(self, model: str, rows: Sequence[RowT]) -> str:
        """Return what to say after `no price is known for ...`: since when, or what is like it."""
        if rows:
            return f" before {rows[0].effective_from}"
        nearest = difflib.get_close_matches(model, self._rows, n=1)
        return f" (did you mean {nearest[0]}?)" if nearest else ""


def in_force(rows: Sequence[RowT], at: datetime) -> RowT | None:
    """Return the row of a model that holds at a time; None before the first."""
    day = at.astimezone(UTC).date()
    return next((row for row in reversed(rows) if row.effective_from <= day), None)


def overridden(own: Sequence[RowT], bundled: Iterable[RowT]) -> list[RowT]:
    """Return rows of one's own, and those that ship for models that these do not name."""
    replaced = {row.model for row in own}
    return [*own, *(row for row in bundled if row.model not in replaced)]
