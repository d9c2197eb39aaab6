"""Paths of files as text that can be stored, and as addresses that open them."""

from __future__ import annotations

import re
from urllib.parse import quote

_ESCAPED = re.compile(r"\\x(5c|[89a-f][0-9a-f])")
_TO_ESCAPE = re.compile(r"\\(?=x)|[\udc80-\udcff]")


def stored_path(path: str) -> str:
    r"""Return `path` as text that can be stored: bytes that are no UTF-8 become `\xNN`.

    Python holds such bytes as lone surrogates (PEP 383), which no database takes.
    """
    return _TO_ESCAPE.sub(lambda found: rf"\x{ord(found[0]) & 0xFF:02x}", path)


def real_path(stored: str) -> str:
    """Return the path that `stored_path` was given."""

    def put(found: re.Match[str]) -> str:
        byte = int(found[1], 16)
        return "\\" if byte == ord("\\") else chr(0xDC00 + byte)

    return _ESCAPED.sub(put, stored)


def file_url(stored: str) -> str:
    """Return the `file:` address of a stored absolute path, its bytes percent-encoded (RFC 8089).

    The authority is empty, which names this machine; a path of two leading slashes, which is the
    same path, would be read as one.
    """
    path = "/" + real_path(stored).lstrip("/")
    return "file://" + quote(path.encode("utf-8", "surrogateescape"), safe="/")
