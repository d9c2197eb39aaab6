"""How many dimensions the vectors of known models have when nobody asks for another number.

As the vendors' pages on their models give them (OpenAI, Voyage AI, BAAI).
"""

from __future__ import annotations

from typing import Final

_USUAL: Final = {
    ("openai", "text-embedding-3-small"): 1_536,
    ("openai", "text-embedding-3-large"): 3_072,
    ("openai", "text-embedding-ada-002"): 1_536,
    ("voyage", "voyage-4-large"): 1_024,
    ("voyage", "voyage-4"): 1_024,
    ("voyage", "voyage-4-lite"): 1_024,
    ("voyage", "voyage-3-large"): 1_024,
    ("voyage", "voyage-3.5"): 1_024,
    ("voyage", "voyage-3.5-lite"): 1_024,
    ("fastembed", "BAAI/bge-small-en-v1.5"): 384,
    ("fastembed", "BAAI/bge-base-en-v1.5"): 768,
    ("fastembed", "BAAI/bge-large-en-v1.5"): 1_024,
}


def usual_dimensions(maker: str, model: str) -> int | None:
    """Return the dimensions a model gives by itself; None for one that nobody here knows."""
    return _USUAL.get((maker, model))
