"""Compressed bodies, unpacked in small pieces: who reads them decides how many are too many."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE_BYTES = 64 * 1024
_EITHER_HEADER = 32 + zlib.MAX_WBITS  # gzip or zlib, whichever it turns out to be
_NO_HEADER = -zlib.MAX_WBITS
_HEADER_BYTES = 2
_MOST_MEMBERS = 1000


class Inflater:
    """Unpacks one gzip or deflate stream, member by member. Its methods raise zlib.error."""

    def __init__(self, coding: str) -> None:
        """Unpack what is coded as `gzip`, `x-gzip` or `deflate`."""
        self._may_be_bare = coding == "deflate"  # some servers leave out the header of RFC 1950
        self._stream = zlib.decompressobj(_EITHER_HEADER)
        self._members = 1
        self._held = b""
        self._has_begun = False

    @property
    def is_complete(self) -> bool:
        """Return whether the stream came to its end, or never began."""
        return self._stream.eof or not (self._has_begun or self._held)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what `data` adds, in pieces of at most PIECE_BYTES."""
        if self._may_be_bare and not self._has_begun:
            data = self._held + data
            if len(data) < _HEADER_BYTES:  # too little to see whether the header is there
                self._held = data
                return
        while data:
            piece, data = self._step(data)
            if piece:
                yield piece

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        """Return the next piece, and what of `data` is still to be unpacked."""
        if self._stream.eof:
            if not data.strip(b"\0"):
                return b"", b""  # padding after the end
            self._members += 1
            if self._members > _MOST_MEMBERS:
                message = "it has too many parts"
                raise zlib.error(message)
            self._stream = zlib.decompressobj(_EITHER_HEADER)
        try:
            piece = self._stream.decompress(data, PIECE_BYTES)
        except zlib.error:
            if not self._may_be_bare or self._has_begun:
                raise
            self._stream = zlib.decompressobj(_NO_HEADER)
            piece = self._stream.decompress(data, PIECE_BYTES)
        self._has_begun = True
        return piece, self._stream.unconsumed_tail or self._stream.unused_data
