"""How many tokens a text is: ceil(UTF-8 bytes / 3.2) per block, plus fixed overheads."""

from __future__ import annotations

import json
import math

from tests.emulator.chance import drawn

BYTES_PER_TOKEN = 3.2
MESSAGE_OVERHEAD = 4
TOOLS_OVERHEAD = 350
FORMAT_OVERHEAD = 60
NOISE = 0.01
STRUCTURE_KEYS = frozenset({"cache_control", "type"})


def text_tokens(text: str) -> int:
    """Return the tokens of a text; none for an empty one."""
    return math.ceil(len(text.encode()) / BYTES_PER_TOKEN)


def block_tokens(block: object) -> int:
    """Return the tokens of one content block, tool or schema."""
    if isinstance(block, str):
        return text_tokens(block)
    if isinstance(block, dict) and isinstance(block.get("text"), str):
        return text_tokens(block["text"])
    if isinstance(block, dict):
        block = {key: value for key, value in block.items() if key not in STRUCTURE_KEYS}
    return text_tokens(json.dumps(block, ensure_ascii=False, separators=(",", ":")))


def estimated(tokens: int, seed: int, *what: object) -> int:
    """Return `tokens` off by at most 1 %, always the same for the same seed and text."""
    return max(1, round(tokens * (1 + drawn(seed, "estimate", *what).uniform(-NOISE, NOISE))))
