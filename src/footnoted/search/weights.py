"""BM25 as sparse vectors: the document's half of the formula; the index adds the IDF.

    w(t, d) = tf · (k + 1) / (tf + k · (1 - b + b · |d| / avgdl))

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with their
usual k = 1.2 and b = 0.75. `avgdl` is that of the real content. It moves while content comes and
goes, so each point stores its own length and the average it was weighed with: the index can tell
which points are off, and weigh them anew from what it holds, without their text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

K = 1.2
B = 0.75
AVERAGE_TOLERANCE = 1.2
"""A point is off when its average and the real one differ by more than this factor.

A factor of 2.8 (256 for 92) costs 0.016 nDCG@10 on Cranfield; 1.2 costs less than 0.001.
"""


@dataclass(frozen=True, slots=True)
class SparseWeights:
    """A sparse vector: one weight per term."""

    terms: list[int]
    weights: list[float]


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many documents there are and how many terms they have together."""

    documents: int = 0
    terms: int = 0

    @classmethod
    def of(cls, counted: Iterable[tuple[int, int]]) -> Lengths:
        """Return the sum over (length, how many documents have it)."""
        documents = terms = 0
        for length, count in counted:
            documents += count
            terms += length * count
        return cls(documents, terms)

    def __add__(self, other: Lengths) -> Lengths:
        """Return both together."""
        return Lengths(self.documents + other.documents, self.terms + other.terms)

    @property
    def average(self) -> float:
        """Return the average length, at least 1, so that it can always be divided by."""
        return max(1.0, self.terms / self.documents) if self.documents else 1.0


def weigh(counts: dict[int, int], average: float) -> SparseWeights:
    """Return the weights of a document's terms among documents of this average length."""
    norm = _norm(sum(counts.values()), average)
    weights = [count * (K + 1) / (count + norm) for count in counts.values()]
    return SparseWeights(list(counts), weights)


def weigh_anew(
    weights: Sequence[float], length: int, old_average: float, average: float
) -> list[float]:
    """Return what `weights`, given under `old_average`, are under `average`."""
    old_norm = _norm(length, old_average)
    norm = _norm(length, average)
    counts = [max(1, round(weight * old_norm / (K + 1 - weight))) for weight in weights]
    return [count * (K + 1) / (count + norm) for count in counts]


def _norm(length: int, average: float) -> float:
    return K * (1 - B + B * length / average)
