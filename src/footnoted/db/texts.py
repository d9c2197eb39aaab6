"""Text as PostgreSQL can hold it."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """Return `text` with each character PostgreSQL refuses replaced, visibly, by U+FFFD.

    It refuses NUL in every text and jsonb value, and a lone surrogate has no UTF-8 form
    (https://www.postgresql.org/docs/current/datatype-character.html).
    """
    return _UNSTORABLE.sub(_REPLACEMENT, text)
