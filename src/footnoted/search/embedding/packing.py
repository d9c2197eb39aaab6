"""Vectors as bytes: single precision, little-endian, one after the other."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def pack(vector: Sequence[float]) -> bytes:
    """Return a vector as bytes, 4 for each dimension."""
    return struct.pack(f"<{len(vector)}f", *vector)


def unpack(data: bytes) -> tuple[float, ...]:
    """Return the vector that `pack` packed. Raises ValueError for what is none."""
    if len(data) % 4:
        message = f"{len(data)} bytes are no vector"
        raise ValueError(message)
    return struct.unpack(f"<{len(data) // 4}f", data)


def why_unusable(vector: Sequence[float], dimensions: int) -> str | None:
    """Return what is wrong with a vector that an embedder gave; None: it can be compared."""
    if len(vector) != dimensions:
        return f"it has {len(vector)} dimensions where {dimensions} are expected"
    try:
        single = unpack(pack(vector))
    except OverflowError:
        return "it has a number that is too large"
    if not all(math.isfinite(value) for value in single):
        return "it has a number that is none"
    if not any(single):
        return "it is nothing but zeros"
    return None
