"""Every index and every vector against PostgreSQL, point by point; and how they are put right.

    documents -> points of each index that is whole -> what differs, looked at twice
              -> vectors that are noted as made     -> those that are not there, or do not fit

A difference counts that is there at two looks: what changes meanwhile is none. An index is mended
from PostgreSQL for $0. A vector that PostgreSQL lost is only noted as not made: whoever makes
vectors buys it through the ledger, within the caps.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from footnoted.search import store as documents
from footnoted.search.audit import rebuild
from footnoted.search.comparison import PointFault, faults_of
from footnoted.search.embedding import store
from footnoted.search.embedding.recipes import RECIPES
from footnoted.search.embedding.rows import SpecState
from footnoted.search.embedding.stored_vectors import hashes_of
from footnoted.search.points import Written, batches
from footnoted.search.walk import every_document
from footnoted.telemetry import INDEX_MENDED, get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.session import Database
    from footnoted.search.embedding.recipes import Recipes
    from footnoted.search.embedding.rows import SpecRow
    from footnoted.search.embedding.spec import Channel, Spec
    from footnoted.search.embedding.spec_indexes import SpecIndexes
    from footnoted.search.layout import Vector
    from footnoted.search.points import PointData
    from footnoted.search.port import DenseIndex, Document
    from footnoted.search.store import OutboxState, StoredDocument

_Key = tuple[str, str]
"""What tells channels apart: what makes their vectors, and of which texts."""


@dataclass(frozen=True, slots=True)
class IndexFindings:
    """What differs in the index of one spec. A document is in one of these at most."""

    spec: Spec
    missing: frozenset[UUID] = frozenset()
    """Documents without a point, or without a vector that PostgreSQL has."""
    orphaned: frozenset[UUID] = frozenset()
    """Points without a document."""
    stale_spec: frozenset[UUID] = frozenset()
    """Points that carry the name of another spec."""
    mislabelled: frozenset[UUID] = frozenset()
    """Points whose labels, words or vectors are not those of their documents."""

    @property
    def all(self) -> frozenset[UUID]:
        """Return everything that differs."""
        return self.missing | self.orphaned | self.stale_spec | self.mislabelled


@dataclass(frozen=True, slots=True)
class Lack:
    """How many documents a spec that may serve has no vectors of as they are now.

    `oldest_at` is when the oldest came that never had any; None: all had, of what they said before.
    """

    spec: Spec
    is_serving: bool
    documents: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found; `indexes` are those of the specs that are whole, the serving one first.

    `unmade` are documents, by spec, that are noted as embedded and whose vectors PostgreSQL has
    not, or not in the dimensions of the spec. `strays` counts vectors of no spec that is kept.
    `lacks` are documents that are not noted as embedded: no fault, but vectors still to be made.
    """

    documents: int
    lag: OutboxState
    indexes: tuple[IndexFindings, ...]
    unmade: Mapping[str, frozenset[UUID]] = field(default_factory=dict[str, "frozenset[UUID]"])
    strays: int = 0
    lacks: tuple[Lack, ...] = ()

    def count(self, fault: str) -> int:
        """Return how many points of all indexes have a fault, by the name of its field."""
        return sum(len(getattr(found, fault)) for found in self.indexes)

    @property
    def is_lost(self) -> bool:
        """Return whether so much of what serves is missing that it is built anew."""
        return bool(self.indexes) and len(self.indexes[0].missing) * 2 > self.documents

    @property
    def is_clean(self) -> bool:
        """Return whether nothing is to be put right."""
        is_right = not self.strays and not any(self.unmade.values())
        return is_right and not any(found.all for found in self.indexes)


async def inspect(
    database: Database, indexes: SpecIndexes, recipes: Recipes = RECIPES
) -> Inspection:
    """Return what differs, at two looks in a row. Raises TransientError while an index is away."""
    await indexes.ensure_ready()
    first = await _look(database, indexes, recipes)
    return first if first.is_clean else _both(first, await _look(database, indexes, recipes))


async def mend(database: Database, indexes: SpecIndexes, found: Inspection) -> None:
    """Have everything put right: indexes by what drains the outbox, vectors by what makes them.

    The index that serves is built anew at once where most of it is missing. Raises TransientError
    while it is away.
    """
    follow: set[UUID] = set()
    async with database.transaction() as session:
        await store.forget_strays(session)
        for sha256, unmade in found.unmade.items():
            await store.forget_made(session, sha256, unmade)
        for number, one in enumerate(found.indexes):
            is_lost = len(one.missing) * 2 > found.documents
            if is_lost and number > 0:
                await store.note_filled(session, one.spec.sha256, None)
            elif not is_lost:
                follow |= one.all
        await documents.enqueue(session, follow)
    if found.is_lost:
        await rebuild(database, indexes)
    if not found.is_clean:
        faults = ("missing", "orphaned", "stale_spec", "mislabelled")
        unmade_count = sum(map(len, found.unmade.values()))
        counts = {fault: found.count(fault) for fault in faults}
        get_logger().warning(INDEX_MENDED, **counts, unmade=unmade_count, strays=found.strays)


async def _look(database: Database, indexes: SpecIndexes, recipes: Recipes) -> Inspection:
    looks = [
        _Look(spec, index, await index.document_ids()) for spec, index in await indexes.whole()
    ]
    async with database.transaction() as session:
        rows = [row for row in await store.specs(session) if row.state is not SpecState.DROPPED]
        lag = await documents.outbox_state(session)
        waiting = await documents.outbox_document_ids(session)
        strays = await store.count_strays(session)
        lacks = await _lacks(session, rows)
    stored: set[UUID] = set()
    unmade: defaultdict[str, set[UUID]] = defaultdict(set)
    async for batch in every_document(database):
        stored.update(one.document.id for one in batch)
        vectors = _Vectors(await _kept(database, rows, batch, recipes))
        for row in rows:
            unmade[row.sha256] |= await _unmade(database, row, batch, vectors)
        for look in looks:
            settled = [one.document for one in batch if one.document.id not in waiting]
            await look.compare(settled, vectors)
    return Inspection(
        documents=len(stored),
        lag=lag,
        indexes=tuple(look.end(stored, waiting) for look in looks),
        unmade={sha256: frozenset(ids) for sha256, ids in unmade.items() if ids},
        strays=strays,
        lacks=lacks,
    )


async def _lacks(session: AsyncConnection, rows: Sequence[SpecRow]) -> tuple[Lack, ...]:
    """Return what the specs lack that searches go by, or may from one moment to the next."""
    found: list[Lack] = []
    for row in rows:
        if not row.spec.dense or row.state is SpecState.BUILDING:
            continue
        count = await store.count_unembedded(session, row.sha256)
        if count:
            oldest_at = await store.oldest_unembedded(session, row.sha256)
            found.append(Lack(row.spec, row.state is SpecState.SERVING, count, oldest_at))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Vectors:
    """What each channel holds of a batch of documents, and which of them should have one there.

    Both by channel and document. A text that was refused has none.
    """

    of: Mapping[tuple[_Key, UUID], Vector | None]

    def fitting(self, spec: Spec, document: Document) -> dict[str, Vector]:
        """Return the vectors of a document that fit the channels of a spec."""
        held = {one: self.of.get((_key(one), document.id)) for one in spec.dense}
        return {
            one.name: vector
            for one, vector in held.items()
            if vector is not None and len(vector) == one.dimensions
        }

    def lacking(self, spec: Spec, document: Document) -> set[str]:
        """Return the channels whose vector of a document is not there, or not as expected."""
        expected = {one.name for one in spec.dense if (_key(one), document.id) in self.of}
        return expected - self.fitting(spec, document).keys()


@dataclass(slots=True)
class _Look:
    """One index while it is looked at."""

    spec: Spec
    index: DenseIndex
    indexed: set[UUID]
    faults: defaultdict[PointFault, set[UUID]] = field(
        default_factory=lambda: defaultdict[PointFault, "set[UUID]"](set)
    )

    async def compare(self, settled: Sequence[Document], vectors: _Vectors) -> None:
        """Compare the points of some documents with them, off the event loop."""
        for batch in batches([one for one in settled if one.id in self.indexed]):
            # A point keeps the vector it has until that is made anew: searches go on with it.
            remade = {one.id: vectors.lacking(self.spec, one) for one in batch}
            points = await self.index.points([one.id for one in batch])
            found = [_without(point, remade[point.id]) for point in points]
            dense = {one.id: vectors.fitting(self.spec, one) for one in batch}
            written = Written(batch, self.spec.layout, dense)
            for document_id, fault in await asyncio.to_thread(_faults, found, written):
                self.faults[fault].add(document_id)

    def end(self, stored: set[UUID], waiting: set[UUID]) -> IndexFindings:
        """Return what was found, given all documents and those that wait to be indexed."""
        missing = (stored - self.indexed - waiting) | self.faults[PointFault.MISSING]
        return IndexFindings(
            self.spec,
            missing=frozenset(missing),
            orphaned=frozenset(self.indexed - stored - waiting),
            stale_spec=frozenset(self.faults[PointFault.STALE_SPEC]),
            mislabelled=frozenset(self.faults[PointFault.MISLABELLED]),
        )


def _without(point: PointData, channels: set[str]) -> PointData:
    kept = {name: vector for name, vector in point.dense.items() if name not in channels}
    return replace(point, dense=kept)


def _faults(points: Sequence[PointData], written: Written) -> list[tuple[UUID, PointFault]]:
    return list(faults_of(points, written))


def _key(channel: Channel) -> _Key:
    return channel.sha256, channel.name


async def _kept(
    database: Database, rows: Sequence[SpecRow], batch: Sequence[StoredDocument], recipes: Recipes
) -> dict[tuple[_Key, UUID], Vector | None]:
    """Return the vector, or that there is none, of each text that a channel has of a document."""
    found: dict[tuple[_Key, UUID], Vector | None] = {}
    held = [one.document for one in batch]
    async with database.transaction() as session:
        for key, channel in {_key(one): one for row in rows for one in row.spec.dense}.items():
            hashes = hashes_of(held, channel, recipes)
            known = await store.kept(session, channel.sha256, set(hashes.values()))
            for document_id, sha256 in hashes.items():
                kept = known.get(sha256)
                if kept is None or kept.refusal is None:
                    found[key, document_id] = None if kept is None else kept.vector
    return found


async def _unmade(
    database: Database, row: SpecRow, batch: Sequence[StoredDocument], vectors: _Vectors
) -> set[UUID]:
    """Return which documents are noted as embedded under a spec and are not."""
    lacking = {one.document.id for one in batch if vectors.lacking(row.spec, one.document)}
    if not lacking:
        return set()
    async with database.transaction() as session:
        return lacking & await store.noted_embedded(session, row.sha256, lacking)


def _both(first: Inspection, second: Inspection) -> Inspection:
    """Return what was found at both looks; how far an index is behind is as of the second."""
    before = {found.spec.sha256: found for found in first.indexes}
    indexes = tuple(
        _common(before[now.spec.sha256], now) for now in second.indexes if now.spec.sha256 in before
    )
    unmade = {
        sha256: ids & first.unmade.get(sha256, frozenset()) for sha256, ids in second.unmade.items()
    }
    strays = min(first.strays, second.strays)
    return Inspection(second.documents, second.lag, indexes, unmade, strays, second.lacks)


def _common(first: IndexFindings, second: IndexFindings) -> IndexFindings:
    return IndexFindings(
        second.spec,
        missing=first.missing & second.missing,
        orphaned=first.orphaned & second.orphaned,
        stale_spec=first.stale_spec & second.stale_spec,
        mislabelled=first.mislabelled & second.mislabelled,
    )
