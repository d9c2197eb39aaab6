"""What kind of statement a sentence is, by the words that give it away.

Cue phrases as evidence of what is worth extracting go back to Edmundson ("New methods in automatic
extracting", JACM 1969). The phrases are word lists (`words/signals-<language>.txt`); in a language
without one nothing is found, and sentences are chosen by salience alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footnoted.llm.methods.wordlists import Section

_KINDS = ("warning", "settings", "definition", "tip", "reasoning", "workflow", "technique")
_TWICE = 1.35
_ENDING_CHARS = 16
_NEVER = re.compile(r"(?!)")
_OPENING = r"^\W*(?:(?:so|and|but|now|well|okay|because|or|then|also|like|yeah|if|when)\b[\s,]*)*"
_BREAK = r"[,\u2026\u2013\u2014-]|\.\.\."


@dataclass(frozen=True)
class Signals:
    """The cue phrases of one language, ready to search; `exist` is False without a word list."""

    language: str
    exist: bool
    kinds: Mapping[str, tuple[float, re.Pattern[str]]]
    sponsor: re.Pattern[str]
    promotion: re.Pattern[str]
    chatter: re.Pattern[str]
    talking: re.Pattern[str]
    leaning: re.Pattern[str]
    question: re.Pattern[str]
    unfinished: re.Pattern[str]

    def kinds_of(self, text: str) -> dict[str, float]:
        """Return the kinds of statement `text` shows signs of, each with its strength (> 0)."""
        found: dict[str, float] = {}
        for kind, (weight, pattern) in self.kinds.items():
            hits = len(pattern.findall(text))
            if hits:
                found[kind] = weight * (1.0 if hits == 1 else _TWICE)
        return found

    def is_sponsor(self, text: str) -> bool:
        """Return whether `text` is surely part of an advertisement; so is what stands around it."""
        return self.sponsor.search(text) is not None

    def is_noise(self, text: str) -> bool:
        """Return whether `text` greets, promotes, chats, or asks a question without an answer."""
        if text.rstrip().endswith(("?", "\uff1f")) or self.question.match(text):
            return True
        return self.promotion.search(text) is not None or self.chatter.search(text) is not None

    def talking_words(self, text: str) -> int:
        """Return how many words of `text` tell of its speaker or only keep the talk going."""
        return len(self.talking.findall(text))

    def leans_back(self, text: str) -> bool:
        """Return whether `text` opens with a word that needs the sentence before it."""
        return self.leaning.match(text) is not None

    def is_unfinished(self, text: str) -> bool:
        """Return whether `text` breaks off in the middle of a thought."""
        return self.unfinished.search(text[-_ENDING_CHARS:]) is not None


@lru_cache(maxsize=16)
def signals_for(language: str) -> Signals:
    """Return the signals of a two-letter language code."""
    lists = read_sections(f"signals-{language}")
    return Signals(
        language=language,
        exist=bool(lists),
        kinds={
            kind: (lists[kind].weight, _anywhere(lists[kind])) for kind in _KINDS if kind in lists
        },
        sponsor=_anywhere(lists.get("sponsor")),
        promotion=_anywhere(lists.get("promotion")),
        chatter=_anywhere(lists.get("chatter")),
        talking=_anywhere(lists.get("talking")),
        leaning=_opening(lists.get("leaning")),
        question=_opening(lists.get("question")),
        unfinished=_ending(lists.get("unfinished")),
    )


def _anywhere(section: Section | None) -> re.Pattern[str]:
    if section is None:
        return _NEVER
    return re.compile(r"\b" + section.alternatives, re.IGNORECASE)


def _opening(section: Section | None) -> re.Pattern[str]:
    if section is None:
        return _NEVER
    return re.compile(_OPENING + section.alternatives, re.IGNORECASE)


def _ending(section: Section | None) -> re.Pattern[str]:
    words = rf"|\b{section.alternatives}" if section else ""
    return re.compile(rf"(?:{_BREAK}{words})[.\s]*$", re.IGNORECASE)
