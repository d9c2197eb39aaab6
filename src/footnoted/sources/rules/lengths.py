"""Lengths of time as a person writes them: `90`, `90s`, `20m`, `1h30m`, `2d`, `1w`."""

from __future__ import annotations

import re

from footnoted.errors import UsageError

_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PART = re.compile(r"(\d{1,9})\s*([smhdw])")
_WHOLE = re.compile(r"(?:\d{1,9}\s*[smhdw]\s*)+")
_MAX_S = 100 * 366 * 86_400


def parse_length(text: str) -> int:
    """Return seconds. A bare number is seconds. Raises UsageError for anything else."""
    words = text.strip().lower()
    if words.isascii() and words.isdigit():
        seconds = int(words[:12])
    elif _WHOLE.fullmatch(words):
        seconds = sum(int(count) * _UNITS_S[unit] for count, unit in _PART.findall(words))
    else:
        message = f"{text!r} is no length of time: write seconds, or 20m, 1h30m, 2d, 1w"
        raise UsageError(message)
    if seconds > _MAX_S:
        message = f"{text!r} is longer than a hundred years"
        raise UsageError(message)
    return seconds


def told_length(seconds: int) -> str:
    """Return a length as `parse_length` reads it, in the largest units that fit."""
    parts: list[str] = []
    left = seconds
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, _UNITS_S[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
