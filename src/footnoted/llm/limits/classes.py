"""Which models share one set of limits, and what those are before an answer has told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_DATE = re.compile(r"[-@](20\d{6}|latest)$")
_POOLED = re.compile(r"^(claude-(?:(?:opus|sonnet)-4|(?:fable|mythos)-5))(-\d{1,2})?$")
_SMALLER = re.compile(r"^claude-(fable|mythos)-5$")


@dataclass(frozen=True, slots=True)
class Limits:
    """What may pass in a minute: requests, uncached input tokens, output tokens."""

    requests: int
    input_tokens: int
    output_tokens: int


START_TIER: Final = Limits(1_000, 2_000_000, 400_000)
START_TIER_SMALLER: Final = Limits(1_000, 500_000, 100_000)


def model_class(model: str) -> str:
    """Return the name under which the limits of `model` are kept.

    It is the model's id without its date. The provider pools all Opus 4.x, and all Sonnet 4.x (its
    page on rate limits, 2026-08). It tells one row for Fable 5.x, so those are pooled here too:
    where they are not, that only makes them slower.
    """
    name = _DATE.sub("", model)
    pooled = _POOLED.match(name)
    return pooled[1] if pooled else name


def starting_limits(name: str) -> Limits:
    """Return the limits of the provider's lowest paid tier for a class (the same page)."""
    return START_TIER_SMALLER if _SMALLER.match(name) else START_TIER
