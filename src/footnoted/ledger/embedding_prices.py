"""What the tokens of embedded texts cost: the dated rows that ship, and what a user's file adds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError
from footnoted.ledger.dated_rows import DatedRows, in_force, overridden
from footnoted.ledger.price_rows import bundled_embedding_rows, embedding_rows_of_file
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from footnoted.ledger.price_rows import EmbeddingPriceRow

_BILLIONTH = Decimal("1E-9")
_EXACT = Context(prec=60, rounding=ROUND_CEILING)
_MARKS_PER_TEXT = 64
"""Tokens that a model may add to each text: what begins and ends it, and what it is for."""


@dataclass(frozen=True, slots=True)
class EmbeddingPrices:
    """What a million tokens cost one model at one time (USD)."""

    million: Decimal

    def cost(self, tokens: int) -> Decimal:
        """Return what so many tokens cost (USD), rounded up to 9 decimals."""
        with localcontext(_EXACT):
            return (self.million * max(0, tokens)).scaleb(-6).quantize(_BILLIONTH)

    def worst_case(self, texts: Sequence[str]) -> Decimal:
        """Return the most that these texts are billed (USD)."""
        return self.cost(most_tokens(texts))


def most_tokens(texts: Sequence[str]) -> int:
    """Return the most tokens that texts can have: one for every byte, and marks around each."""
    return sum(len(text.encode()) + _MARKS_PER_TEXT for text in texts)


class EmbeddingPriceTable:
    """The prices of everything that may be asked to embed."""

    def __init__(self, rows: Iterable[EmbeddingPriceRow]) -> None:
        """Keep the rows; each holds from its day until the next of its model."""
        self._rows = DatedRows(rows)

    @classmethod
    def load(cls, override: Path | None) -> EmbeddingPriceTable:
        """Return the table that ships, with models added or replaced by the file `override`.

        Raises ConfigurationError, in one sentence that names file, model and field.
        """
        own = [] if override is None else embedding_rows_of_file(override)
        return cls(overridden(own, bundled_embedding_rows()))

    def prices_of(self, model: str, at: datetime) -> EmbeddingPrices:
        """Return what tokens cost at a time. Raises ConfigurationError when nobody said."""
        rows = self._rows.of(model)
        row = in_force(rows, at)
        if row is None:
            why = self._rows.why_none(model, rows)
            message = (
                f"no price of a million tokens is known for the embedding model {model!r}{why};"
                f" {variable('prices_file')} can name a file with one under [[embedding]]"
                " (0 for a server of your own)"
            )
            raise ConfigurationError(message, concerns=model)
        return EmbeddingPrices(row.million)
