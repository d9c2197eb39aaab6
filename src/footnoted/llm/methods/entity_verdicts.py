"""The answer to `judge_names`: two spellings are one name only where the writing leaves no doubt.

Spelling distance and the sound of consonants are what record linkage has gone by since Fellegi and
Sunter ("A theory for record linkage", JASA 1969); what is in between is left undecided.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

from footnoted.llm.brain_tasks import JudgeNamesAnswer, NameVerdict

if TYPE_CHECKING:
    from footnoted.llm.brain_tasks import JudgeNamesTask

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_SAME, _DIFFERENT = 0.9, 0.6
_LONG = 8
_VOWELS = re.compile(r"(?<!^)[aeiouyhw]")


def judge_names(task: JudgeNamesTask) -> JudgeNamesAnswer:
    """Return a verdict for every pair."""
    return JudgeNamesAnswer(
        verdicts=tuple(
            NameVerdict(index=pair.index, verdict=_verdict(pair.first, pair.second))
            for pair in task.pairs
        )
    )


def _verdict(first: str, second: str) -> str:
    one, other = (_WORD.findall(name.casefold()) for name in (first, second))
    if _DIGITS.findall(first) != _DIGITS.findall(second):
        return "different"
    if "".join(one) in _initials(other) or "".join(other) in _initials(one):
        return "unsure"
    alike = Indel.normalized_similarity("".join(one), "".join(other))
    if alike < _DIFFERENT:
        return "different"
    is_long = len(one) == len(other) > 1 and min(len("".join(one)), len("".join(other))) >= _LONG
    return "same" if is_long and alike >= _SAME and _sounds_the_same(one, other) else "unsure"


def _sounds_the_same(one: list[str], other: list[str]) -> bool:
    """Return whether words agree in all but what is easily misheard.

    A last letter tells `Gabriela` from `Gabriele`.
    """
    return all(
        _sound(word) == _sound(against) and word[-1] == against[-1]
        for word, against in zip(one, other, strict=True)
    )


def _initials(words: list[str]) -> list[str]:
    """Return the word that the initials of several words spell, in a list; else an empty one."""
    return ["".join(word[0] for word in words)] if len(words) > 1 else []


def _sound(word: str) -> str:
    """Return the first letter and the consonants, doubled ones once."""
    return re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", word))
