"""Which sentences of a meeting settle, promise or ask something, by the words that give it away.

The phrases are word lists (`words/meeting-<language>.txt`); in a language without one nothing is
found. A sentence that only keeps the meeting going, or that breaks off, is none of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from footnoted.llm.methods.wordlists import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.llm.methods.units import Unit

_NEVER = re.compile(r"(?!)")
_FEWEST_WORDS, _FEWEST_STEMS, _MOST_WORDS = 4, 3, 70
_QUESTION_WORDS = 6
_RECAP_REACH = 14
_BROKEN_OFF = re.compile(r"(?:\u2026|\.\.\.|[,\u2013\u2014-])\s*$")
_FIRST_PERSON = re.compile(r"\bI(?:'ll|'m| will| can| could| am)\b", re.IGNORECASE)
_LEAD = r"^\W*(?:(?:so|and|but|well|okay|ok|yeah|or|then|also|um|uh|like|now|good|right)\b[\s,]*)*"
_OPENING = re.compile(_LEAD, re.IGNORECASE)
_QUESTION_MARKS = ("?", "\uff1f")


@dataclass(frozen=True, slots=True)
class Mark:
    """A find: units first..last (inclusive); what it says is in the last of them."""

    first: int
    last: int
    kind: str
    who: str | None = None
    due: str | None = None


@dataclass(frozen=True)
class MeetingPhrases:
    """The phrases of one language; what is not listed is never found."""

    decision: re.Pattern[str]
    settled: re.Pattern[str]
    recap: re.Pattern[str]
    ordinal: re.Pattern[str]
    promise: re.Pattern[str]
    request: re.Pattern[str]
    task: str | None
    idle: re.Pattern[str]
    asking: re.Pattern[str]
    due: re.Pattern[str]

    def marks(self, units: Sequence[Unit], people: Sequence[str]) -> Iterator[Mark]:
        """Yield what each sentence settles, promises or asks, in order; `people` may be named."""
        assigned = self._assigned(people)
        recap_ends = -1
        for at, unit in enumerate(units):
            if self.recap.search(unit.text):
                recap_ends = at + _RECAP_REACH
            elif self._settles(unit, units[at + 1 : at + 2]):
                yield Mark(at, at + 1, "decision")
            elif at <= recap_ends and self.ordinal.match(_OPENING.sub("", unit.text)):
                yield Mark(at, at, "decision")
            elif (found := self._mark(at, unit, people, assigned)) is not None:
                yield found

    def _mark(
        self, at: int, unit: Unit, people: Sequence[str], assigned: re.Pattern[str]
    ) -> Mark | None:
        text = unit.text
        if not _FEWEST_WORDS <= unit.words <= _MOST_WORDS or len(set(unit.stems)) < _FEWEST_STEMS:
            return None
        if self.idle.search(text) or _BROKEN_OFF.search(text):
            return None
        asks = text.rstrip().endswith(_QUESTION_MARKS)
        if (to_whom := assigned.search(text)) is not None and not asks:
            return Mark(at, at, "action", to_whom["name"], self._due(text))
        if self.request.search(text) or (not asks and self.promise.search(text)):
            return Mark(at, at, "action", _who(unit, people), self._due(text))
        if asks:
            is_open = unit.words >= _QUESTION_WORDS and self.asking.match(_OPENING.sub("", text))
            return Mark(at, at, "question") if is_open else None
        return Mark(at, at, "decision") if self.decision.search(text) else None

    def _settles(self, unit: Unit, following: Sequence[Unit]) -> bool:
        """Return whether a short sentence only says that what comes next is agreed."""
        if not following or self.settled.fullmatch(unit.text) is None:
            return False
        after = following[0]
        is_statement = not after.text.rstrip().endswith(_QUESTION_MARKS)
        return is_statement and after.speaker == unit.speaker and after.words >= _FEWEST_WORDS

    def _due(self, text: str) -> str | None:
        found = self.due.search(text)
        return found.group() if found else None

    def _assigned(self, people: Sequence[str]) -> re.Pattern[str]:
        """Return what finds somebody of the meeting who is said to do something."""
        if self.task is None or not people:
            return _NEVER
        names = "|".join(re.escape(name) for name in sorted(people, key=len, reverse=True))
        will = r"(?:will|is going to) (?!be\b|have\b|not\b)\w+"
        return re.compile(rf"(?<!\w)(?P<name>{names}) (?:{self.task}|{will})\b")


@lru_cache(maxsize=16)
def phrases_for(language: str) -> MeetingPhrases:
    """Return the phrases of a two-letter language code."""
    lists = read_sections(f"meeting-{language}")

    def pattern(name: str) -> re.Pattern[str]:
        section = lists.get(name)
        return re.compile(section.alternatives, re.IGNORECASE) if section else _NEVER

    return MeetingPhrases(
        decision=pattern("decision"),
        settled=pattern("settled"),
        recap=pattern("recap"),
        ordinal=pattern("ordinal"),
        promise=pattern("promise"),
        request=pattern("request"),
        task=lists["task"].alternatives if "task" in lists else None,
        idle=pattern("idle"),
        asking=pattern("asking"),
        due=pattern("due"),
    )


def _who(unit: Unit, people: Sequence[str]) -> str | None:
    """Return who promises, or who is called by name and asked; nobody where neither is said."""
    for name in people:
        if re.match(rf"\W*(?:\w+,? )?{re.escape(name)},", unit.text, re.IGNORECASE):
            return name
    return unit.speaker if unit.speaker and _FIRST_PERSON.search(unit.text) else None
