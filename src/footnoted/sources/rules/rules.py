"""Which items of a source are wanted."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from footnoted.errors import UsageError
from footnoted.sources.languages import is_language
from footnoted.sources.rules.patterns import check_pattern


class Wanted(StrEnum):
    """What becomes of one sort of items among the others."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    ONLY = "only"


class Rules(BaseModel):
    """What an item must be to be taken; None and empty ask nothing.

    Patterns are regular expressions, found anywhere, whatever the case. Ages are counted from
    publication: `min_age_s` waits, `max_age_s` leaves.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title_has: str | None = None
    title_lacks: str | None = None
    description_has: str | None = None
    description_lacks: str | None = None
    min_duration_s: int | None = Field(default=None, ge=0)
    max_duration_s: int | None = Field(default=None, ge=0)
    min_age_s: int | None = Field(default=None, ge=0)
    max_age_s: int | None = Field(default=None, ge=0)
    shorts: Wanted = Wanted.INCLUDE
    live: Wanted = Wanted.INCLUDE
    languages: tuple[str, ...] = ()

    @property
    def are_about_lengths(self) -> bool:
        """Return whether it matters how long an item is."""
        return self.min_duration_s is not None or self.max_duration_s is not None

    @field_validator("title_has", "title_lacks", "description_has", "description_lacks")
    @classmethod
    def _is_pattern(cls, text: str | None) -> str | None:
        try:
            return None if text is None else check_pattern(text)
        except UsageError as error:
            raise ValueError(error.message) from None

    @field_validator("languages")
    @classmethod
    def _are_languages(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [tag for tag in tags if not is_language(tag)]
        if unknown:
            message = f"{unknown[0]!r} is no language tag like en or pt-BR"
            raise ValueError(message)
        return tags

    @model_validator(mode="after")
    def _leave_something(self) -> Self:
        for what, low, high in (
            ("duration", self.min_duration_s, self.max_duration_s),
            ("age", self.min_age_s, self.max_age_s),
        ):
            if low is not None and high is not None and low > high:
                message = f"the least {what} ({low} s) is above the most ({high} s)"
                raise ValueError(message)
        return self
