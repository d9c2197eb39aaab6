"""The rows of a file of prices, checked: `prices.toml` beside this module, or a user's own."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from footnoted.errors import ConfigurationError
from footnoted.settings import variable

if TYPE_CHECKING:
    from pathlib import Path

_BUNDLED = "prices.toml"
_DEAREST = 1_000_000  # a dollar per token: what is more is a slip


def _number(value: object) -> Decimal:
    """Return what is a number, as text or as TOML has it. Raises ValueError for the rest."""
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    message = "give a number, such as 0.50"
    raise ValueError(message)


Number = Annotated[
    Decimal, BeforeValidator(_number), Field(ge=0, decimal_places=9, allow_inf_nan=False)
]
Usd = Annotated[Number, Field(le=_DEAREST)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Tier(_Strict):
    """Prices (USD per million tokens) of a call whose prompt has at most `max_prompt_tokens`.

    They hold for all its tokens, output too; without a maximum, for a prompt of any length.
    """

    max_prompt_tokens: int | None = Field(default=None, gt=0)
    input: Usd
    write_5m: Usd
    write_1h: Usd
    read: Usd
    output: Usd

    @property
    def prices(self) -> tuple[Decimal, ...]:
        """Return the prices of input, 5-minute and 1-hour cache writes, cache reads and output."""
        return (self.input, self.write_5m, self.write_1h, self.read, self.output)

    def holds(self, prompt_tokens: int) -> bool:
        """Return whether a prompt is short enough for this tier."""
        return self.max_prompt_tokens is None or prompt_tokens <= self.max_prompt_tokens

    def most(self, prompt_tokens: int) -> int:
        """Return how long a prompt of at most `prompt_tokens` can be in this tier."""
        limit = self.max_prompt_tokens
        return prompt_tokens if limit is None else min(prompt_tokens, limit)

    def dearest_input(self, *, caches: bool) -> Decimal:
        """Return the highest price a token of the prompt can have; writes only where it `caches`.

        A read can happen without, as servers may cache by themselves.
        """
        writes = (self.write_5m, self.write_1h) if caches else ()
        return max(self.input, self.read, *writes)


class PriceRow(_Strict):
    """What a model costs from the beginning of a UTC day on; where that is from, and checked when.

    A batch multiplies every price by `batch_factor`.
    """

    model: Words
    effective_from: date
    tiers: Annotated[list[Tier], Field(min_length=1)]
    batch_factor: Annotated[Number, Field(le=1)]
    source: Words
    checked_on: date

    @model_validator(mode="after")
    def _tiers_cover_every_prompt(self) -> PriceRow:
        limits = [tier.max_prompt_tokens for tier in self.tiers]
        inner = [limit for limit in limits[:-1] if limit is not None]
        if limits[-1] is not None or len(inner) < len(limits) - 1:
            message = "tiers: each but the last needs max_prompt_tokens, and the last has none"
            raise ValueError(message)
        if any(longer <= shorter for shorter, longer in pairwise(inner)):
            message = "tiers: max_prompt_tokens must rise from each to the next"
            raise ValueError(message)
        return self


class _File(_Strict):
    prices: list[dict[str, Any]]


def bundled_rows() -> list[PriceRow]:
    """Return the prices that ship with footnoted."""
    resource = files("footnoted.ledger") / _BUNDLED
    return _rows(resource.read_text(encoding="utf-8"), _BUNDLED)


def rows_of_file(path: Path) -> list[PriceRow]:
    """Return the prices of a user's file. Raises ConfigurationError naming file, model, field."""
    place = f"{variable('prices_file')}: {path}"
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"{place}: it cannot be read: {reason}"
        raise ConfigurationError(message) from None
    return _rows(written, place)


def _rows(written: str, place: str) -> list[PriceRow]:
    try:
        # Numbers stay as they are written: 0.1 is a tenth.
        content = tomllib.loads(written, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        message = f"{place}: it is not TOML: {error}"
        raise ConfigurationError(message) from None
    try:
        tables = _File.model_validate(content).prices
    except ValidationError as error:
        message = f"{place}: {_first(error)}"
        raise ConfigurationError(message) from None
    rows = [_row(table, number, place) for number, table in enumerate(tables, start=1)]
    _refuse_repetition(rows, place)
    return rows


def _row(table: dict[str, Any], number: int, place: str) -> PriceRow:
    try:
        return PriceRow.model_validate(table)
    except ValidationError as error:
        name = table.get("model")
        which = f"model {name}" if isinstance(name, str) and name else f"price {number}"
        message = f"{place}: {which}: {_first(error)}"
        raise ConfigurationError(message) from None


def _first(error: ValidationError) -> str:
    """Return the first mistake with its field, counted from 1: `tiers 2, read: ...`."""
    first = error.errors(include_url=False, include_input=False)[0]
    parts = (f" {part + 1}" if isinstance(part, int) else f", {part}" for part in first["loc"])
    where = "".join(parts).removeprefix(", ")
    said = first["msg"].removeprefix("Value error, ")
    return f"{where}: {said[0].lower()}{said[1:]}" if where else said


def _refuse_repetition(rows: list[PriceRow], place: str) -> None:
    seen: set[tuple[str, date]] = set()
    for row in rows:
        if (row.model, row.effective_from) in seen:
            message = (
                f"{place}: model {row.model}: effective_from: {row.effective_from} is there twice"
            )
            raise ConfigurationError(message)
        seen.add((row.model, row.effective_from))
