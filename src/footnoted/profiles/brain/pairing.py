"""Which names may be one, by nothing but how they are written; and what needs no model to say.

Pure, and a function of the two names alone: whether a pair is looked at, and how, does not depend
on which other names there are, so the order in which recordings arrive cannot matter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Indel

from footnoted.knowledge.sound import consonants
from footnoted.profiles.brain.naming import letters_of
from footnoted.profiles.brain.types import NamePairDraft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from footnoted.profiles.brain.types import KnownName

_ALIKE, _ALIKE_BY_SOUND = 0.8, 0.7
_FEWEST_LETTERS, _FEWEST_CONSONANTS = 5, 3
_FEWEST_INITIALS = 3
_INITIALS_LIKENESS = 0.5
_DIGITS = re.compile(r"\d+")


def pairs_of(own: Sequence[KnownName], others: Sequence[KnownName]) -> Iterator[NamePairDraft]:
    """Yield each pair, with one of `own` in it, that may be one name; in no particular order."""
    by_initials: dict[str, list[KnownName]] = {}
    for other in others:
        if (initials := _initials(other.key)) is not None:
            by_initials.setdefault(initials, []).append(other)
    choices = {at: letters_of(other.key) for at, other in enumerate(others)}
    for name in own:
        yield from _alike(name, others, choices)
        for other in by_initials.get(name.key, ()):
            yield _pair(name, other, _INITIALS_LIKENESS)
        if (initials := _initials(name.key)) is not None:
            for other in others:
                if other.key == initials:
                    yield _pair(name, other, _INITIALS_LIKENESS)


def is_same_by_rule(pair: NamePairDraft) -> bool:
    """Return whether two names differ in nothing that is heard."""
    return letters_of(pair.first) == letters_of(pair.second)


def _alike(
    name: KnownName, others: Sequence[KnownName], choices: Mapping[int, str]
) -> Iterator[NamePairDraft]:
    letters = letters_of(name.key)
    if len(letters) < _FEWEST_LETTERS:
        return
    matches = process.extract(
        letters,
        choices,
        scorer=Indel.normalized_similarity,
        score_cutoff=_ALIKE_BY_SOUND,
        limit=None,
    )
    for against, likeness, at in matches:
        other = others[at]
        if other.name_id == name.name_id or len(against) < _FEWEST_LETTERS:
            continue
        if _DIGITS.findall(letters) != _DIGITS.findall(against):
            continue
        if likeness >= _ALIKE or _sound_the_same(letters, against):
            yield _pair(name, other, likeness)


def _sound_the_same(one: str, other: str) -> bool:
    heard = consonants(one)
    return one[0] == other[0] and len(heard) >= _FEWEST_CONSONANTS and heard == consonants(other)


def _initials(key: str) -> str | None:
    words = key.split()
    initials = "".join(word[0] for word in words)
    return initials if len(words) >= _FEWEST_INITIALS and initials.isalpha() else None


def _pair(one: KnownName, other: KnownName, likeness: float) -> NamePairDraft:
    first, second = sorted((one, other))
    return NamePairDraft(
        first_id=first.name_id,
        second_id=second.name_id,
        first=first.key,
        second=second.key,
        likeness=round(likeness, 4),
    )
