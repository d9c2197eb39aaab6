"""Names of tools in a text: words written the way only names are; nothing is guessed.

Kept are names with inner capitals, digits or a dot (`JavaScript`, `Ozone11`, `Node.js`), and
capitalised words inside a sentence beside a word such as `plugin`; nothing from text without case.
"""

from __future__ import annotations

import re

_INNER = re.compile(
    r"(?<![\w@.])(?:[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+|[a-z]{1,3}[A-Z][A-Za-z]{2,}|[A-Z][A-Za-z]{2,}\.(?:js|io|ai|py|net)"
    r"|[A-Z][A-Za-z]{2,}-?\d{1,3})(?![\w])"
)
_NAME = r"[A-Z][A-Za-z0-9+.-]*[A-Za-z0-9+](?: [A-Z][A-Za-z0-9+-]*| \d{1,3}(?![\w.,:]))*"
_KIND = (
    r"(?:plug-?ins?|software|app|apps|library|libraries|framework|tool|tools|editor|IDE|CLI|SDK|API|compiler"
    r"|compressor|synth|reverb|EQ|limiter|DAW|database|package|module|extension|debugger|browser|language)"
)
_BESIDE = re.compile(rf"(?<=[a-z,] )({_NAME}) {_KIND}\b")
_WITH = re.compile(
    rf"\b(?:plug-?in|app|tool|library|framework|software) (?:called|named|like|such as) ({_NAME})"
)
_NO_NAMES = frozenset(
    {
        "I",
        "The",
        "A",
        "An",
        "This",
        "That",
        "And",
        "But",
        "So",
        "If",
        "In",
        "My",
        "Our",
        "We",
        "You",
    }
    | {"English", "American", "British", "French", "German", "Chinese", "European", "Indian"}
    | {"YouTube", "McDonald", "PhD", "DeMarco", "McCain", "McCarthy", "LaTonya"}
)
_MOST = 5


def tools_in(text: str) -> tuple[str, ...]:
    """Return up to five names of tools in `text`, in order of appearance, without repeats."""
    found: list[tuple[int, str]] = [(m.start(), m.group()) for m in _INNER.finditer(text)]
    for pattern in (_BESIDE, _WITH):
        found += [(m.start(1), m.group(1)) for m in pattern.finditer(text)]
    names: list[str] = []
    for _, name in sorted(found):
        known = any(name in other for other in names)
        if not known and name not in _NO_NAMES and name.split()[0] not in _NO_NAMES:
            names.append(name)
    return tuple(names[:_MOST])
