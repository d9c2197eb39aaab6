"""Whether words that may name a company are meant to: by what is said around them.

`Target` is a company in "shares of Target", and a goal in "my price target"; `IT` in capitals is a
symbol in "IT stock is up", and a department in "the IT team".
"""

from __future__ import annotations

import re
from functools import lru_cache

from footnoted.llm.methods.wordlists import read_sections

_REACH = 6
_WORD = re.compile(r"[^\W_]+(?:['\u2019&.][^\W_]+)*%?|\$\d[\d.,]*")


def speaks_of_a_company(before: str, after: str) -> bool:
    """Return whether the words before or after a name, a few of each, are those of a market."""
    near = (*_words(before)[-_REACH:], *_words(after)[:_REACH])
    if any(word in _market() or word.startswith("$") for word in near):
        return True
    return bool(_moves().search(" ".join(_words(after)[:_REACH])))


def is_common(symbol: str) -> bool:
    """Return whether a symbol is a word or an abbreviation far more often than a symbol."""
    return symbol.casefold() in read_sections("market-en")["common"].words


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


@lru_cache(maxsize=1)
def _market() -> frozenset[str]:
    return read_sections("market-en")["market"].words


@lru_cache(maxsize=1)
def _moves() -> re.Pattern[str]:
    return re.compile(rf"^{read_sections('market-en')['moves'].alternatives}\b")
