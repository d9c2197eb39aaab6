"""What minutes of speech cost: the dated rows that ship, and what a file of the user's adds.

Speech is billed by its length, so what a call may cost is known before it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError
from footnoted.ledger.dated_rows import DatedRows, in_force, overridden
from footnoted.ledger.price_rows import bundled_speech_rows, speech_rows_of_file
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from footnoted.ledger.price_rows import SpeechPriceRow

_BILLIONTH = Decimal("1E-9")
_EXACT = Context(prec=60, rounding=ROUND_CEILING)
_MARGIN_S = 1
"""Seconds by which a recogniser may find a stretch longer than we made it: codecs pad."""


@dataclass(frozen=True, slots=True)
class SpeechPrices:
    """What a minute costs one model at one time (USD), bare and for what is asked besides."""

    minute: Decimal
    speakers: Decimal = Decimal(0)
    words: Decimal = Decimal(0)

    def cost(self, speech_ms: int, *, speakers: bool = False, words: bool = False) -> Decimal:
        """Return what so much speech costs (USD), by the second begun, rounded up to 9 decimals."""
        seconds = -(-max(0, speech_ms) // 1000)
        each = self.minute + (self.speakers if speakers else 0) + (self.words if words else 0)
        with localcontext(_EXACT):
            return (each * seconds / 60).quantize(_BILLIONTH)

    def worst_case(self, speech_ms: int, *, speakers: bool = False, words: bool = False) -> Decimal:
        """Return the most that a stretch of this length is billed (USD)."""
        return self.cost(speech_ms + _MARGIN_S * 1000, speakers=speakers, words=words)


class SpeechPriceTable:
    """The prices of everything that may be asked to hear."""

    def __init__(self, rows: Iterable[SpeechPriceRow]) -> None:
        """Keep the rows; each holds from its day until the next of its model."""
        self._rows = DatedRows(rows)

    @classmethod
    def load(cls, override: Path | None) -> SpeechPriceTable:
        """Return the table that ships, with models added or replaced by the file `override`.

        Raises ConfigurationError, in one sentence that names file, model and field.
        """
        own = [] if override is None else speech_rows_of_file(override)
        return cls(overridden(own, bundled_speech_rows()))

    def prices_of(self, model: str, at: datetime) -> SpeechPrices:
        """Return what a minute costs at a time. Raises ConfigurationError when nobody said."""
        rows = self._rows.of(model)
        row = in_force(rows, at)
        if row is None:
            why = self._rows.why_none(model, rows)
            message = (
                f"no price of a minute is known for the speech model {model!r}{why};"
                f" {variable('prices_file')} can name a file with one under [[speech]]"
            )
            raise ConfigurationError(message, concerns=model)
        return SpeechPrices(row.minute, row.speakers, row.words)
