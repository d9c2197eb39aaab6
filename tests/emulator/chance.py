"""Chance that repeats: every draw depends on the seed and on what it is drawn for, not on order."""

from __future__ import annotations

import hashlib
import json
from random import Random


def digest(*parts: object) -> str:
    """Return the hex sha256 of the parts as canonical JSON."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def drawn(*parts: object) -> Random:
    """Return a generator that gives the same draws for the same parts."""
    return Random(digest(*parts))  # noqa: S311 - repeatable draws, nothing secret
