"""Reads what a model says two drafts have in common, and believes what can be so.

Pure. Claims that are called the same must state the same numbers, currencies and negations, or a
footnote would stand under words that it does not support. An answer that is empty or names nothing
that was asked about leaves both drafts as they are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from footnoted.knowledge.polarity import count_negations
from footnoted.knowledge.quantities import currencies, quantities
from footnoted.knowledge.quotes import read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from footnoted.llm.tasks import ClaimPair, MergeAnswer
    from footnoted.profiles.techniques.kinship import Comparison, Read

Place = tuple[int, int]
"""A claim: the place of its draft, and its own place there."""


@dataclass(slots=True)
class Judgements:
    """What was found common: drafts of one subject, claims that are one, claims that conflict."""

    subjects: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    same: list[tuple[Place, Place]] = field(default_factory=list[tuple[Place, Place]])
    conflicts: list[tuple[Place, Place]] = field(default_factory=list[tuple[Place, Place]])
    rejected: Counter[str] = field(default_factory=Counter[str])

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how much was not believed, by reason."""
        return dict(sorted((+self.rejected).items()))


def judge(
    reads: Sequence[Read], asked: Sequence[Comparison], answers: Iterable[MergeAnswer]
) -> Judgements:
    """Return what stands of the answers, one for each question in order."""
    found = Judgements()
    for comparison, answer in zip(asked, answers, strict=True):
        if answer.same_subject:
            found.subjects.append((comparison.first, comparison.second))
        taken: set[Place] = set()
        for pair in _known(answer.same, comparison, found):
            if not taken.isdisjoint(pair):
                found.rejected["rejected_duplicate_pairs"] += 1
            elif _stated(_text(reads, pair[0])) != _stated(_text(reads, pair[1])):
                found.rejected["rejected_same"] += 1
            else:
                found.same.append(pair)
                taken.update(pair)
        same = set(found.same)
        found.conflicts += [
            pair for pair in _known(answer.conflicts, comparison, found) if pair not in same
        ]
    return found


def _known(
    pairs: Iterable[ClaimPair], comparison: Comparison, found: Judgements
) -> Iterator[tuple[Place, Place]]:
    for pair in pairs:
        firsts, seconds = comparison.first_claims, comparison.second_claims
        if 0 <= pair.first < len(firsts) and 0 <= pair.second < len(seconds):
            first, second = firsts[pair.first], seconds[pair.second]
            yield (comparison.first, first), (comparison.second, second)
        else:
            found.rejected["rejected_pairs"] += 1


def _text(reads: Sequence[Read], place: Place) -> str:
    return reads[place[0]].draft.page.claims[place[1]].text


@lru_cache(maxsize=2_000)
def _stated(text: str) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    keys = [word.key for word in read_words(text)]
    return tuple(sorted(quantities(keys))), tuple(currencies(keys)), count_negations(keys)
