"""Feeds in UTF-16 and UTF-32, marked or not, as UTF-8.

Without an XML declaration feedparser takes them for UTF-8 with many NULs in it, and finds nothing.
"""

from __future__ import annotations

import codecs
import re

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MARKS = (  # XML 1.0, appendix F: the first four bytes tell; UTF-32 goes before UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)


def is_wide(data: bytes) -> bool:
    """Return whether characters take two or four bytes each."""
    return _encoding_of(data) is not None


def narrowed(data: bytes) -> bytes:
    """Return the same text in UTF-8 without a declaration; data that is not wide as it is."""
    encoding = _encoding_of(data)
    if encoding is None:
        return data
    text = data.decode(encoding, "replace")
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")


def _encoding_of(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
