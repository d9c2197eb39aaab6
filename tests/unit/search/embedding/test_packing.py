"""Vectors as bytes, and which of them can be compared."""

from __future__ import annotations

import struct

import pytest

from footnoted.search.embedding.packing import pack, unpack, why_unusable


def test_a_vector_survives_as_single_precision() -> None:
    """Little-endian, four bytes each (IEEE 754 binary32)."""
    vector = (0.5, -1.25, 3.0)
    assert pack(vector) == struct.pack("<3f", *vector)
    assert unpack(pack(vector)) == vector


def test_bytes_that_are_no_vector_are_refused() -> None:
    """A value that was cut is not half a vector."""
    with pytest.raises(ValueError, match="5 bytes are no vector"):
        unpack(b"12345")


@pytest.mark.parametrize(
    ("vector", "why"),
    [
        ((1.0, 2.0), None),
        ((1.0,), "it has 1 dimensions where 2 are expected"),
        ((0.0, 0.0), "it is nothing but zeros"),
        ((1e-60, 0.0), "it is nothing but zeros"),
        ((float("nan"), 1.0), "it has a number that is none"),
        ((float("inf"), 1.0), "it has a number that is none"),
        ((1e300, 1.0), "it has a number that is too large"),
    ],
)
def test_what_cannot_be_compared_is_told(vector: tuple[float, ...], why: str | None) -> None:
    """Cosine similarity divides by the length."""
    assert why_unusable(vector, 2) == why
