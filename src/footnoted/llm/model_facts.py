"""What is known of each model besides its price: its sizes, and what it takes in a request."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

EFFORTS = ("low", "medium", "high", "xhigh", "max")
LEAST_EFFORT = "low"
_OFF = ("disabled", "between_tools")
_SNAPSHOT = re.compile(r"-\d{8}$")
_UNKNOWN_CONTEXT_TOKENS = 32_768
_UNKNOWN_OUTPUT_TOKENS = 8_192


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model. Models of one `rate_class` share their rate limits.

    `min_cacheable_tokens` is None where no prompt cache is known of; a shorter prefix is never
    cached. `thinking` and `efforts` are what its requests may say; empty: they say nothing. Of a
    model that is not `is_known` the sizes are small guesses.
    """

    name: str
    is_known: bool
    rate_class: str
    context_tokens: int
    max_output_tokens: int
    min_cacheable_tokens: int | None
    thinking: tuple[str, ...]
    efforts: tuple[str, ...]

    def effort_for(self, wanted: str | None) -> str | None:
        """Return the effort that a request names; None where the model takes none."""
        return wanted if wanted in self.efforts else None

    def thinking_for(self, effort: str | None) -> str | None:
        """Return the kind of thinking that a request names, None for the model's own default.

        At the least effort that is as little as the model allows, at any other its own measure.
        """
        if effort == LEAST_EFFORT and (off := [mode for mode in _OFF if mode in self.thinking]):
            return off[0]
        return "adaptive" if effort is not None and "adaptive" in self.thinking else None


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    names: tuple[str, ...] = Field(min_length=1)
    rate_class: str
    context_tokens: int = Field(gt=0)
    max_output_tokens: int = Field(gt=0)
    min_cacheable_tokens: int = Field(gt=0)
    thinking: tuple[str, ...]
    efforts: tuple[str, ...]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    models: tuple[_Row, ...]


def facts_of(model: str) -> ModelFacts:
    """Return what is known of a model; a dated snapshot has the facts of its model."""
    row = _rows().get(model) or _rows().get(_SNAPSHOT.sub("", model))
    if row is None:
        return ModelFacts(
            name=model,
            is_known=False,
            rate_class=model,
            context_tokens=_UNKNOWN_CONTEXT_TOKENS,
            max_output_tokens=_UNKNOWN_OUTPUT_TOKENS,
            min_cacheable_tokens=None,
            thinking=(),
            efforts=(),
        )
    return ModelFacts(
        name=model,
        is_known=True,
        rate_class=row.rate_class,
        context_tokens=row.context_tokens,
        max_output_tokens=row.max_output_tokens,
        min_cacheable_tokens=row.min_cacheable_tokens,
        thinking=row.thinking,
        efforts=row.efforts,
    )


def known_models() -> tuple[str, ...]:
    """Return the names of the models whose facts are known."""
    return tuple(_rows())


@cache
def _rows() -> dict[str, _Row]:
    text = files("footnoted.llm").joinpath("models.toml").read_text(encoding="utf-8")
    table = _Table.model_validate(tomllib.loads(text))
    return {name: row for row in table.models for name in row.names}
