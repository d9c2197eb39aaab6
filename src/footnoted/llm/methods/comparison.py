"""The answer to `merge`: which claims of two drafts say the same, and which contradict each other.

Both are judged by the words alone, and only where the words leave little doubt: the same is said by
nearly all of the same stems with the same numbers and as many negations; a contradiction is the
same said with other numbers, or with one negation more or less. Both need the language's list of
such words (`words/claims-<language>.txt`). Two drafts are about one thing when their titles have
the same stems. Whatever is less plain stands side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.salience import overlap
from footnoted.llm.methods.wordlists import read_sections
from footnoted.llm.tasks import ClaimPair, MergeAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.tasks import MergeClaim, MergeTask

_SAME, _OPPOSED = 0.85, 0.75
_FEWEST_STEMS = 3
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim as what can be compared: its stems, the numbers it states, its negations."""

    index: int
    stems: frozenset[str]
    numbers: tuple[str, ...]
    negations: int


def merge(task: MergeTask) -> MergeAnswer:
    """Return the pairs that plainly belong together; each claim of the second draft is in one."""
    texts = [claim.text for claim in (*task.first, *task.second)]
    lexicon = lexicon_for(task.language, " ".join(texts))
    titles = [frozenset(lexicon.stems(title)) for title in (task.first_title, task.second_title)]
    same: list[ClaimPair] = []
    conflicts: list[ClaimPair] = []
    firsts = _read(task.first, lexicon)
    for second in _read(task.second, lexicon):
        likest = max(firsts, key=lambda one: (_likeness(one, second), -one.index), default=None)
        if likest is None:
            continue
        pair = ClaimPair(first=likest.index, second=second.index)
        if _says_the_same(likest, second):
            same.append(pair)
        elif _contradicts(likest, second):
            conflicts.append(pair)
    return MergeAnswer(
        same_subject=bool(titles[0]) and titles[0] == titles[1],
        same=tuple(same),
        conflicts=tuple(conflicts),
    )


def _read(claims: Iterable[MergeClaim], lexicon: Lexicon) -> list[_Claim]:
    lists = read_sections(f"claims-{lexicon.language}")
    if not lists:
        return []
    numbers, negations = lists["number"].words, lists["negation"].words
    found: list[_Claim] = []
    for claim in claims:
        words = [word.casefold().replace("\u2019", "'") for word in _WORD.findall(claim.text)]
        stated = tuple(word for word in words if word[0].isdigit() or word in numbers)
        counted = frozenset((*stated, *negations))
        stems = frozenset(lexicon.stem(word) for word in words if word not in counted) - {""}
        denials = sum(word in negations or word.endswith("n't") for word in words)
        found.append(_Claim(claim.index, stems, stated, denials))
    return found


def _likeness(one: _Claim, other: _Claim) -> float:
    if min(len(one.stems), len(other.stems)) < _FEWEST_STEMS:
        return 0.0
    return overlap(one.stems, other.stems)


def _says_the_same(one: _Claim, other: _Claim) -> bool:
    alike = _likeness(one, other) >= _SAME
    return alike and one.numbers == other.numbers and one.negations == other.negations


def _contradicts(one: _Claim, other: _Claim) -> bool:
    """Return whether the same is said with other numbers, or denied."""
    if _likeness(one, other) < _OPPOSED:
        return False
    other_number = bool(one.numbers) and bool(other.numbers) and one.numbers != other.numbers
    as_many = len(one.numbers) == len(other.numbers)
    denied = one.numbers == other.numbers and abs(one.negations - other.negations) == 1
    return (other_number and as_many) or denied
