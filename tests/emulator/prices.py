"""What tokens cost: USD per million by model, date, prompt length, batch, place and speed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

MILLION = Decimal(1_000_000)
BATCH_FACTOR = Decimal("0.5")
US_FACTOR = Decimal("1.1")
FAST_FACTOR = Decimal(2)
ALWAYS = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
SONNET_READ_CUT = datetime(2026, 10, 7, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call by billing class; `thinking` is a part of `output`."""

    input: int = 0
    creation_5m: int = 0
    creation_1h: int = 0
    read: int = 0
    output: int = 0
    thinking: int = 0

    @property
    def prompt(self) -> int:
        """Return all tokens of the prompt, cached or not."""
        return self.input + self.creation_5m + self.creation_1h + self.read


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price: from when it holds and for which prompt lengths (`None`: any)."""

    model: str
    per_million: tuple[str, str, str, str, str]
    max_prompt: int | None = None
    from_s: float = ALWAYS

    def cost(self, tokens: Tokens) -> Decimal:
        """Return the price of the tokens before factors, in USD, exactly."""
        counts = (tokens.input, tokens.creation_5m, tokens.creation_1h, tokens.read, tokens.output)
        pairs = zip(counts, self.per_million, strict=True)
        return sum((count * Decimal(price) for count, price in pairs), Decimal(0)) / MILLION


@dataclass(frozen=True, slots=True)
class Terms:
    """What multiplies a price."""

    batch: bool = False
    geo: str | None = None
    speed: str | None = None

    @property
    def factor(self) -> Decimal:
        """Return the product of all factors that apply."""
        factor = BATCH_FACTOR if self.batch else Decimal(1)
        factor *= US_FACTOR if self.geo == "us" else Decimal(1)
        return factor * (FAST_FACTOR if self.speed == "fast" else Decimal(1))


OPUS_5 = ("5", "6.25", "10", "0.50", "25")
PRICES = (
    PriceRow("claude-haiku-5-5", ("0.10", "0.125", "0.20", "0.01", "0.50"), max_prompt=100_000),
    PriceRow("claude-haiku-5-5", ("0.50", "0.625", "1.00", "0.05", "2.50")),
    PriceRow("claude-sonnet-5-5", ("2", "2.50", "4", "0.10", "10"), from_s=SONNET_READ_CUT),
    PriceRow("claude-sonnet-5-5", ("2", "2.50", "4", "0.20", "10")),
    PriceRow("claude-opus-5-5", ("4", "5", "8", "0.20", "20")),
    PriceRow("claude-fable-5-2", ("8", "10", "16", "0.20", "40")),
    PriceRow("claude-fable-5-1", ("10", "12.50", "20", "0.25", "50")),
    PriceRow("claude-opus-5", OPUS_5),
    PriceRow("claude-opus-4-8", OPUS_5),
    PriceRow("claude-opus-4-7", OPUS_5),
    PriceRow("claude-sonnet-5", ("2", "2.50", "4", "0.20", "10")),
    PriceRow("claude-sonnet-4-6", ("3", "3.75", "6", "0.30", "15")),
    PriceRow("claude-haiku-4-5", ("1", "1.25", "2", "0.10", "5")),
)


def price_row(model: str, prompt_tokens: int, at_s: float) -> PriceRow:
    """Return the first row that holds: newest date first, shortest prompt tier first."""
    for row in PRICES:
        fits = row.max_prompt is None or prompt_tokens <= row.max_prompt
        if row.model == model and fits and row.from_s <= at_s:
            return row
    raise LookupError(model)


def cost_usd(model: str, tokens: Tokens, terms: Terms, at_s: float) -> Decimal:
    """Return what a call costs in USD, exactly. Raises LookupError for an unpriced model."""
    return price_row(model, tokens.prompt, at_s).cost(tokens) * terms.factor
