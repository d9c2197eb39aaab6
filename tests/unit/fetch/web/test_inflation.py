"""Compressed bodies, unpacked in small pieces."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnoted.fetch.web.inflation import PIECE_BYTES, Inflater

WORDS = b"what was said " * 1000


def bare(data: bytes) -> bytes:
    """Return `data` deflated without a header."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(WORDS)),
        ("x-gzip", gzip.compress(WORDS)),
        ("deflate", zlib.compress(WORDS)),
        ("deflate", bare(WORDS)),
        ("gzip", gzip.compress(WORDS[:7000]) + gzip.compress(WORDS[7000:])),
        ("gzip", gzip.compress(WORDS) + bytes(512)),
    ],
)
@pytest.mark.parametrize("part_bytes", [1, 7, 10_000])
def test_what_was_packed_comes_out_again(coding: str, packed: bytes, part_bytes: int) -> None:
    """However it is cut, in several members, padded, or without the header it should have."""
    inflater = Inflater(coding)
    parts = [packed[i : i + part_bytes] for i in range(0, len(packed), part_bytes)]
    assert b"".join(piece for part in parts for piece in inflater.feed(part)) == WORDS
    assert inflater.is_complete


@given(st.binary(max_size=5000), st.integers(1, 300))
def test_any_bytes_survive(data: bytes, part_bytes: int) -> None:
    """Empty ones too."""
    inflater, packed = Inflater("gzip"), gzip.compress(data)
    parts = [packed[i : i + part_bytes] for i in range(0, len(packed), part_bytes)]
    assert b"".join(piece for part in parts for piece in inflater.feed(part)) == data


def test_a_bomb_comes_in_small_pieces() -> None:
    """Who counts them stops when there are too many; nothing more is unpacked."""
    inflater = Inflater("gzip")
    pieces = inflater.feed(gzip.compress(bytes(100 * 2**20)))
    assert [len(next(pieces)) for _ in range(5)] == [PIECE_BYTES] * 5


def test_a_stream_that_breaks_off_is_not_complete() -> None:
    """Half a feed must not look like a short one."""
    inflater = Inflater("gzip")
    list(inflater.feed(gzip.compress(WORDS)[:-9]))
    assert not inflater.is_complete


@pytest.mark.parametrize("packed", [b"<rss>not packed</rss>", gzip.compress(b"x") + b"rubbish"])
def test_what_is_not_packed_so_is_an_error(packed: bytes) -> None:
    """And not empty words."""
    with pytest.raises(zlib.error):
        list(Inflater("gzip").feed(packed))


def test_members_without_end_are_an_error() -> None:
    """A thousand nothings in a row are made to keep us busy."""
    with pytest.raises(zlib.error, match="too many parts"):
        list(Inflater("gzip").feed(gzip.compress(b"") * 1001))
