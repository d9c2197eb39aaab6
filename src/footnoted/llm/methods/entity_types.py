"""What a name is, by what proves it: its speaker, its last word, a list of names; else nothing.

Gazetteers and trigger words (Mikheev, Moens and Grover, "Named entity recognition without
gazetteers", EACL 1999, on how far few of them carry). `other` says honestly that nothing tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from footnoted.llm.methods.wordlists import read_sections

_NEVER = re.compile(r"(?!)")
_WORDS = re.compile(r"[\s-]+")
_TERM = re.compile(r"[A-Z]{2,}[ -]?\d+|[A-Za-z]+-\d+")
_MOST_OF_A_PERSON = 4
_BESIDE = (
    r"(?:app|apps|library|framework|plug-?in|tool|editor|software|browser|client|database|SDK|API"
    r"|compiler|package|module|extension|platform)\b"
)


@dataclass(frozen=True)
class Gazetteer:
    """The word lists of one language; empty without any."""

    last_words: dict[str, frozenset[str]]
    titles: frozenset[str]
    given: frozenset[str]
    places: frozenset[str]
    place: re.Pattern[str]

    def type_of(self, name: str, talk: str, speakers: frozenset[str]) -> str:
        """Return what `name` is, or `other`; `speakers` are the words of who speaks in `talk`."""
        words = [word for word in _WORDS.split(name) if word]
        lower = [word.casefold() for word in words]
        if self.place.fullmatch(name) or (len(words) == 1 and lower[0] in self.places):
            return "place"
        for entity_type, last_words in self.last_words.items():
            if len(words) > 1 and lower[-1] in last_words:
                return entity_type
        if _TERM.fullmatch(name):
            return "term"
        if len(words) <= _MOST_OF_A_PERSON and self._is_person(lower, speakers):
            return "person"
        if re.search(rf"{re.escape(name)} {_BESIDE}", talk):
            return "product"
        return "other"

    def _is_person(self, lower: list[str], speakers: frozenset[str]) -> bool:
        if lower[0] in self.given or (len(lower) > 1 and lower[0] in self.titles):
            return True
        return all(word in speakers for word in lower)


@lru_cache(maxsize=16)
def gazetteer_for(language: str) -> Gazetteer:
    """Return the lists of a two-letter language code."""
    lists = read_sections(f"entities-{language}")

    def words(name: str) -> frozenset[str]:
        return lists[name].words if name in lists else frozenset()

    phrases = lists["places"].alternatives if "places" in lists else None
    return Gazetteer(
        last_words={name: words(name) for name in ("organization", "event", "work")},
        titles=words("titles"),
        given=words("given"),
        places=words("place"),
        place=re.compile(phrases, re.IGNORECASE) if phrases else _NEVER,
    )
