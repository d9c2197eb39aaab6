"""Companies that no table has, where the words beside them say that they are listed.

`shares of Estee Lor`, `BMR stock`, `$BMR`: a name in capitals inside a sentence, and nothing less.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from footnoted.llm.methods.mention_context import is_common
from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAME = r"(?:[A-Z][A-Za-z0-9&'-]*[A-Za-z0-9])"
_NAMES = rf"{_NAME}(?: {_NAME}){{0,2}}"
_SAID = (
    re.compile(r"\$([A-Z]{2,5})\b"),
    re.compile(rf"\bshares (?:of|in) ({_NAMES})"),
    re.compile(rf"(?<=[a-z,] )({_NAMES}) (?:stock|shares)\b"),
)


def unlisted_in(text: str, listed: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield where and how companies are named in a sentence besides those of `listed`."""
    known = [name.casefold() for name in listed]
    for pattern in _SAID:
        for match in pattern.finditer(text):
            name = match[1]
            first = name.split()[0].casefold()
            if first in _no_names() or is_common(name) or text.isupper():
                continue
            if not any(one in name.casefold() or name.casefold() in one for one in known):
                yield match.start(1), name


def _no_names() -> frozenset[str]:
    return read_sections("market-en")["unlisted"].words
