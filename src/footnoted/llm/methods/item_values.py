"""What one sentence says of one field: the methods that a profile may name."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, assert_never

from footnoted.llm.item_tasks import FieldType, Filling, ItemField, Method
from footnoted.llm.methods.keyphrases import phrases_of, titles_from
from footnoted.llm.methods.lexicon import tokens_of
from footnoted.llm.methods.products import tools_in
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.methods.taxonomy import classify
from footnoted.llm.methods.wordlists import read_sections
from footnoted.llm.tasks import Category, ClassifyTask, MomentBrief

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from footnoted.llm.item_tasks import ItemsTask
    from footnoted.llm.methods.candidates import Passage
    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.methods.units import Unit

_TIES: Final = " ,;"
_DIGITS: Final = r"\d+(?:[.,]\d+)?(?:\s*/\s*\d+)?"


def named(words: tuple[str, ...], text: str) -> frozenset[str]:
    """Return those of `words`, in lower case, that stand in `text`."""
    return frozenset(" ".join(said.lower().split()) for said in _any_of(words).findall(text))


class ValueFinder:
    """Finds the values of fields in the sentences of one part."""

    def __init__(self, task: ItemsTask, passage: Passage, lexicon: Lexicon) -> None:
        """Look in the sentences of `passage`, in the language of `lexicon`."""
        self._task = task
        self._passage = passage
        self._lexicon = lexicon

    def clauses(self, unit: Unit) -> list[Unit]:
        """Return a sentence cut before each quantity but the first, where a field says so."""
        fillings = (field.filling for field in self._task.fields)
        splitting = next((one for one in fillings if one is not None and one.splits), None)
        if splitting is None:
            return [unit]
        quantity = _quantity(self._lexicon.language, splitting.units)
        starts = [said.start() for said in quantity.finditer(unit.text)][1:]
        edges = [0, *starts, len(unit.text)]
        return [self._clause(unit, unit.text[a:b]) for a, b in pairwise(edges)]

    def _clause(self, unit: Unit, text: str) -> Unit:
        """Return a part of a sentence, without what only ties it to the next."""
        plain = text.rstrip(_TIES)
        conjunction = self._lexicon.conjunction.strip()
        if conjunction.isalpha() and plain.lower().endswith(f" {conjunction}"):
            plain = plain[: -len(conjunction)].rstrip(_TIES)
        tokens = tuple(tokens_of(plain))
        return replace(unit, text=plain, tokens=tokens, words=len(plain.split()))

    def value_of(self, field: ItemField, unit: Unit) -> JsonValue:
        """Return what a sentence says of a field; None where it says nothing that fits."""
        if field.filling is None:
            return None
        value = self._found(field.filling, field, unit)
        if isinstance(value, str):
            limit = field.max_length
            fits = limit is None or len(value) <= limit
            return value if fits and (not field.choices or value in field.choices) else None
        if isinstance(value, int | float):
            return value if _is_within(field, value) else None
        return value

    def _found(self, filling: Filling, field: ItemField, unit: Unit) -> JsonValue:
        match filling.method:
            case Method.STATEMENT:
                return to_statement(unit.text, self._lexicon.language) or None
            case Method.RECORDING:
                return self._task.recording or None
            case Method.TOPIC:
                return self._task.topic
            case Method.KEYPHRASE:
                return self._keyphrase(unit)
            case Method.WORDS:
                return _choice(filling, unit.text)
            case Method.QUANTITY:
                said = _quantity(self._lexicon.language, filling.units).search(unit.text)
                return " ".join(said[0].split()) if said else None
            case Method.NUMBER:
                return self._number(filling, field, unit)
            case Method.TAXONOMY:
                return self._category(filling)
            case Method.NAMES:
                return list(tools_in(unit.text)) or None
            case _ as never:
                assert_never(never)

    def _category(self, filling: Filling) -> str | None:
        """Return the category of the whole part, so that its items are filed together."""
        said = " ".join(cue.text for cue in self._task.cues)
        brief = MomentBrief(index=0, title="", summary="", quote=said)
        categories = tuple(
            Category(name=name, description=" ".join(words))
            for name, words in filling.words.items()
        )
        task = ClassifyTask(language=self._task.language, moments=(brief,), categories=categories)
        return next((label.category for label in classify(task).labels), None)

    def _keyphrase(self, unit: Unit) -> str | None:
        phrases = phrases_of(unit.text, unit.tokens, self._lexicon)
        titles = titles_from(phrases, self._passage.weights, self._lexicon.conjunction)
        return next(iter(titles), None)

    def _number(self, filling: Filling, field: ItemField, unit: Unit) -> float | None:
        said = _quantity(self._lexicon.language, filling.units).search(unit.text)
        if said is None:
            return None
        number = _value(said["number"], self._lexicon.language)
        if number is None or field.type is FieldType.NUMBER:
            return number
        return int(number) if number.is_integer() else None


def _choice(filling: Filling, text: str) -> str | None:
    """Return the choice most of whose words are in `text`, the first of those with as many."""
    counts = {
        choice: len(_any_of(phrases).findall(text)) for choice, phrases in filling.words.items()
    }
    best = max(counts, key=lambda choice: counts[choice], default=None)
    return best if best is not None and counts[best] else None


def _is_within(field: ItemField, number: float) -> bool:
    low = field.minimum is None or number >= field.minimum
    return low and (field.maximum is None or number <= field.maximum)


@lru_cache(maxsize=256)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_alternatives(phrases)})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=256)
def _quantity(language: str, units: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds a number, in digits or words, with one of the units behind it."""
    words = _numbers(language)
    one = rf"(?:{_alternatives(words)})" if words else _DIGITS
    spoken = rf"{one}(?:[\s-]+(?:and\s+)?{one})*"
    number = rf"(?P<number>{_DIGITS}|{spoken})"
    pattern = rf"(?<![\w.,/]){number}[\s-]*(?:{_alternatives(units)})(?!\w)"
    return re.compile(pattern, re.IGNORECASE)


def _alternatives(phrases: Iterable[str]) -> str:
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in longest_first)


@lru_cache(maxsize=16)
def _numbers(language: str) -> dict[str, float]:
    """Return the number words of a language; none without a list."""
    section = read_sections(f"numbers-{language}").get("")
    lines = (line.rsplit(" ", 1) for line in section.lines) if section else ()
    return {word: float(value) for word, value in lines}


def _value(said: str, language: str) -> float | None:
    """Return the number that digits or words say; None where it is not one number."""
    if said[0].isdigit():
        upper, slash, lower = said.replace(",", ".").partition("/")
        if slash:
            return float(upper) / float(lower) if float(lower) else None
        return float(upper)
    values = [
        _numbers(language)[word]
        for word in said.lower().replace("-", " ").split()
        if word in _numbers(language)
    ]
    return _sum_of(values)


def _sum_of(values: list[float]) -> float | None:
    """Return what number words say together: tens and units add up, a hundred multiplies."""
    total = 0.0
    last = float("inf")
    for value in values:
        if value >= _HUNDRED:
            total = (total or 1.0) * value
        elif value < last:
            total += value
        else:
            return None
        last = value
    return total or None


_HUNDRED: Final = 100
