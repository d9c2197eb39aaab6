"""The rows of a file of prices, checked: `prices.toml` beside this module, or a user's own."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

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
    from collections.abc import Sequence
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


class SpeechPriceRow(_Strict):
    """What a minute of speech costs (USD) from the beginning of a UTC day on.

    `speakers` and `words` are what a minute costs more when speakers are told apart, and when words
    to expect are given.
    """

    model: Words
    effective_from: date
    minute: Usd
    speakers: Usd = Decimal(0)
    words: Usd = Decimal(0)
    source: Words
    checked_on: date


class EmbeddingPriceRow(_Strict):
    """What a million tokens of embedded text cost (USD) from the beginning of a UTC day on."""

    model: Words
    effective_from: date
    million: Usd
    source: Words
    checked_on: date


class _File(_Strict):
    prices: list[dict[str, Any]] | None = None
    speech: list[dict[str, Any]] | None = None
    embedding: list[dict[str, Any]] | None = None

    @model_validator(mode="after")
    def _has_something(self) -> _File:
        if self.prices is None and self.speech is None and self.embedding is None:
            message = "it has neither [[prices]] nor [[speech]] nor [[embedding]]"
            raise ValueError(message)
        return self


class _Row(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def effective_from(self) -> date: ...


RowT = TypeVar("RowT", PriceRow, SpeechPriceRow, EmbeddingPriceRow)


def bundled_rows() -> list[PriceRow]:
    """Return the prices of models that ship with footnoted."""
    return _rows(PriceRow, _file(_bundled(), _BUNDLED).prices, _BUNDLED)


def bundled_speech_rows() -> list[SpeechPriceRow]:
    """Return the prices of speech that ship with footnoted."""
    return _rows(SpeechPriceRow, _file(_bundled(), _BUNDLED).speech, _BUNDLED)


def bundled_embedding_rows() -> list[EmbeddingPriceRow]:
    """Return the prices of embeddings that ship with footnoted."""
    return _rows(EmbeddingPriceRow, _file(_bundled(), _BUNDLED).embedding, _BUNDLED)


def rows_of_file(path: Path) -> list[PriceRow]:
    """Return the prices of a user's file. Raises ConfigurationError naming file, model, field."""
    place = _place(path)
    return _rows(PriceRow, _file(_written(path), place).prices, place)


def speech_rows_of_file(path: Path) -> list[SpeechPriceRow]:
    """Return the prices of speech of a user's file. Raises as `rows_of_file` does."""
    place = _place(path)
    return _rows(SpeechPriceRow, _file(_written(path), place).speech, place)


def embedding_rows_of_file(path: Path) -> list[EmbeddingPriceRow]:
    """Return the prices of embeddings of a user's file. Raises as `rows_of_file` does."""
    place = _place(path)
    return _rows(EmbeddingPriceRow, _file(_written(path), place).embedding, place)


def _bundled() -> str:
    return (files("footnoted.ledger") / _BUNDLED).read_text(encoding="utf-8")


def _place(path: Path) -> str:
    return f"{variable('prices_file')}: {path}"


def _written(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"{_place(path)}: it cannot be read: {reason}"
        raise ConfigurationError(message) from None


def _file(written: str, place: str) -> _File:
    try:
        # Numbers stay as they are written: 0.1 is a tenth.
        content = tomllib.loads(written, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        message = f"{place}: it is not TOML: {error}"
        raise ConfigurationError(message) from None
    try:
        return _File.model_validate(content)
    except ValidationError as error:
        message = f"{place}: {_first(error)}"
        raise ConfigurationError(message) from None


def _rows(kind: type[RowT], tables: list[dict[str, Any]] | None, place: str) -> list[RowT]:
    rows = [_row(kind, table, number, place) for number, table in enumerate(tables or [], start=1)]
    _refuse_repetition(rows, place)
    return rows


def _row(kind: type[RowT], table: dict[str, Any], number: int, place: str) -> RowT:
    try:
        return kind.model_validate(table)
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


def _refuse_repetition(rows: Sequence[_Row], place: str) -> None:
    seen: set[tuple[str, date]] = set()
    for row in rows:
        if (row.model, row.effective_from) in seen:
            message = (
                f"{place}: model {row.model}: effective_from: {row.effective_from} is there twice"
            )
            raise ConfigurationError(message)
        seen.add((row.model, row.effective_from))
