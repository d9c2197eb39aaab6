"""Whether a point of an index is what its document gives: its labels, its words and its vectors."""

from __future__ import annotations

import math
from enum import StrEnum
from operator import mul
from typing import TYPE_CHECKING

from footnoted.search.payload import AVERAGE, SPEC
from footnoted.search.points import point_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from footnoted.search.layout import Vector
    from footnoted.search.points import PointData, Written

_ALIKE = 1e-3
"""How far weights, and the cosine of vectors, may be off: indexes keep single precision."""


class PointFault(StrEnum):
    """What can be wrong with a point, in the order it is looked for."""

    STALE_SPEC = "stale_spec"
    """It carries the name of another spec than its index's."""
    MISLABELLED = "mislabelled"
    """Its labels, words or vectors are not those of its document."""
    MISSING = "missing"
    """It lacks a vector that PostgreSQL has."""


def faults_of(points: Iterable[PointData], written: Written) -> Iterator[tuple[UUID, PointFault]]:
    """Yield each of the points that is not as its document was `written`, and why."""
    documents = {document.id: document for document in written.documents}
    for point in points:
        average = point.payload.get(AVERAGE)
        if point.payload.get(SPEC) != written.layout.spec:
            yield point.id, PointFault.STALE_SPEC
        elif not isinstance(average, float | int):
            yield point.id, PointFault.MISLABELLED
        elif fault := _fault(point, point_of(documents[point.id], float(average), written)):
            yield point.id, fault


def _fault(point: PointData, expected: PointData) -> PointFault | None:
    labels = {**point.payload, AVERAGE: expected.payload[AVERAGE]}
    if labels != expected.payload or not _are_same_words(point, expected):
        return PointFault.MISLABELLED
    if point.dense.keys() - expected.dense.keys():
        return PointFault.MISLABELLED
    if not all(_is_same(vector, expected.dense[name]) for name, vector in point.dense.items()):
        return PointFault.MISLABELLED
    return PointFault.MISSING if expected.dense.keys() - point.dense.keys() else None


def _are_same_words(point: PointData, expected: PointData) -> bool:
    held = dict(zip(point.vector.terms, point.vector.weights, strict=True))
    wanted = dict(zip(expected.vector.terms, expected.vector.weights, strict=True))
    return held.keys() == wanted.keys() and all(
        math.isclose(held[term], weight, rel_tol=_ALIKE) for term, weight in wanted.items()
    )


def _is_same(one: Vector, other: Vector) -> bool:
    """Return whether two vectors point the same way; an index may keep them at unit length."""
    if len(one) != len(other):
        return False
    lengths = math.sqrt(_product(one, one) * _product(other, other))
    return _product(one, other) >= (1 - _ALIKE) * lengths


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(map(mul, one, other))
