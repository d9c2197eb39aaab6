"""Emulator logic: an answer without topics, of a random length that the question does not tell."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DICE = random.Random(3)
LONGEST = 1_499


def answer(request: Mapping[str, Any]) -> object:
    """Return the shortest valid answer, as one of 10 to 1,499 tokens."""
    del request
    tokens = min(LONGEST, 10 + round(DICE.lognormvariate(5.5, 1.0)))
    return {"scripted": {"text": '{"topics": []}', "output_tokens": tokens}}
