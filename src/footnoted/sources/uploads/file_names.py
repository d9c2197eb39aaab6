"""Names that files come with: shown to people, and never a path. Pure."""

from __future__ import annotations

import re
import unicodedata

NAMELESS = "upload"
_LONGEST = 200
_SEPARATORS = re.compile(r"[/\\]")
_SPACE = re.compile(r"\s+")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def shown_name(name: str) -> str:
    """Return a name as it may be shown and stored: the last part of a path, without what is unseen.

    Control and formatting characters are gone (some turn the reading direction), so are lone
    surrogates. At most 200 characters, the ending among them; never empty.
    """
    last = _SEPARATORS.split(name)[-1]
    spaced = _SPACE.sub(" ", last)
    seen = "".join(char for char in spaced if unicodedata.category(char)[0] != "C")
    plain = _SPACE.sub(" ", unicodedata.normalize("NFC", seen))
    clean = plain.strip(" .") or NAMELESS
    if len(clean) <= _LONGEST:
        return clean
    suffix = suffix_of(clean)
    return clean[: _LONGEST - len(suffix)].rstrip(" .") + suffix


def suffix_of(name: str) -> str:
    """Return the ending of a name in small letters, with its dot; empty for an odd one."""
    _, dot, ending = name.rpartition(".")
    suffix = dot + ending.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""
