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
_SAME, _DIFFERENT = 0.9, 0.6
_LONG_ENOUGH = 8
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
    numbers = [[word for word in words if any(map(str.isdigit, word))] for words in (one, other)]
    if numbers[0] != numbers[1]:
        return "different"
    joined, against = "".join(one), "".join(other)
    alike = Indel.normalized_similarity(joined, against)
    if alike < _DIFFERENT:
        return "different"
    is_long = min(len(joined), len(against)) >= _LONG_ENOUGH
    if (
        is_long
        and len(one) == len(other) > 1
        and alike >= _SAME
        and _sound(joined) == _sound(against)
    ):
        return "same"
    return "unsure"


def _sound(word: str) -> str:
    """Return the first letter and the consonants, doubled ones once."""
    return re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", word))
