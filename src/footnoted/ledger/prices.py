"""What tokens cost: the dated table that ships, what a file of the user's adds, exact arithmetic.

The gateway reserves `worst_case` before a call and books `cost` after it. Both are in USD, rounded
up to a billionth, and never too low: a price that is not known is refused, not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from typing import TYPE_CHECKING, Protocol

from footnoted.errors import ConfigurationError
from footnoted.ledger.dated_rows import DatedRows, in_force, overridden
from footnoted.ledger.price_rows import bundled_rows, rows_of_file
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from footnoted.ledger.price_rows import PriceRow, Tier

_PER_MILLION = -6
_BILLIONTH = Decimal("1E-9")
_EXACT = Context(prec=60, rounding=ROUND_CEILING)
_DAY_OF_RELEASE = re.compile(r"-20\d{6}$")


class TokenUsage(Protocol):
    """Tokens of one call by class, as they are billed."""

    @property
    def input_tokens(self) -> int:
        """Return the tokens of the prompt that no cache had or got."""
        ...

    @property
    def cache_creation_5m_tokens(self) -> int:
        """Return the tokens written to a cache for five minutes."""
        ...

    @property
    def cache_creation_1h_tokens(self) -> int:
        """Return the tokens written to a cache for an hour."""
        ...

    @property
    def cache_read_tokens(self) -> int:
        """Return the tokens read from a cache."""
        ...

    @property
    def output_tokens(self) -> int:
        """Return the tokens of the answer, thinking included."""
        ...


@dataclass(frozen=True, slots=True)
class Prices:
    """What one model costs at one time, in tiers by the length of the prompt, the last without end.

    `batch_factor` multiplies every price of a call that is made in a batch.
    """

    tiers: Sequence[Tier]
    batch_factor: Decimal

    @property
    def is_free(self) -> bool:
        """Return whether no token of any class ever costs anything."""
        return all(max(tier.prices) == 0 for tier in self.tiers)

    def cost(self, usage: TokenUsage, *, is_batch: bool = False) -> Decimal:
        """Return what a call costs (USD), rounded up to 9 decimals; a count below 0 counts as 0."""
        counts = tuple(max(0, count) for count in _by_class(usage))
        prompt_tokens = sum(counts[:-1])
        tier = next(tier for tier in self.tiers if tier.holds(prompt_tokens))
        return self._usd(zip(counts, tier.prices, strict=True), is_batch=is_batch)

    def worst_case(
        self,
        prompt_tokens: int,
        max_tokens_out: int,
        *,
        is_batch: bool = False,
        caches: bool = False,
    ) -> Decimal:
        """Return the most (USD) that a call of at most so many tokens can cost.

        The prompt may turn out shorter and fall into any tier up to its own. Only where the call
        asks for it (`caches`) can tokens be billed as cache writes.
        """
        return max(
            self._usd(
                (
                    (tier.most(prompt_tokens), tier.dearest_input(caches=caches)),
                    (max_tokens_out, tier.output),
                ),
                is_batch=is_batch,
            )
            for tier in self._within_reach(prompt_tokens)
        )

    def _within_reach(self, prompt_tokens: int) -> Iterable[Tier]:
        for tier in self.tiers:
            yield tier
            if tier.holds(prompt_tokens):
                return

    def _usd(self, priced: Iterable[tuple[int, Decimal]], *, is_batch: bool) -> Decimal:
        with localcontext(_EXACT):
            millionths = sum((count * price for count, price in priced), Decimal(0))
            factor = self.batch_factor if is_batch else Decimal(1)
            return (millionths * factor).scaleb(_PER_MILLION).quantize(_BILLIONTH)


def _by_class(usage: TokenUsage) -> tuple[int, ...]:
    """Return the counts in the order of `Tier.prices`."""
    return (
        usage.input_tokens,
        usage.cache_creation_5m_tokens,
        usage.cache_creation_1h_tokens,
        usage.cache_read_tokens,
        usage.output_tokens,
    )


class PriceTable:
    """The prices of all models that may be called."""

    def __init__(self, rows: Iterable[PriceRow]) -> None:
        """Keep the rows; each holds from its day until the next of its model."""
        self._rows = DatedRows(rows)

    @classmethod
    def load(cls, override: Path | None) -> PriceTable:
        """Return the table that ships, with models added or replaced by the file `override`.

        Raises ConfigurationError, in one sentence that names file, model and field.
        """
        return cls(overridden([] if override is None else rows_of_file(override), bundled_rows()))

    def knows(self, model: str) -> bool:
        """Return whether there is a price for a model, from whatever day on."""
        return bool(self._rows_of(model))

    def prices_of(self, model: str, at: datetime) -> Prices:
        """Return what a model costs at a time.

        An id that ends in its day of release costs what the one without it does, unless it has a
        price of its own. Raises ConfigurationError when no price is known for that time.
        """
        rows = self._rows_of(model)
        row = in_force(rows, at)
        if row is None:
            message = (
                f"no price is known for the model {model!r}{self._rows.why_none(model, rows)};"
                f" {variable('prices_file')} can name a file with one"
            )
            raise ConfigurationError(message, concerns=model)
        return Prices(row.tiers, row.batch_factor)

    def _rows_of(self, model: str) -> Sequence[PriceRow]:
        return self._rows.of(model) or self._rows.of(_DAY_OF_RELEASE.sub("", model))
