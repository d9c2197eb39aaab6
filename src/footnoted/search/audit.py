"""PostgreSQL against the index: what differs, and how it is put right, for $0.

Differences are compared by id; a document that waits in the outbox is no difference, it is lag.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from footnoted.search import store
from footnoted.search.drain import OutboxDrainer
from footnoted.search.walk import every_document
from footnoted.telemetry import INDEX_REBUILT, get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.db.session import Database
    from footnoted.search.port import Document, SearchIndex
    from footnoted.search.store import OutboxState


@dataclass(frozen=True, slots=True)
class IndexAudit:
    """How the index differs from PostgreSQL, and how far it is behind."""

    documents: int
    """How many documents PostgreSQL has."""
    missing: frozenset[UUID]
    """Documents the index does not have though nothing waits to bring them."""
    orphaned: frozenset[UUID]
    """What the index has though PostgreSQL does not, and nothing waits to remove it."""
    lag: OutboxState
    """What waits for the drainer."""

    @property
    def is_clean(self) -> bool:
        """Return whether nothing is missing or orphaned."""
        return not self.missing and not self.orphaned

    @property
    def needs_rebuild(self) -> bool:
        """Return whether so much is missing that a rebuild is quicker than catching up."""
        return len(self.missing) * 2 > self.documents


class RepairKind(StrEnum):
    """What a repair did."""

    NOTHING = "nothing"
    CAUGHT_UP = "caught_up"
    REBUILT = "rebuilt"


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair found and did."""

    kind: RepairKind
    found: IndexAudit


async def audit(database: Database, index: SearchIndex) -> IndexAudit:
    """Return how `index` differs from `database`.

    The index is read first, so what changes meanwhile can look like a difference; repairing it
    once too often changes nothing.

    Raises:
        TransientError: the index is away.

    """
    await index.ensure_ready()
    indexed = await index.document_ids()
    async with database.transaction() as session:
        stored = await store.document_ids(session)
        waiting = await store.outbox_document_ids(session)
        lag = await store.outbox_state(session)
    return IndexAudit(
        documents=len(stored),
        missing=frozenset(stored - indexed - waiting),
        orphaned=frozenset(indexed - stored - waiting),
        lag=lag,
    )


async def repair(database: Database, index: SearchIndex) -> Repair:
    """Make the index what PostgreSQL says, by the shorter way; return what was done.

    Raises:
        TransientError: the index is away; what could not be done waits in the outbox.

    """
    found = await audit(database, index)
    if found.is_clean:
        return Repair(RepairKind.NOTHING, found)
    if found.needs_rebuild:
        await rebuild(database, index)
        return Repair(RepairKind.REBUILT, found)
    async with database.transaction() as session:
        await store.enqueue(session, found.missing | found.orphaned)
    await OutboxDrainer(database, index).drain_all()
    return Repair(RepairKind.CAUGHT_UP, found)


async def ensure_filled(database: Database, index: SearchIndex) -> Repair:
    """Return when the index has what PostgreSQL has; at boot, after a lost or broken index.

    Raises:
        TransientError: the index is away.

    """
    return await repair(database, index)


async def rebuild(database: Database, index: SearchIndex) -> int:
    """Build the index anew beside the old one and switch; return how many documents it took.

    Raises:
        TransientError: the index is away, and still has its old content.

    """
    documents = await fill(database, index)
    await OutboxDrainer(database, index).drain_all()
    return documents


async def fill(
    database: Database,
    index: SearchIndex,
    note: Callable[[AsyncConnection], Awaitable[None]] | None = None,
) -> int:
    """Replace the content of `index` by every document; return how many there are.

    What changed meanwhile is noted in the outbox, for whoever drains it: nothing is lost between
    the reading of a document and the switch, whoever drained it into the old content. `note` is
    written together with that.

    Raises:
        TransientError: the index is away, and still has its old content.

    """
    await index.ensure_ready()
    built: dict[UUID, str] = {}
    await index.rebuild(_batches(database, built))
    async with database.transaction() as session:
        stored = await store.content_hashes(session)
        differing = {
            one for one in built.keys() | stored.keys() if built.get(one) != stored.get(one)
        }
        await store.enqueue(session, differing)
        if note is not None:
            await note(session)
    get_logger().info(INDEX_REBUILT, documents=len(built))
    return len(built)


async def _batches(database: Database, built: dict[UUID, str]) -> AsyncIterator[list[Document]]:
    """Yield every document in batches; note in `built` what was read."""
    async for batch in every_document(database):
        built.update({stored.document.id: stored.content_sha256 for stored in batch})
        yield [stored.document for stored in batch]
