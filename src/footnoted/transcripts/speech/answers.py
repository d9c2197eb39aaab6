"""What the answers of all speech services have in common: seconds, and ways to make no sense."""

from __future__ import annotations

import json
import math
from typing import Annotated

from pydantic import BeforeValidator, ValidationError

_LONGEST_S = 10_000_000.0


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and math.isfinite(value) and -1 <= value < _LONGEST_S:
        return float(value)
    message = "a time is not a number of seconds"
    raise ValueError(message)


Seconds = Annotated[float, BeforeValidator(_seconds)]
"""A time as services give it; what is no time is refused."""


def milliseconds_of(seconds: float) -> int:
    """Return seconds as milliseconds, at least 0."""
    return max(0, round(seconds * 1000))


def why_unreadable(error: Exception) -> str:
    """Return in a few words what is wrong with an answer."""
    match error:
        case ValidationError():
            first = error.errors(include_url=False, include_input=False)[0]
            return f"{'.'.join(str(part) for part in first['loc']) or 'it'}: {first['msg']}"
        case json.JSONDecodeError():
            return f"it is no JSON ({error.msg})"
        case _:
            return str(error)[:100]
