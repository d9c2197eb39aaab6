"""Which words may stand where in a title: common verbs, adverbs and vague words not at its ends."""

from __future__ import annotations

from functools import lru_cache

from footnoted.llm.methods.wordlists import read_sections

_ADVERB_ENDING, _GERUND_ENDING = "ly", "ing"
_SHORTEST_ADVERB = 6
_APOSTROPHES = ("'", "\u2019")


@lru_cache(maxsize=1)
def _lists() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    """Return weak words, links, all small words, and articles among the links."""
    sections = read_sections("titles")
    articles = sections["article"].words
    links = sections["link"].words | articles
    return sections["weak"].words, links, links | sections["small"].words, articles


def is_link(word: str) -> bool:
    """Return whether a title may run across a word, such as `of`."""
    return word.lower() in _lists()[1]


def is_article(word: str) -> bool:
    """Return whether a word joins nothing by itself, such as `the`."""
    return word.lower() in _lists()[3]


def is_small(word: str) -> bool:
    """Return whether a word stays in lower case inside a title."""
    return word.lower() in _lists()[2]


@lru_cache(maxsize=20_000)
def may_end(word: str) -> bool:
    """Return whether a word may be the last of a title, or stand alone."""
    lower = word.lower()
    if lower in _lists()[0] or lower[:1].isdigit() or any(mark in lower for mark in _APOSTROPHES):
        return False
    is_adverb = lower.endswith(_ADVERB_ENDING) and len(lower) >= _SHORTEST_ADVERB
    return not (is_adverb and word[:1].islower())


def may_start(word: str) -> bool:
    """Return whether a word may open a title of several words; gerunds may."""
    return word.lower().endswith(_GERUND_ENDING) or may_end(word)
