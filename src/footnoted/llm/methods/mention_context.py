"""Whether words that may name a company are meant to: by what is said around them.

`Target` is a company in "shares of Target", and a goal in "my price target"; `IT` in capitals is a
symbol in "IT stock is up", and a department in "the IT team".
"""

from __future__ import annotations

import re
from functools import lru_cache

from footnoted.llm.methods.wordlists import read_sections

_REACH = 5
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_WORD = re.compile(r"[^\W_]+(?:['\u2019&.][^\W_]+)*%?|\$\w[\w.,]*")


def speaks_of_a_company(before: str, after: str) -> bool:
    """Return whether the words before or after a name, a few of each, are those of a market."""
    before, after = _SENTENCE_END.split(before)[-1], _SENTENCE_END.split(after)[0]
    near = (*_words(before)[-_REACH:], *_words(after)[:_REACH])
    if any(word in _market() or word.startswith("$") for word in near):
        return True
    return bool(_moves().search(" ".join(_words(after)[:_REACH])))


def speaks_of_a_symbol(before: str) -> bool:
    """Return whether the words before a symbol call it one: `the ticker is AI`."""
    return any(word in ("ticker", "tickers", "symbol") for word in _words(before)[-3:])


def says_something(sentence: str) -> bool:
    """Return whether a sentence speaks of a company as of something one may own."""
    said = _words(sentence)
    if any(word in sentence for word in read_sections("market-en")["unspaced"].words):
        return True
    if any(word in _market() or word.startswith("$") or word.endswith("%") for word in said):
        return True
    return any(word in read_sections("market-en")["business"].words for word in said)


def is_common(symbol: str) -> bool:
    """Return whether a symbol is a word or an abbreviation far more often than a symbol."""
    return symbol.casefold() in read_sections("market-en")["common"].words


def is_market_word(word: str) -> bool:
    """Return whether a word stands beside companies that one may own, such as `dip`."""
    return word.casefold() in _market()


def is_venue(name: str) -> bool:
    """Return whether a company is one where people trade or shop."""
    return name.casefold() in read_sections("market-en")["venue"].words


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


@lru_cache(maxsize=1)
def _market() -> frozenset[str]:
    return read_sections("market-en")["market"].words


@lru_cache(maxsize=1)
def _moves() -> re.Pattern[str]:
    return re.compile(rf"^{read_sections('market-en')['moves'].alternatives}\b")
