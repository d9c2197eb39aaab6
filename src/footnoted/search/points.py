"""What both adapters do alike: documents to points, points weighed anew, hits in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from footnoted.search.payload import AVERAGE, LENGTH, payload_of
from footnoted.search.terms import document_terms
from footnoted.search.weights import AVERAGE_TOLERANCE, Lengths, SparseWeights, weigh, weigh_anew

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from footnoted.search.layout import Layout, Vectors
    from footnoted.search.port import Document, Hit

WRITE_BATCH = 64
"""Documents written at once: some milliseconds of the interpreter lock, and equal averages in
every adapter."""
SCROLL_SIZE = 1000
DISTINCT_LENGTHS = 100_000
"""More lengths than documents can have; a longer one would be a book per document."""
TIE_MARGIN = 16
"""Hits fetched beyond the limit, so that ties at the end of an answer go by id too."""


@dataclass(frozen=True, slots=True)
class PointData:
    """A point as an index stores it; `dense` are its vectors by channel."""

    id: UUID
    vector: SparseWeights
    payload: dict[str, Any]
    dense: Vectors = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Written:
    """Documents with the vectors there are of them, to be written to an index of one layout.

    Raises WrongDimensionsError where a vector does not fit.
    """

    documents: Sequence[Document]
    layout: Layout
    vectors: Mapping[UUID, Vectors] = field(default_factory=dict[Any, Any])

    def __post_init__(self) -> None:
        """Look at every vector before any is written."""
        for vectors in self.vectors.values():
            self.layout.require(vectors)


def points_of(written: Written, present: Lengths) -> list[PointData]:
    """Return the points of documents, weighed by the average of what is present and of them."""
    documents = written.documents
    counted = [document_terms(_searched_text(document)) for document in documents]
    lengths = [sum(counts.values()) for counts in counted]
    average = (present + Lengths(len(lengths), sum(lengths))).average
    return [
        _point(document, counts, average, written)
        for document, counts in zip(documents, counted, strict=True)
    ]


def point_of(document: Document, average: float, written: Written) -> PointData:
    """Return the point of one of the documents, weighed by an average."""
    return _point(document, document_terms(_searched_text(document)), average, written)


def _point(
    document: Document, counts: dict[int, int], average: float, written: Written
) -> PointData:
    length, spec = sum(counts.values()), written.layout.spec
    return PointData(
        id=document.id,
        vector=weigh(counts, average),
        payload=payload_of(document, length=length, average=average, spec=spec),
        dense=written.vectors.get(document.id, {}),
    )


def weighed_anew(point: PointData, average: float) -> PointData:
    """Return the point as it would be, had it been weighed with this average."""
    old = point.payload
    weights = weigh_anew(point.vector.weights, old[LENGTH], old[AVERAGE], average)
    payload = {**old, AVERAGE: average}
    return PointData(point.id, SparseWeights(point.vector.terms, weights), payload, point.dense)


def near(average: float) -> tuple[float, float]:
    """Return the averages between which a point need not be weighed anew."""
    return average / AVERAGE_TOLERANCE, average * AVERAGE_TOLERANCE


def ranked(hits: Iterable[Hit], limit: int) -> list[Hit]:
    """Return the first `limit` of `hits`, best first, ties in the order of ids."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.document_id))[:limit]


def _searched_text(document: Document) -> str:
    """Return the text of a document that queries are matched against."""
    return "\n".join((document.title, document.text, *document.tags, *document.tools))


def batches(documents: Sequence[Document]) -> list[Sequence[Document]]:
    """Return `documents` cut into what is written at once."""
    return [documents[at : at + WRITE_BATCH] for at in range(0, len(documents), WRITE_BATCH)]
